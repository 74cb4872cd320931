"""Tests of loading by preset, file and folder."""

import zipfile

import keras
import numpy as np
import pytest

import zoo
from zoo import presets
from zoo.models.oracle_masks import ORACLE_MASKS

NETWORKS = [name for name, preset in presets.described().items() if preset["config"]]


@pytest.fixture
def shelf(tmp_path, monkeypatch, make_band_separator):
    """A folder of presets with one in it, and one whose file is missing."""
    monkeypatch.setattr(presets, "PRESETS", {"band_split_8k": {}, "lost_16k": {}})
    published = {
        "band_split_paper": {"config": ("conv_tasnet.py", "smoke")},
        "ideal": {"config": None, "oracle_mask": "irm"},
    }
    monkeypatch.setattr(presets, "PUBLISHED", published)
    folders = (tmp_path / "installed", tmp_path / "checkout")
    monkeypatch.setattr(presets, "_FOLDERS", folders)
    (folders[1] / "band_split_8k").mkdir(parents=True)
    separator = make_band_separator(level=0.2)
    separator.save(folders[1] / "band_split_8k" / "model.keras")
    return folders[1]


def test_loads_a_preset(shelf):
    separator = zoo.from_preset("band_split_8k")
    assert isinstance(separator, zoo.Separator)
    assert separator.level == 0.2
    assert zoo.load_separator("band_split_8k").level == 0.2


@pytest.mark.slow
@pytest.mark.parametrize("name", presets.PRESETS)
def test_a_preset_that_ships_loads_and_says_the_truth(name):
    preset, separator = presets.PRESETS[name], zoo.from_preset(name)
    assert separator.sample_rate == preset["sample_rate"]
    assert separator.num_speakers == preset["num_speakers"]
    estimates = separator.separate(np.ones(100), separator.sample_rate)
    assert np.all(np.isfinite(estimates))


@pytest.mark.slow
@pytest.mark.parametrize("name", presets.PRESETS)
def test_the_tflite_file_of_a_preset_separates_as_keras_does(name):
    interpreter = pytest.importorskip("ai_edge_litert.interpreter")
    agreement = pytest.importorskip("zoo.export.agreement")
    inputs = pytest.importorskip("zoo.export.inputs")
    separator = zoo.from_preset(name)
    (folder,) = (f / name for f in presets._FOLDERS if (f / name).is_dir())
    litert = interpreter.Interpreter(str(folder / "model.tflite"), num_threads=1)
    litert.allocate_tensors()
    details = litert.get_input_details()[0]
    mixture = inputs.example_signal(details["shape"][1], separator.sample_rate)
    litert.set_tensor(details["index"], mixture)
    litert.invoke()
    actual = litert.get_tensor(litert.get_output_details()[0]["index"])
    expected = keras.ops.convert_to_numpy(separator(mixture))
    assert agreement.snr_db(expected, actual) > 60


def test_the_default_is_a_preset():
    assert presets.DEFAULT_PRESET in presets.PRESETS


@pytest.mark.parametrize("name", NETWORKS)
def test_the_configuration_of_a_preset_is_of_its_rate_and_speakers(name):
    preset, config = presets.described()[name], presets.preset_config(name)
    assert config.sample_rate == preset["sample_rate"]
    assert config.model.num_speakers == preset["num_speakers"]
    for key, value in preset.get("changes", {}).items():
        part, last = key.split(".")
        assert config[part][last] == value


@pytest.mark.parametrize("name", sorted(set(presets.described()) - set(NETWORKS)))
def test_what_has_no_network_is_an_oracle(name):
    assert presets.described()[name]["oracle_mask"] in ORACLE_MASKS
    with pytest.raises(ValueError, match=r"must have a network.*OracleSeparator\('"):
        zoo.from_preset(name, load_weights=False)


def test_builds_a_preset_without_weights(shelf):
    separator = zoo.from_preset("band_split_paper", load_weights=False)
    assert isinstance(separator, zoo.Separator)
    assert separator.sample_rate == 8000
    assert separator.fit_level
    assert isinstance(separator.network, zoo.models.ConvTasNet)
    assert separator.network.filters == 16
    assert separator.separate(np.ones(99), 8000).shape == (2, 99)


def test_builds_a_preset_with_the_changes_of_its_configuration(shelf, monkeypatch):
    preset = {
        "config": ("conv_tasnet.py", "smoke"),
        "changes": {"model.causal": True, "model.normalization": "batch"},
    }
    monkeypatch.setitem(presets.PUBLISHED, "changed", preset)
    network = zoo.from_preset("changed", load_weights=False).network
    assert network.causal
    assert network.normalization == "batch"
    flags = "conv_tasnet.py:smoke --config.model.causal=True --config.model.normal"
    with pytest.raises(ValueError, match=flags):
        zoo.from_preset("changed")


@pytest.mark.parametrize("load", [zoo.from_preset, zoo.load_separator])
def test_says_what_to_do_without_weights(shelf, load):
    message = (
        r"one with trained weights: band_split_8k, lost_16k\. Received: "
        r"name='band_split_paper', which has none\. Train it by `python train_main\.py "
        r"--config=configs/conv_tasnet\.py:smoke --workdir=DIR`, or pass load_w"
    )
    with pytest.raises(ValueError, match=message):
        load("band_split_paper")
    with pytest.raises(ValueError, match=r"none\. Take .*OracleSeparator\('irm'\)"):
        load("ideal")


def test_presets_without_weights_are_no_models_to_load(shelf):
    with pytest.raises(
        ValueError, match=r"presets: band_split_8k, lost_16k\. Received"
    ):
        zoo.load_separator("band_split_papers")


def test_unknown_preset_names_the_closest(shelf):
    message = "one of: band_split_8k, lost_16k, .*Did you mean 'band_split_8k'"
    with pytest.raises(ValueError, match=message):
        zoo.from_preset("band_split")
    with pytest.raises(
        ValueError, match=r"does not exist\. Did you mean 'band_split_8k'"
    ):
        zoo.load_separator("bandsplit_8k")


def test_names_the_place_of_a_missing_file(shelf):
    with pytest.raises(FileNotFoundError, match=r"'lost_16k'.*lost_16k.model\.keras"):
        zoo.from_preset("lost_16k")


def test_loads_a_file_and_a_workdir(tmp_path, make_band_separator):
    make_band_separator(sample_rate=16000).save(tmp_path / "best.keras")
    assert zoo.load_separator(tmp_path / "best.keras").sample_rate == 16000
    assert zoo.load_separator(str(tmp_path)).sample_rate == 16000


def test_rejects_a_workdir_without_a_model(tmp_path):
    with pytest.raises(ValueError, match=r"must hold best\.keras"):
        zoo.load_separator(tmp_path)


@pytest.mark.parametrize("content", [b"", b"no zip archive"])
def test_rejects_a_file_that_is_no_model(tmp_path, content):
    (tmp_path / "model.keras").write_bytes(content)
    with pytest.raises(ValueError, match="damaged or of another kind"):
        zoo.load_separator(tmp_path / "model.keras")


def test_rejects_an_archive_that_is_no_model(tmp_path):
    with zipfile.ZipFile(tmp_path / "model.keras", "w") as archive:
        archive.writestr("readme.txt", "nothing")
    with pytest.raises(ValueError, match=r"must load with Keras.*model\.keras"):
        zoo.load_separator(tmp_path / "model.keras")


def test_rejects_another_suffix(tmp_path, make_band_separator):
    make_band_separator().save(tmp_path / "model.keras")
    (tmp_path / "model.keras").rename(tmp_path / "model.zip")
    with pytest.raises(ValueError, match=r"must end in \.keras"):
        zoo.load_separator(tmp_path / "model.zip")


def test_rejects_a_model_that_is_no_separator(tmp_path, make_band_separator):
    make_band_separator().network.save(tmp_path / "network.keras")
    with pytest.raises(ValueError, match=r"must hold a zoo\.Separator.*a Functional"):
        zoo.load_separator(tmp_path / "network.keras")


def test_rejects_code_in_a_model(tmp_path):
    inputs = keras.Input((None, 129, 2))
    network = keras.Model(inputs, keras.layers.Lambda(lambda x: x)(inputs))
    network.save(tmp_path / "lambda.keras")
    with pytest.raises(ValueError, match=r"must load with.*lambda\.keras.*Lambda"):
        zoo.load_separator(tmp_path / "lambda.keras")
