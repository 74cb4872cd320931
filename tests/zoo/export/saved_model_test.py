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
from zoo.export import export_saved_model, saved_model

# What a program does where our packages cannot be imported.
PROGRAM = """
import json, sys, numpy, tensorflow as tf

class Nothing:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("zoo", "keras_complex"):
            raise ImportError(name)

sys.meta_path.insert(0, Nothing())
model = tf.saved_model.load(sys.argv[1])
files = json.loads(sys.argv[2])
for file in files["serve"]:
    mixture = tf.constant(numpy.load(file))
    (result,) = model.signatures["serving_default"](mixture).values()
    numpy.testing.assert_array_equal(result, model.serve(mixture))
    numpy.save(file, result.numpy())
for file in files["separate_spectrogram"]:
    run = model.signatures["separate_spectrogram"]
    (result,) = run(tf.constant(numpy.load(file))).values()
    numpy.save(file, result.numpy())
(rate,) = model.signatures["sample_rate"]().values()
(metadata,) = model.signatures["metadata"]().values()
assert int(rate) == int(model.sample_rate()) == 8000
assert json.loads(metadata.numpy())["sample_rate"] == 8000
assert json.loads(model.metadata().numpy())["num_speakers"] == 2
assert not {"keras_complex", "zoo"} & set(sys.modules)
"""


@pytest.mark.slow
def test_gives_the_same_without_our_packages(tmp_path):
    keras.utils.set_random_seed(0)
    network = ComplexUNet(start_filters=2, num_residual_blocks=1, num_transforms=1)
    separator = zoo.Separator(network, 8000)
    assert export_saved_model(separator, tmp_path / "exported") > 80
    rng, expected = np.random.default_rng(0), {}
    files = {"serve": [], "separate_spectrogram": []}
    for shape in ((1, 1), (1, 4000), (3, 777), (2, 30, 129, 2)):
        name = "serve" if len(shape) == 2 else "separate_spectrogram"
        signal = rng.normal(size=shape).astype("float32")
        files[name].append(str(tmp_path / f"{len(expected)}.npy"))
        np.save(files[name][-1], signal)
        call = separator if len(shape) == 2 else network
        expected[files[name][-1]] = keras.ops.convert_to_numpy(call(signal))
    subprocess.run(
        [sys.executable, "-c", PROGRAM, tmp_path / "exported", json.dumps(files)],
        check=True,
        cwd=tmp_path,
    )
    for file, reference in expected.items():
        scale = np.abs(reference).max()
        np.testing.assert_allclose(np.load(file), reference, atol=1e-3 * scale)


def test_a_network_of_waveforms_has_no_signature_of_spectrograms(tmp_path):
    import tensorflow as tf

    mixture = keras.Input((None,))
    voices = keras.ops.stack([0.25 * mixture, 0.75 * mixture], axis=1)
    separator = zoo.Separator(keras.Model(mixture, voices), 8000, frame_length=0)
    assert export_saved_model(separator, tmp_path / "exported") > 80
    restored = tf.saved_model.load(str(tmp_path / "exported"))
    names = {"serve", "serving_default", "sample_rate", "metadata"}
    assert set(restored.signatures) == names
    assert not hasattr(restored, "separate_spectrogram")


def test_command_writes_model_metadata_and_card(
    tmp_path, run_command, make_band_separator, make_mixtures
):
    make_band_separator(sample_rate=16000).save(tmp_path / "model.keras")
    # What was there before is replaced.
    (tmp_path / "exported").mkdir()
    (tmp_path / "exported" / "old").touch()
    status, out, err = run_command(
        export,
        f"--model={tmp_path / 'model.keras'}",
        "--format=saved_model",
        f"--output={tmp_path / 'exported'}",
        f"--data={make_mixtures(2)}",
        "--repeats=2",
    )
    assert status == 0, err
    assert "lost to Keras" in out and "2 mixtures of 'mixtures'" in out
    assert "agrees with Keras to" in out.splitlines()[-1]
    written = {file.name for file in (tmp_path / "exported").iterdir()}
    assert {"metadata.json", "README.md", "saved_model.pb"} <= written - {"old"}
    content = json.loads((tmp_path / "exported" / "metadata.json").read_text())
    assert content["sample_rate"] == 16000
    assert content["input"] == {"shape": [None, None], "dtype": "float32"}
    assert content["output"] == {"shape": [None, 2, None], "dtype": "float32"}
    assert set(content["signatures"]) == {
        "serve",
        "separate_spectrogram",
        "sample_rate",
        "metadata",
    }
    card = (tmp_path / "exported" / "README.md").read_text()
    program = card.split("```python\n")[1].split("```")[0]
    names = {}
    exec(program.replace('"exported"', repr(str(tmp_path / "exported"))), names)
    assert names["voices"].shape == (1, 2, 16000)


def test_leaves_no_folder_that_misses_its_bound(
    tmp_path, monkeypatch, make_band_separator
):
    other, write = make_band_separator(gains=(0.9, 1.0)), saved_model._write
    monkeypatch.setattr(saved_model, "_write", lambda _, *rest: write(other, *rest))
    with pytest.raises(ValueError, match=r"must agree with Keras to 80 dB"):
        export_saved_model(make_band_separator(), tmp_path / "exported")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (["--format=tfjs", "--output=x"], 2, "--format=tfjs"),
        (["--format=litert"], 2, "--output must have a value"),
        (["--format=litert", "--output=x"], 1, "must be a .keras file"),
        (["--format=saved_model", "--output=x", "--samples=8"], 2, "any length"),
        (["--format=saved_model", "--output=x", "--resizable"], 2, "--resizable"),
        (
            ["--format=onnx", "--output=x", "--quantization=float16"],
            2,
            "The format onnx does without --quantization",
        ),
        (
            ["--format=litert", "--output=x", "--samples=8", "--seconds=1"],
            2,
            "Only one of --samples and --seconds",
        ),
        (["--format=saved_model", "--output=x", "more"], 2, "Only flags are taken"),
        (
            ["--format=streaming_litert", "--output=x", "--repeats=3"],
            2,
            "The format streaming_litert does without --repeats",
        ),
        (["--format=litert", "--output=x", "--frames_per_step=2"], 2, "--frames_per"),
    ],
)
def test_wrong_arguments_end_in_a_line(run_command, arguments, status, message):
    result, _, err = run_command(export, "--model=no_such_preset", *arguments)
    assert result == status
    assert message in err and "Traceback" not in err
