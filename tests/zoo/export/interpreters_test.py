"""Tests of the interpreters that files are tried with."""

import sys
from pathlib import Path

import keras
import numpy as np
import pytest

if keras.backend.backend() != "tensorflow":
    pytest.skip("Exports need TensorFlow.", allow_module_level=True)

from zoo.export import export_litert, interpreters, litert, tflite_worker


@pytest.fixture
def exported(tmp_path, make_band_separator):
    path = tmp_path / "model.tflite"
    export_litert(make_band_separator(), path, samples=400)
    mixture = np.random.default_rng(0).normal(size=(1, 400)).astype("float32")
    return path, mixture, litert.run(path, mixture)


@pytest.fixture
def make_python(tmp_path):
    """Returns a function that writes a program that ends as an interpreter may."""

    def make(script):
        path = tmp_path / "python"
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)
        return str(path)

    return make


@pytest.mark.slow
def test_another_python_gives_the_same(exported):
    path, mixture, expected = exported
    found = interpreters.try_all(path, mixture, expected, [sys.executable])
    assert len(found) == 2
    assert all(tried["runs"] and tried["snr_db"] > 80 for tried in found.values())


def test_tells_what_does_not_run(exported, make_python):
    path, mixture, expected = exported
    python = make_python(
        'echo \'{"runtime": "TensorFlow 2.0", "error": "Unknown  operation."}\'; exit 1'
    )
    found = interpreters.try_all(path, mixture, expected, [python])
    assert found["TensorFlow 2.0"] == {"runs": False, "error": "Unknown operation."}


def test_survives_an_interpreter_that_dies(exported, make_python):
    found = interpreters.try_all(*exported, [make_python("kill -SEGV $$")])
    assert found["LiteRT"] == {"runs": False, "error": "died of signal 11"}


def test_refuses_a_python_without_interpreter(exported, make_python):
    with pytest.raises(ValueError, match=r"must have LiteRT or TensorFlow. Received: "):
        interpreters.try_all(*exported, [make_python('echo \'{"error": "none"}\'')])


def test_a_fixed_length_is_not_changed(exported):
    with pytest.raises(RuntimeError, match=r"unknown dimensions"):
        tflite_worker.Runner(exported[0])(np.zeros((1, 500), "float32"))


def test_the_worker_needs_neither_keras_nor_us():
    source = Path(tflite_worker.__file__).read_text()
    assert "import keras" not in source and "zoo" not in source


def test_a_file_of_any_length_is_opened_for_each_recording(
    exported, tmp_path, make_band_separator
):
    fixed, mixture, expected = exported
    free = tmp_path / "free.tflite"
    export_litert(make_band_separator(), free, resizable=True)
    for path, opened in ((fixed, 1), (free, 3)):
        runner, found = tflite_worker.Runner(path), set()
        for scale in (1, 2, 3):
            voices = runner(scale * mixture)
            np.testing.assert_allclose(voices, scale * expected, atol=1e-4)
            found.add(runner.interpreter)
        assert len(found) == opened
