"""Tests of the export to LiteRT."""

import json
import sys

import keras
import numpy as np
import pytest

import zoo
from zoo.models import ComplexUNet, ConvTasNet

if keras.backend.backend() != "tensorflow":
    pytest.skip("Exports need TensorFlow.", allow_module_level=True)

from zoo.export import __main__ as export
from zoo.export import export_litert, litert


@pytest.fixture(scope="module")
def separator():
    keras.utils.set_random_seed(0)
    network = ComplexUNet(start_filters=2, num_residual_blocks=1, num_transforms=1)
    return zoo.Separator(network, 8000)


@pytest.mark.slow
def test_gives_the_same_with_builtin_operations(tmp_path, separator):
    path = tmp_path / "new" / "model.tflite"
    assert export_litert(separator, path, samples=4001) > 60
    assert b"Flex" not in path.read_bytes()
    mixture = np.random.default_rng(0).normal(size=(1, 4001)).astype("float32")
    for gain in (1.0, 1e-3):
        x = np.float32(gain) * mixture
        reference = keras.ops.convert_to_numpy(separator(x))
        np.testing.assert_allclose(
            litert.run(path, x), reference, atol=1e-3 * np.abs(reference).max()
        )
    assert np.all(litert.run(path, 0 * mixture) == 0)


def test_networks_of_waveforms_convert_too(tmp_path):
    network = ConvTasNet(2, 8, 16, 4, 6, 4, 3, 2, 1, seed=0)
    separator = zoo.Separator(network, 8000, frame_length=0)
    assert export_litert(separator, tmp_path / "model.tflite", samples=1001) > 60


def test_command_writes_model_and_metadata(tmp_path, run_command, make_band_separator):
    make_band_separator().save(tmp_path / "model.keras")
    status, out, err = run_command(
        export,
        f"--model={tmp_path / 'model.keras'}",
        "--format=litert",
        f"--output={tmp_path / 'model.tflite'}",
        "--samples=1000",
    )
    assert status == 0, err
    assert "agrees with Keras to" in out.splitlines()[-1]
    assert json.loads((tmp_path / "model.json").read_text()) == {
        "sample_rate": 8000,
        "input": {"shape": [1, 1000], "dtype": "float32"},
        "output": {"shape": [1, 2, 1000], "dtype": "float32"},
    }


@pytest.mark.filterwarnings("ignore:.*tf.lite.Interpreter is deprecated")
def test_checks_with_the_interpreter_of_tensorflow_too(
    tmp_path, monkeypatch, make_band_separator
):
    # It used to be imported from a module that has none.
    monkeypatch.setitem(sys.modules, "ai_edge_litert", None)
    monkeypatch.setitem(sys.modules, "ai_edge_litert.interpreter", None)
    path = tmp_path / "model.tflite"
    assert export_litert(make_band_separator(), path, samples=1000) > 60


def test_refuses_operations_of_tensorflow(tmp_path, separator, monkeypatch):
    monkeypatch.setattr(litert, "_convert", lambda *_: b"TFL3 FlexIRFFT")
    with pytest.raises(ValueError, match="built-in operations"):
        export_litert(separator, tmp_path / "model.tflite")
    assert not (tmp_path / "model.tflite").exists()


@pytest.mark.parametrize(
    ("path", "samples", "message"),
    [
        ("model.lite", None, r"must end in \.tflite"),
        ("model.tflite", 0, "`samples` must be positive"),
    ],
)
def test_rejects_invalid_arguments(separator, path, samples, message):
    with pytest.raises(ValueError, match=message):
        export_litert(separator, path, samples)
