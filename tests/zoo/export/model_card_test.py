"""Tests of the model card and the row of a table."""

import copy

import keras
import pytest

if keras.backend.backend() != "tensorflow":
    pytest.skip("Exports need TensorFlow.", allow_module_level=True)

from zoo.export import model_card

CONTENT = {
    "name": "model.tflite",
    "format": "litert",
    "model": "ComplexUNet",
    "parameters": 1234567,
    "quantization": "full_int8",
    "sample_rate": 8000,
    "num_speakers": 2,
    "bytes": 3_063_600,
    "input": {"shape": [1, 4000]},
    "output": {"shape": [1, 2, 4000]},
    "agreement": {
        "data": "20 mixtures of 'tt'",
        "snr_db": 16.04,
        "mean_snr_db": 18.9,
        "si_sdr_db": 2.2,
        "si_sdr_lost_db": -1e-7,
    },
    "time": {
        "seconds_of_sound": 0.5,
        "seconds_per_second": 0.1054,
        "ratio_to_keras": 0.126,
        "keras_on_one_thread": True,
    },
    "interpreters": {
        "LiteRT 2.3.0": {"runs": True, "snr_db": 17.31},
        "TensorFlow 2.17.1": {"runs": False, "error": "version 13"},
    },
}


def test_says_all_that_was_measured():
    text = model_card.card_text(CONTENT)
    for part in (
        "# model.tflite\n",
        "1,234,567 parameters",
        "full_int8, 3.06 MB",
        "`(1, 4000)`, float32, 8000 Hz",
        "0.5 s, no other",
        "at least 16.0 dB, 18.9 dB in the mean",
        "lost to Keras: 0.000 dB",
        "105 ms per second of sound, for 0.5 s at once",
        "0.13 times what `predict` of Keras takes on one thread.",
        "LiteRT 2.3.0 agrees to 17.3 dB.",
        "TensorFlow 2.17.1 FAILS: version 13.",
        "Apache-2.0",
    ):
        assert part in text


def test_a_row_has_a_cell_for_each_column():
    header, rule, row = model_card.row(CONTENT)
    assert header.count("|") == rule.count("|") == row.count("|")
    assert row.startswith("| full_int8 | 3.06 | 16.0 | 18.9 | 0.000 | 105 | 0.13 |")
    assert row.endswith("| 17.3 dB | fails |")


def test_leaves_out_what_was_not_measured():
    content = copy.deepcopy(CONTENT)
    content["input"]["shape"] = [None, None]
    content["output"]["shape"] = [None, 2, None]
    del content["time"], content["agreement"]["si_sdr_lost_db"]
    text = model_card.card_text(content)
    assert "Any length." in text and "`(batch, 2, samples)`" in text
    assert "SI-SDR" not in text and "per second" not in text
    assert "| n/a | n/a | n/a |" in model_card.row(content)[2]


def test_opens_a_file_of_any_length_anew():
    words = {**CONTENT, "input": {"shape": [1, None]}}
    assert 'Interpreter("model.tflite")  # Anew for each' in model_card.card_text(words)
    assert "Anew" not in model_card.card_text(CONTENT)
