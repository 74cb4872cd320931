"""Tests of what networks say of themselves."""

import keras
import numpy as np
import pytest

from zoo.models import (
    MODELS,
    CausalComplexUNet,
    ChimeraPlusPlus,
    ComplexUNet,
    ConvTasNet,
    RealUNet,
    TasNet,
)
from zoo.models.network import Network, constructor_arguments, seed_source

WAVEFORM = {
    "tasnet": lambda: TasNet(2, 6, 8, 4, 2, causal=True, seed=0),
    "conv_tasnet": lambda: ConvTasNet(
        2, 6, 8, 4, 6, 4, 3, 2, 1, "cumulative", causal=True, seed=0
    ),
}


def test_networks_of_waveforms_take_waveforms():
    for network in MODELS.values():
        assert issubclass(network, Network)
        takes_waveforms = network.domain == "waveform"
        assert takes_waveforms or network.domain in ("complex spectrogram", "magnitude")
        assert takes_waveforms == (network in (ConvTasNet, TasNet))
        assert network.paper.keys() == {"title", "link"}


@pytest.mark.parametrize("name", WAVEFORM)
def test_the_latency_is_how_far_an_estimate_sees(rng, name):
    """Samples from one latency on leave an estimate as it is; some before do not."""
    network = WAVEFORM[name]()
    assert network.latency() == 8
    mixture = rng.normal(size=(1, 64)).astype("float32")
    assert _furthest(network, mixture) == network.latency() - 1


@pytest.mark.parametrize(
    ("lookahead_frames", "latency", "last"), [(0, 32, 0), (2, 52, 2)]
)
def test_the_latency_of_spectrograms_is_a_window_and_frames(
    rng, lookahead_frames, latency, last
):
    network = CausalComplexUNet(2, 2, 0, 1, lookahead_frames, seed=0)
    assert network.latency(32, 10) == latency
    mixture = rng.normal(size=(1, 24, 17, 2)).astype("float32")
    assert _furthest(network, mixture) == last


def _furthest(network, mixture):
    """Returns how many steps later the last input is that an estimate sees."""
    steps = np.arange(12, mixture.shape[1])
    changed = np.repeat(mixture, len(steps), axis=0)
    changed[np.arange(len(steps)), steps] += 1.0
    both = np.concatenate([mixture, changed])
    estimates = keras.ops.convert_to_numpy(network(both))
    difference = np.abs(estimates[1:] - estimates[:1])
    # `(changes, steps of the estimates)`.
    axes = tuple(axis for axis in range(difference.ndim) if axis not in (0, 2))
    moved = difference.max(axis=axes) > 1e-6
    return np.max(steps - moved.argmax(axis=1))


def test_others_need_the_whole_file():
    networks = TasNet(2, 6, 8, 4, 2), RealUNet(2, 2, 0), ChimeraPlusPlus(2, 9, 2, 1, 2)
    for network in networks:
        assert not network.causal
        assert network.latency(32, 16) is None


def test_keeps_its_arguments_as_attributes_and_config():
    network = ComplexUNet(2, 2, 0, 1, film_offset=[1, 1], name="named", seed=3)
    assert network.film_offset == (1, 1)
    config = network.get_config()
    assert config["name"] == "named"
    assert config["seed"] == network.seed == 3
    again = ComplexUNet.from_config(config)
    assert again.get_config() == config
    for a, b in zip(network.get_weights(), again.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


def test_arguments_are_those_of_the_constructor_alone():
    class Example:
        def __init__(self, size, rate=2, **kwargs):
            self.arguments = constructor_arguments(locals())

    assert Example(1, name="x").arguments == {"size": 1, "rate": 2}


def test_networks_that_train_their_estimates_have_no_other_to_train():
    assert not hasattr(TasNet(2, 6, 8, 4, 1), "training_network")


def test_says_that_no_public_weights_are_known():
    with pytest.raises(ValueError, match=r"public weights .* Received: TasNet"):
        TasNet(2, 6, 8, 4, 1).load_reference({})
    with pytest.raises(ValueError, match="no more and no less"):
        RealUNet(2, 2, 0).load_reference({})


def test_draws_other_seeds_for_each_layer():
    draw, again = seed_source(3), seed_source(3)
    seeds = [draw() for _ in range(5)]
    assert len(set(seeds)) == 5
    assert [again() for _ in range(5)] == seeds
    assert seed_source(None)() is None
