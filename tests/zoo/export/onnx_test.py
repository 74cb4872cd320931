"""Tests of the export to ONNX, which needs PyTorch and the extra `onnx`."""

import importlib.util
import json

import keras
import numpy as np
import pytest

import zoo
from zoo.export import export_onnx, onnx

MISSING = [n for n in onnx._PACKAGES if importlib.util.find_spec(n) is None]
needs_onnx = pytest.mark.skipif(
    bool(MISSING) or keras.backend.backend() != "torch",
    reason="It needs PyTorch, as the backend of Keras, and the extra onnx.",
)


@needs_onnx
def test_separates_as_keras_does(tmp_path, make_band_separator):
    import onnxruntime

    separator, path = make_band_separator(), tmp_path / "model.onnx"
    assert export_onnx(separator, path, samples=1000, repeats=1) > 80
    session = onnxruntime.InferenceSession(str(path))
    mixture = np.random.default_rng(0).normal(size=(1, 1000)).astype("float32")
    (voices,) = session.run(None, {"mixture": mixture})
    expected = keras.ops.convert_to_numpy(separator(mixture, training=False))
    np.testing.assert_allclose(voices, expected, atol=1e-5)
    content = json.loads((tmp_path / "model.onnx.json").read_text())
    # The STFT and its inverse.
    assert content["operations"]["Conv"] >= 1
    assert content["operations"]["MatMul"] >= 1
    card = (tmp_path / "model.onnx.md").read_text()
    program = card.split("```python\n")[1].split("```")[0]
    names = {}
    exec(program.replace('"model.onnx"', repr(str(path))), names)
    assert names["voices"].shape == (1, 2, 1000)


@needs_onnx
def test_a_resizable_file_takes_any_length(tmp_path, make_band_separator):
    path = tmp_path / "model.onnx"
    # Compared on three lengths.
    assert export_onnx(make_band_separator(), path, resizable=True) > 80
    content = json.loads((tmp_path / "model.onnx.json").read_text())
    assert content["input"]["shape"] == [1, None]
    assert content["agreement"]["examples"] == 3


@needs_onnx
def test_a_network_of_waveforms_converts_for_a_fixed_length(tmp_path):
    network = zoo.models.ConvTasNet(2, 8, 16, 4, 6, 4, 3, 2, 1, seed=0)
    separator = zoo.Separator(network, 8000, frame_length=0)
    path = tmp_path / "model.onnx"
    assert export_onnx(separator, path, samples=1001) > 80
    with pytest.raises(ValueError, match=r"inferred a static shape.* a fixed length"):
        export_onnx(separator, tmp_path / "other.onnx", resizable=True)
    assert not (tmp_path / "other.onnx").exists()


@needs_onnx
@pytest.mark.parametrize(
    ("path", "samples", "message"),
    [
        ("model.pb", None, r"must end in \.onnx"),
        ("model.onnx", 0, "`samples` must be positive"),
    ],
)
def test_rejects_invalid_arguments(make_band_separator, path, samples, message):
    with pytest.raises(ValueError, match=message):
        export_onnx(make_band_separator(), path, samples)


def test_names_the_packages_that_are_missing(monkeypatch, make_band_separator):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    message = r"needs torch, onnx, onnxscript, onnxruntime. Run .*\[onnx\]"
    with pytest.raises(ImportError, match=message):
        export_onnx(make_band_separator(), "model.onnx")


def test_needs_keras_on_torch(monkeypatch, make_band_separator):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: name)
    monkeypatch.setattr(keras.backend, "backend", lambda: "tensorflow")
    with pytest.raises(ValueError, match=r"Set KERAS_BACKEND=torch"):
        export_onnx(make_band_separator(), "model.onnx")
