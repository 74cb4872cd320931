"""Tests of trainings whose loss compares heads of a network, not its estimates."""

import keras
import numpy as np
import pytest
from ml_collections import ConfigDict

import zoo
from tests.zoo.training.loop_test import assert_same_end, read_history, score_of_best
from zoo.models import DeepClustering
from zoo.models.chimera_loss import ChimeraLoss
from zoo.presets.objective import build_loss
from zoo.training import train
from zoo.training.build import trained_part

SMALL = {"num_speakers": 2, "bins": 33, "units": 4, "num_layers": 1}
CASES = {
    "deep_attractor": {
        "name": "DeepAttractor",
        "iterations": 2,
        **SMALL,
        "units": 16,
        "embedding_size": 20,
    },
    "deep_clustering": {"name": "DeepClustering", "iterations": 2, **SMALL},
    "chimera": {"name": "ChimeraPlusPlus", **SMALL},
}
# First gradients, of an error squared, would be less than the epsilon of Adam.
CHANGES = {"deep_attractor": {"loss__weight": 100.0}}


@pytest.fixture
def make_heads_config(make_config):
    """Returns a function that makes the configuration for a loss of `CASES`."""

    def make(loss, **changes):
        return make_config(
            model=ConfigDict({"embedding_size": 3, **CASES[loss]}),
            loss=ConfigDict({"name": loss, "assignment": "utterance"}),
            optimizer__use_ema=True,
            epochs=2,
            **CHANGES.get(loss, {}),
            **changes,
        )

    return make


@pytest.mark.one_fast_case
@pytest.mark.parametrize("loss", CASES)
def test_trains_heads_and_saves_what_separates(make_heads_config, tmp_path, loss):
    config = make_heads_config(loss)
    row = train(config, tmp_path)
    history = read_history(tmp_path)
    assert history[1]["loss"] < history[0]["loss"]
    assert history[1]["validation_loss"] < history[0]["validation_loss"]
    assert np.isfinite(row["si_sdr"])
    best = max(r["si_sdr"] for r in history)
    assert score_of_best(config, tmp_path) == pytest.approx(best, abs=1e-3)
    waveform = np.random.default_rng(0).normal(size=2000)
    separator = zoo.load_separator(tmp_path)
    assert separator.separate(waveform, 8000).shape == (2, 2000)


@pytest.mark.slow
@pytest.mark.parametrize("loss", CASES)
def test_resumes_as_if_never_stopped(make_heads_config, tmp_path, loss):
    config = make_heads_config(loss)
    train(config, tmp_path / "whole")
    for minutes in (1e-9, 0.0):
        part = config.copy_and_resolve_references()
        part.max_minutes = minutes
        train(part, tmp_path / "parts")
    assert_same_end(tmp_path / "whole", tmp_path / "parts")


def test_all_weights_are_copied_to_their_place(make_heads_config):
    for loss in CASES:
        config = make_heads_config(loss)
        network = zoo.presets.building.build_network(config)
        part = trained_part(network, build_loss(config))
        names = [w.path for w in network.weights if "seed" not in w.path]
        assert sorted(names) == sorted(
            w.path for w in part.weights if "seed" not in w.path
        )


def test_rejects_a_network_without_heads():
    with pytest.raises(ValueError, match="a network with a `training_network`"):
        trained_part(keras.Sequential([keras.Input((None, 33, 2))]), ChimeraLoss())
    assert isinstance(DeepClustering(units=2).training_network, keras.Model)
