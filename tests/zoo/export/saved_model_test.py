"""Tests of the export to SavedModel."""

import json
import subprocess
import sys

import keras
import numpy as np
import pytest

import zoo
from zoo.models import ComplexUNet

if keras.backend.backend() != "tensorflow":
    pytest.skip("Exports need TensorFlow.", allow_module_level=True)

from zoo.export import __main__ as export
from zoo.export import export_saved_model

# What a program without our packages does.
PROGRAM = """
import sys, numpy, tensorflow as tf
model = tf.saved_model.load(sys.argv[1])
for file in sys.argv[2:]:
    result = model.signatures["serving_default"](tf.constant(numpy.load(file)))
    (result,) = result.values()
    numpy.save(file, result.numpy())
assert not {"keras_complex", "zoo"} & set(sys.modules)
"""


@pytest.fixture(scope="module")
def separator():
    keras.utils.set_random_seed(0)
    network = ComplexUNet(start_filters=2, num_residual_blocks=1, num_transforms=1)
    return zoo.Separator(network, 8000)


@pytest.mark.slow
def test_gives_the_same_without_our_packages(tmp_path, separator):
    assert export_saved_model(separator, tmp_path / "exported") > 60
    rng, files, expected = np.random.default_rng(0), [], []
    for shape in ((1, 1), (1, 4000), (3, 777)):
        mixture = rng.normal(size=shape).astype("float32")
        files.append(tmp_path / f"{len(files)}.npy")
        np.save(files[-1], mixture)
        expected.append(keras.ops.convert_to_numpy(separator(mixture)))
    subprocess.run(
        [sys.executable, "-c", PROGRAM, tmp_path / "exported", *files],
        check=True,
        cwd=tmp_path,
    )
    for file, reference in zip(files, expected, strict=True):
        scale = np.abs(reference).max()
        np.testing.assert_allclose(np.load(file), reference, atol=1e-3 * scale)


def test_command_writes_model_and_metadata(tmp_path, run_command, make_band_separator):
    make_band_separator(sample_rate=16000).save(tmp_path / "model.keras")
    status, out, err = run_command(
        export,
        f"--model={tmp_path / 'model.keras'}",
        "--format=saved_model",
        f"--output={tmp_path / 'exported'}",
    )
    assert status == 0, err
    assert "agrees with Keras to" in out.splitlines()[-1]
    assert json.loads((tmp_path / "exported" / "metadata.json").read_text()) == {
        "sample_rate": 16000,
        "input": {"shape": [None, None], "dtype": "float32"},
        "output": {"shape": [None, 2, None], "dtype": "float32"},
    }


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (["--format=onnx", "--output=x"], 2, "--format=onnx"),
        (["--format=litert"], 2, "--output must have a value"),
        (["--format=litert", "--output=x"], 1, "must be a .keras file"),
        (["--format=saved_model", "--output=x", "--samples=8"], 2, "any length"),
        (["--format=saved_model", "--output=x", "more"], 2, "Only flags are taken"),
    ],
)
def test_wrong_arguments_end_in_a_line(run_command, arguments, status, message):
    result, _, err = run_command(export, "--model=no_such_preset", *arguments)
    assert result == status
    assert message in err and "Traceback" not in err
