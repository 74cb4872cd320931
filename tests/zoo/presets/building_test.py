"""Tests of networks that start from the weights of others."""

import keras
import numpy as np
import pytest
from ml_collections import ConfigDict

import zoo
from zoo.presets.building import (
    build_network,
    build_separator,
    take_initial_weights,
)
from zoo.presets.config_files import load_config
from zoo.training import loop, train

SMALL = {"name": "ChimeraPlusPlus", "num_speakers": 2, "bins": 33, "units": 3}
SMALL |= {"num_layers": 1, "embedding_size": 2, "frame_step": 32}


def values(network):
    return {w.path: keras.ops.convert_to_numpy(w) for w in network.weights}


@pytest.fixture
def make_chimera(make_config):
    """Returns a function that makes the configuration of a small Chimera++."""

    def make(seed, **model):
        return make_config(
            seed=seed,
            model=ConfigDict({**SMALL, **model}),
            loss=ConfigDict({"name": "chimera", "assignment": "utterance"}),
        )

    return make


@pytest.fixture
def trained(make_chimera, tmp_path):
    """Returns the network of a separator in a workdir, and the workdir."""
    config = make_chimera(1)
    separator = build_separator(build_network(config), config)
    (tmp_path / "trained").mkdir()
    separator.save(tmp_path / "trained/best.keras")
    return separator.network, tmp_path / "trained"


def test_a_separator_has_the_settings_of_its_configuration(make_chimera):
    config = make_chimera(1)
    for level, expected in ((0.0, None), (0.3, 0.3)):
        config.level = level
        separator = build_separator(build_network(config), config)
        assert separator.level == expected
    assert (separator.frame_length, separator.frame_step) == (64, 32)
    assert not separator.fit_level


def test_takes_all_weights_of_a_network_with_other_phases(trained, make_chimera):
    source, workdir = trained
    network = build_network(make_chimera(2, misi_iterations=2))
    take_initial_weights(network, str(workdir))
    expected = values(source)
    assert len(expected) == len(values(network)) == 10
    for path, value in values(network).items():
        np.testing.assert_array_equal(value, expected[path])


def test_wa_misi_takes_all_weights_of_its_chimera(tmp_path):
    networks = []
    for variant in ("convex_softmax", "wa_misi"):
        config = load_config("chimera.py", variant)
        config.model.update(units=3, num_layers=2, embedding_size=2)
        config.seed += len(networks)
        networks.append(build_network(config))
    build_separator(networks[0], config).save(tmp_path / "chimera.keras")
    take_initial_weights(networks[1], str(tmp_path / "chimera.keras"))
    expected, result = map(values, networks)
    assert result.keys() == expected.keys()
    assert all(np.array_equal(result[path], expected[path]) for path in result)
    assert networks[1].misi_iterations == 5


def test_leaves_what_has_another_shape(trained, make_chimera):
    source, workdir = trained
    network = build_network(make_chimera(2, mask_activation="convex_softmax"))
    before, expected = values(network), values(source)
    take_initial_weights(network, str(workdir / "best.keras"))
    for path, value in values(network).items():
        kept = path.startswith("masks_dense")
        np.testing.assert_array_equal(value, (before if kept else expected)[path])


def test_rejects_a_model_of_which_nothing_fits(trained, make_config):
    network = build_network(make_config())
    message = r"`initial_weights` must be.*initial_weights='.*trained', of which no"
    with pytest.raises(ValueError, match=message):
        take_initial_weights(network, str(trained[1]))


def test_rejects_what_is_no_model(make_chimera):
    with pytest.raises(ValueError, match="source='nowhere', which does not exist"):
        take_initial_weights(build_network(make_chimera(1)), "nowhere")


@pytest.mark.slow
def test_a_training_starts_from_them_and_goes_on_without(
    make_config, tmp_path, monkeypatch
):
    model = {"name": "RealUNet", "num_speakers": 2, "start_filters": 2}
    config = make_config(
        model=ConfigDict({**model, "num_residual_blocks": 0}),
        epochs=2,
        preview_every_epochs=0,
    )
    source = build_network(config)
    build_separator(source, config).save(tmp_path / "trained.keras")
    config.seed = 4
    with config.unlocked():
        config.initial_weights = str(tmp_path / "trained.keras")
    # Nothing moves but the statistics of the normalizations.
    config.schedule.learning_rate = 0.0
    config.max_minutes = 1e-9
    train(config, tmp_path / "run")
    result = values(zoo.load_separator(tmp_path / "run").network)
    for path, value in values(source).items():
        if "moving" not in path:
            np.testing.assert_array_equal(result[path], value)
    config.max_minutes = 0.0
    monkeypatch.setattr(loop, "take_initial_weights", None)
    assert train(config, tmp_path / "run")["epoch"] == 2
