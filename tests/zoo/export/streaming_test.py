"""Tests of the export of a stream to LiteRT."""

import json
import time

import keras
import numpy as np
import pytest

import zoo
from zoo.models import CausalComplexUNet, ConvTasNet, TasNet

if keras.backend.backend() != "tensorflow":
    pytest.skip("Exports need TensorFlow.", allow_module_level=True)

from zoo.export import __main__, streaming
from zoo.export.streaming import export_streaming_litert
from zoo.export.tflite_file import operations


def seconds_of(path, mixture):
    # Of the processor: other programs do not count.
    start = time.process_time()
    streaming.run(path, mixture)
    return time.process_time() - start


def check_fixed(path):
    # With sizes that are open until it runs, LiteRT may read memory that has moved.
    words = json.loads((path.parent / f"{path.name}.json").read_text())
    assert "SHAPE" not in words["operations"]


def test_networks_of_waveforms_agree_and_keep_up(tmp_path, monkeypatch):
    network = TasNet(2, 8, 40, 8, 2, causal=True, seed=0)
    separator = zoo.Separator(network, 8000, frame_length=0, level=None)
    path = tmp_path / "new" / "tasnet.tflite"
    assert export_streaming_litert(separator, path) > 80
    words = json.loads((tmp_path / "new/tasnet.tflite.json").read_text())
    assert words["bytes"] == path.stat().st_size
    assert words["operations"] == operations(path.read_bytes())
    check_fixed(path)
    expected = {
        "sample_rate": 8000,
        "num_speakers": 2,
        "latency_samples": 40,
        "latency_ms": 5.0,
        "frames_per_step": 1,
        "window": 40,
        "hop": 40,
        "zeros_before": 0,
        "dropped": 0,
        "states": {"lstm0": [1, 2, 8], "lstm1": [1, 2, 8]},
    }
    assert {name: words[name] for name in expected} == expected
    mixture = np.random.default_rng(0).normal(size=8000)
    assert seconds_of(path, mixture) < 1
    # The program of the model card, on a stream of its own.
    card = (tmp_path / "new/tasnet.tflite.md").read_text()
    assert "40 samples further each time; latency 5 ms." in card
    program = card.split("```python\n")[1].split("```")[0]
    monkeypatch.chdir(tmp_path / "new")
    names = {}
    exec(program.replace("np.zeros((1, 8000)", "np.ones((1, 8000)"), names)
    np.testing.assert_array_equal(
        names["voices"], streaming.run(path, np.ones(8000, "float32"))
    )


@pytest.mark.slow
def test_filterbanks_overlap_from_step_to_step(tmp_path):
    network = ConvTasNet(2, 8, 16, 4, 6, 4, 3, 2, 1, "cumulative", causal=True, seed=0)
    separator = zoo.Separator(network, 8000, frame_length=0, level=None)
    assert export_streaming_litert(separator, tmp_path / "m.tflite", 4) > 80
    check_fixed(tmp_path / "m.tflite")


@pytest.mark.slow
def test_networks_of_spectrograms_agree_and_keep_up(tmp_path):
    network = CausalComplexUNet(2, 4, 0, 1, lookahead_frames=1, seed=0)
    separator = zoo.Separator(network, 8000, 64, 32, level=None)
    path = tmp_path / "unet.tflite"
    assert export_streaming_litert(separator, path, frames_per_step=4) > 80
    check_fixed(path)
    sizes = json.loads((tmp_path / "unet.tflite.json").read_text())
    assert (sizes["zeros_before"], sizes["dropped"]) == (32, 64)
    assert sizes["latency_samples"] == 64 + (3 + 1) * 32
    mixture = np.random.default_rng(0).normal(size=16000)
    assert seconds_of(path, mixture) < 2


def test_command_writes_a_step_of_several_frames(tmp_path, run_command):
    network = TasNet(2, 8, 40, 8, 1, causal=True)
    separator = zoo.Separator(network, 8000, frame_length=0, level=None)
    separator.save(tmp_path / "model.keras")
    path = tmp_path / "voices.tflite"
    status, out, _ = run_command(
        __main__,
        f"--model={tmp_path / 'model.keras'}",
        "--format=streaming_litert",
        "--frames_per_step=3",
        f"--output={path}",
    )
    assert status == 0 and "agrees with Keras to" in out
    words = json.loads((tmp_path / "voices.tflite.json").read_text())
    assert (words["frames_per_step"], words["latency_ms"]) == (3, 15)


def test_refuses_operations_of_tensorflow(tmp_path, monkeypatch):
    network = TasNet(2, 8, 40, 8, 1, causal=True)
    separator = zoo.Separator(network, 8000, frame_length=0, level=None)
    monkeypatch.setattr(streaming.tflite_file, "operations", lambda _: {"FlexIRFFT": 1})
    with pytest.raises(ValueError, match="built-in operations"):
        export_streaming_litert(separator, tmp_path / "model.tflite")
    assert not (tmp_path / "model.tflite").exists()


def test_refuses_what_does_not_agree(tmp_path, monkeypatch):
    network = TasNet(2, 8, 40, 8, 1, causal=True)
    separator = zoo.Separator(network, 8000, frame_length=0, level=None)
    monkeypatch.setattr(streaming, "_run", lambda path, _, x: np.zeros((2, len(x))))
    with pytest.raises(ValueError, match=r"must agree with Keras to 80 dB.* 0\.0 dB"):
        export_streaming_litert(separator, tmp_path / "model.tflite")
    assert list(tmp_path.iterdir()) == []


def test_rejects_other_names_and_what_is_no_stream(tmp_path):
    network = TasNet(2, 8, 40, 8, 1)
    separator = zoo.Separator(network, 8000, frame_length=0, level=None)
    with pytest.raises(ValueError, match=r"must end in \.tflite"):
        export_streaming_litert(separator, tmp_path / "model.lite")
    with pytest.raises(ValueError, match="must be causal"):
        export_streaming_litert(separator, tmp_path / "model.tflite")
