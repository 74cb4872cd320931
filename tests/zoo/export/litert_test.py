"""Tests of the export to LiteRT."""

import json
import sys
from pathlib import Path

import keras
import numpy as np
import pytest

import zoo
from zoo.models import ComplexUNet, ConvTasNet

if keras.backend.backend() != "tensorflow":
    pytest.skip("Exports need TensorFlow.", allow_module_level=True)

from zoo.export import __main__ as export
from zoo.export import conversion, export_litert, litert, tflite_file
from zoo.export.quantization import QUANTIZATIONS
from zoo.inference.litert import load_litert


@pytest.fixture(scope="module")
def separator():
    """A separator with a network of convolutions wide enough to lose precision."""
    keras.utils.set_random_seed(0)
    spectrogram = keras.Input((None, 129, 2))
    x = keras.layers.Conv2D(48, 3, padding="same", activation="relu")(spectrogram)
    x = keras.layers.Conv2D(4, 3, padding="same")(x)
    x = keras.layers.Reshape((-1, 129, 2, 2))(x)
    network = keras.Model(spectrogram, keras.layers.Permute((3, 1, 2, 4))(x))
    return zoo.Separator(network, 8000)


@pytest.mark.slow
def test_gives_the_same_with_builtin_operations(tmp_path):
    network = ComplexUNet(start_filters=2, num_residual_blocks=1, num_transforms=1)
    separator = zoo.Separator(network, 8000)
    path = tmp_path / "new" / "model.tflite"
    assert export_litert(separator, path, samples=4001) > 80
    mixture = np.random.default_rng(0).normal(size=(1, 4001)).astype("float32")
    for gain in (1.0, 1e-3):
        x = np.float32(gain) * mixture
        reference = keras.ops.convert_to_numpy(separator(x))
        np.testing.assert_allclose(
            litert.run(path, x), reference, atol=1e-3 * np.abs(reference).max()
        )
    assert np.all(litert.run(path, 0 * mixture) == 0)


@pytest.mark.slow
def test_the_shipped_model_keeps_its_quality_in_8_bits(tmp_path):
    separator = zoo.from_preset("complex_unet_small_8k")
    path = tmp_path / "model.tflite"
    assert export_litert(separator, path, 4000, "dynamic_int8") > 20
    whole = zoo.presets.model_file("complex_unet_small_8k").with_suffix(".tflite")
    assert path.stat().st_size < 0.4 * whole.stat().st_size


def test_networks_of_waveforms_convert_too(tmp_path):
    network = ConvTasNet(2, 8, 16, 4, 6, 4, 3, 2, 1, seed=0)
    separator = zoo.Separator(network, 8000, frame_length=0)
    assert export_litert(separator, tmp_path / "model.tflite", samples=1001) > 80
    half = tmp_path / "half.tflite"
    assert (
        50 < export_litert(separator, half, samples=1001, quantization="float16") < 80
    )


@pytest.mark.parametrize("quantization", QUANTIZATIONS)
def test_each_precision_costs_what_it_may(
    tmp_path, separator, quantization, make_mixtures, capsys
):
    paths = [tmp_path / "whole.tflite", tmp_path / "model.tflite"]
    export_litert(separator, paths[0], 2000)
    data = make_mixtures(2, samples=2000)
    export_litert(separator, paths[1], 2000, quantization, data=data)
    assert "warning" not in capsys.readouterr().err
    content = json.loads((tmp_path / "model.tflite.json").read_text())
    least_db = {"float32": 100, "float16": 60, "dynamic_int8": 35, "full_int8": 30}
    assert content["agreement"]["snr_db"] > least_db[quantization]
    assert content["agreement"]["si_sdr_lost_db"] < 0.3
    assert content["quantization"] == quantization
    assert all(tried["runs"] for tried in content["interpreters"].values())
    assert len(content["interpreters"]) == 2
    # The Fourier transform is in float32 whatever the network is in, and so are both
    # ends of the file.
    sizes = [path.stat().st_size for path in paths]
    assert (sizes[1] < sizes[0]) == (quantization != "float32")
    given = tflite_types(paths[1])
    assert ("int8" in given["CONV_2D"]) == quantization.endswith("int8")
    assert given["FULLY_CONNECTED"] == {"float32"}
    result = litert.run(paths[1], np.zeros((1, 2000), "float32"))
    assert result.dtype == np.float32 and not result.any()


def tflite_types(path):
    """Returns the types of the weights of each operation that has some."""
    schema = tflite_file._schema()
    model = tflite_file._unpack(path.read_bytes())
    types = {getattr(schema.TensorType, n): n.lower() for n in ("FLOAT32", "INT8")}
    found = {}
    for operator in model.subgraphs[0].operators:
        code = model.operatorCodes[operator.opcodeIndex].builtinCode
        for name in ("CONV_2D", "FULLY_CONNECTED"):
            if code == getattr(schema.BuiltinOperator, name):
                weights = model.subgraphs[0].tensors[operator.inputs[1]]
                found.setdefault(name, set()).add(types[weights.type])
    return found


def test_a_resizable_file_takes_any_length(tmp_path, make_band_separator):
    separator, path = make_band_separator(), tmp_path / "model.tflite"
    assert export_litert(separator, path, resizable=True) > 80
    for samples in (300, 4000, 1):
        mixture = np.random.default_rng(0).normal(size=(1, samples)).astype("float32")
        expected = keras.ops.convert_to_numpy(separator(mixture))
        np.testing.assert_allclose(litert.run(path, mixture), expected, atol=1e-5)
    assert json.loads((tmp_path / "model.tflite.json").read_text())["input"] == {
        "shape": [1, None],
        "dtype": "float32",
    }
    with pytest.raises(ValueError, match=r"must be 'float32' for a resizable file"):
        export_litert(separator, path, resizable=True, quantization="float16")


def test_says_why_a_network_has_no_free_length(tmp_path, make_band_separator):
    spectrogram = keras.Input((None, 129, 2))
    x = keras.ops.irfft((spectrogram[..., 0], spectrogram[..., 1]))
    x = keras.ops.stack(keras.ops.rfft(x), axis=-1)
    network = keras.Model(spectrogram, keras.ops.expand_dims(x, 1))
    separator = zoo.Separator(network, 8000)
    with pytest.raises(ValueError, match=r"without a length.*TF Select ops: .*IRFFT"):
        export_litert(separator, tmp_path / "model.tflite", resizable=True)
    assert not list(tmp_path.iterdir())


def test_one_file_takes_several_lengths(tmp_path, separator):
    one, several = tmp_path / "one.tflite", tmp_path / "several.tflite"
    export_litert(separator, one, samples=1024)
    assert export_litert(separator, several, samples=[1024, 500, 2048]) > 80
    metadata = json.loads((tmp_path / "several.tflite.json").read_text())
    lengths = {name: s["samples"] for name, s in metadata["signatures"].items()}
    assert lengths == {"serve": 1024, "serve_500": 500, "serve_2048": 2048}
    assert metadata["signatures"]["serve_500"]["snr_db"] > 80
    assert metadata["input"]["shape"] == [1, 1024]
    # The weights are stored once, and the file is used as one of the first length.
    assert several.stat().st_size < 1.5 * one.stat().st_size
    mixture = np.random.default_rng(0).normal(size=(1, 2048)).astype("float32")
    np.testing.assert_allclose(
        litert.run(several, mixture[:, :1024]),
        litert.run(one, mixture[:, :1024]),
        atol=1e-6,
    )
    loaded = load_litert(several)
    assert loaded.lengths == (500, 1024, 2048)
    expected = keras.ops.convert_to_numpy(separator(mixture))[0]
    np.testing.assert_allclose(loaded.separate(mixture[0], 8000), expected, atol=1e-5)


def test_command_writes_model_metadata_and_card(
    tmp_path, run_command, make_band_separator
):
    make_band_separator().save(tmp_path / "model.keras")
    path = tmp_path / "model.tflite"
    arguments = ["--format=litert", f"--output={path}", "--seconds=0.125"]
    arguments += ["--quantization=full_int8", "--repeats=2"]
    status, out, err = run_command(
        export, f"--model={tmp_path / 'model.keras'}", *arguments
    )
    assert status == 0, err
    assert "warning: full_int8 is calibrated with a synthetic signal" in err
    assert "times what `predict` of Keras takes" in out
    assert "| full_int8 |" in out and "agrees with Keras to" in out.splitlines()[-1]
    content = json.loads((tmp_path / "model.tflite.json").read_text())
    assert content["sample_rate"] == 8000
    assert content["input"] == {"shape": [1, 1000], "dtype": "float32"}
    assert content["output"] == {"shape": [1, 2, 1000], "dtype": "float32"}
    assert content["operations"] == tflite_file.operations(path.read_bytes())
    assert content["bytes"] == path.stat().st_size
    assert content["versions"]["keras"] == keras.version()
    assert content["time"]["export_seconds"] > 0
    assert content["calibration"] == "1 of a synthetic signal"


def test_command_exports_streams(
    tmp_path, run_command, monkeypatch, make_band_separator
):
    def write(separator, path, frames_per_step):
        Path(path).write_bytes(bytes(20_000))
        assert frames_per_step == 1
        return 98.76

    monkeypatch.setattr("zoo.export.streaming.export_streaming_litert", write)
    make_band_separator().save(tmp_path / "model.keras")
    path = tmp_path / "step.tflite"
    arguments = ["--format=streaming_litert", f"--output={path}"]
    status, out, err = run_command(
        export, f"--model={tmp_path / 'model.keras'}", *arguments
    )
    assert status == 0, err
    expected = "streaming_litert, 0.02 MB, agrees with Keras to 98.8 dB."
    assert out == f"{path}: {expected}\n"


def test_the_program_of_the_card_runs(tmp_path, make_band_separator):
    pytest.importorskip("ai_edge_litert")
    path = tmp_path / "model.tflite"
    export_litert(make_band_separator(), path, samples=1000)
    card = (tmp_path / "model.tflite.md").read_text()
    program = card.split("```python\n")[1].split("```")[0]
    names = {}
    exec(program.replace('"model.tflite"', repr(str(path))), names)
    assert names["voices"].shape == (1, 2, 1000)


def test_checks_with_the_interpreter_of_tensorflow_too(
    tmp_path, monkeypatch, make_band_separator
):
    # It used to be imported from a module that has none.
    for name in ("", ".interpreter", ".schema_py_generated"):
        monkeypatch.setitem(sys.modules, f"ai_edge_litert{name}", None)
    path = tmp_path / "model.tflite"
    assert export_litert(make_band_separator(), path, samples=1000) > 80
    content = json.loads((tmp_path / "model.tflite.json").read_text())
    assert [name.split()[0] for name in content["interpreters"]] == ["TensorFlow"]


def test_leaves_no_file_that_misses_its_bound(
    tmp_path, monkeypatch, run_command, make_band_separator
):
    make_band_separator().save(tmp_path / "good.keras")
    other = make_band_separator(gains=(0.9, 1.0))
    convert = conversion.convert
    monkeypatch.setattr(conversion, "convert", lambda _, *rest: convert(other, *rest))
    status, _, err = run_command(
        export,
        f"--model={tmp_path / 'good.keras'}",
        "--format=litert",
        f"--output={tmp_path / 'model.tflite'}",
    )
    assert status == 1
    assert err.splitlines()[-1].startswith("error: The export must agree with Keras")
    assert [file.name for file in tmp_path.iterdir()] == ["good.keras"]


@pytest.mark.parametrize(
    ("path", "samples", "quantization", "message"),
    [
        ("model.lite", None, "float32", r"must end in \.tflite"),
        ("model.tflite", 0, "float32", "`samples` must be positive"),
        ("model.tflite", [], "float32", "`samples` must be positive"),
        ("model.tflite", [8, 8], "float32", "`samples` must differ"),
        ("model.tflite", [8, 9], "float16", "several lengths must be of float32"),
        ("model.tflite", None, "int4", "must be one of float32, .*'int4'"),
    ],
)
def test_rejects_invalid_arguments(separator, path, samples, quantization, message):
    with pytest.raises(ValueError, match=message):
        export_litert(separator, path, samples, quantization)
