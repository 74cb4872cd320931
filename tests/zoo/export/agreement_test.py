"""Tests of the check of exports."""

import keras
import numpy as np
import pytest

if keras.backend.backend() != "tensorflow":
    pytest.skip("Exports need TensorFlow.", allow_module_level=True)

from zoo.export import agreement, metadata
from zoo.export.inputs import Input, Inputs, example_signal


def test_snr_of_a_known_error():
    reference = np.random.default_rng(0).normal(size=(1, 2, 100))
    assert agreement.snr_db(reference, 1.001 * reference) == pytest.approx(60)


def test_measures_what_is_lost_with_known_sources(make_band_separator):
    # Speaker 1 below 1500 Hz, speaker 2 above: the separator is all but perfect.
    separator = make_band_separator()
    time = np.arange(4000) / 8000
    sources = np.sin(2 * np.pi * np.array([[500.0], [3000.0]]) * time)
    sources = sources.astype("float32")
    noise = np.random.default_rng(0).normal(size=(1, 2, 4000))

    def run(mixture):
        estimates = keras.ops.convert_to_numpy(separator(mixture))[:, ::-1]
        return (estimates + 0.01 * noise).astype("float32")

    inputs = Inputs("two tones", [Input(sources.sum(axis=0), sources)], [])
    report = agreement.compare(separator, run, inputs)
    # Energy 0.5 of a tone over 1e-4 of the noise; the order of the voices is free.
    assert report["si_sdr_db"] == pytest.approx(37, abs=1)
    assert report["si_sdr_lost_db"] > 3
    assert report["snr_db"] < 0 and report["examples"] == 1


def test_leaves_mixtures_with_a_silent_source_out_of_the_loss(make_band_separator):
    separator = make_band_separator()
    sources = np.zeros((2, 800), "float32")
    sources[0] = example_signal(800, 8000)
    inputs = Inputs("half", [Input(sources.sum(axis=0), sources)], [])

    def run(mixture):
        return keras.ops.convert_to_numpy(separator(mixture))

    assert "si_sdr_lost_db" not in agreement.compare(separator, run, inputs)


@pytest.mark.parametrize(
    ("precision", "report", "message"),
    [
        ("float32", {"snr_db": 79.0}, r"must agree with Keras to 80 dB.*'model'"),
        ("float32", {"snr_db": float("nan")}, "must agree with Keras to 80 dB"),
        ("float16", {"snr_db": 49.0}, "must agree with Keras to 50 dB"),
        ("dynamic_int8", {"snr_db": 14.0}, "to 15 dB.*Take another quantization"),
        (
            "full_int8",
            {"snr_db": 60.0, "si_sdr_lost_db": 1.0},
            r"less than 1.0 dB of SI-SDR. Received: 1.00 dB for 'model'",
        ),
        (
            "dynamic_int8",
            {"snr_db": 60.0, "si_sdr_lost_db": float("nan")},
            r"less than 0.3 dB",
        ),
    ],
)
def test_refuses_a_difference(precision, report, message):
    with pytest.raises(ValueError, match=message):
        agreement.check("model", report, precision)


def test_returns_the_least():
    assert agreement.check("model", {"snr_db": 90.0}) == 90.0
    # With known sources the loss decides.
    report = {"snr_db": 9.0, "si_sdr_lost_db": 0.9}
    assert agreement.check("model", report, "full_int8") == 9.0


def test_needs_keras_on_tensorflow(monkeypatch):
    monkeypatch.setattr(keras.backend, "backend", lambda: "jax")
    with pytest.raises(ValueError, match=r"Set KERAS_BACKEND=tensorflow"):
        metadata.require_tensorflow()
