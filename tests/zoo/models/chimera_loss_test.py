"""Tests of ChimeraLoss, against its definition in complex128."""

import itertools

import keras
import numpy as np
import pytest
from hypothesis import given, settings

from tests.complex_numpy import complex_normal
from tests.fuzzing import EXAMPLES, fuzz, signals
from tests.gradients import gradient
from zoo.models.chimera_loss import ChimeraLoss
from zoo.models.deep_clustering_loss import DeepClusteringLoss


def to_numpy(x):
    return keras.ops.convert_to_numpy(x)


def draw(rng, speakers=3, frames=4, bins=5, size=6):
    sources = complex_normal(rng, 2, speakers, frames, bins)
    y_true = np.stack([sources.real, sources.imag], axis=-1)
    heads = rng.normal(size=(2, frames, bins, size + speakers))
    heads[..., size:] = rng.uniform(0, 2, heads[..., size:].shape)
    return y_true.astype("float32"), heads.astype("float32")


def approximation(y_true, heads, limit):
    """The second term for one example, in float64, over all permutations."""
    sources = y_true[..., 0].astype("float64") + 1j * y_true[..., 1]
    mixture = sources.sum(axis=0)
    masks = np.moveaxis(heads[..., -len(sources) :].astype("float64"), -1, 0)
    cosine = np.cos(np.angle(sources) - np.angle(mixture))
    targets = np.clip(np.abs(sources) * cosine, 0, limit * np.abs(mixture))
    return min(
        np.mean(np.abs(masks[list(order)] * np.abs(mixture) - targets))
        for order in itertools.permutations(range(len(sources)))
    )


@pytest.mark.parametrize("limit", [1.0, 2.0])
@pytest.mark.parametrize("speakers", [2, 3])
def test_is_the_weighted_sum_of_both(rng, limit, speakers):
    y_true, heads = draw(rng, speakers)
    loss = ChimeraLoss(0.7, limit, "magnitude", -30.0)
    clustering = DeepClusteringLoss("magnitude", -30.0)
    first = to_numpy(clustering.call(y_true, heads[..., :-speakers]))
    second = [approximation(*pair, limit) for pair in zip(y_true, heads, strict=True)]
    np.testing.assert_allclose(
        to_numpy(loss.call(y_true, heads)), 0.7 * first + 0.3 * np.array(second), 1e-5
    )


def test_is_0_for_ideal_masks_in_any_order(rng):
    y_true, heads = draw(rng)
    sources = y_true[..., 0] + 1j * y_true[..., 1]
    masks = np.clip((sources / sources.sum(axis=1, keepdims=True)).real, 0, 1)
    heads[..., 6:] = np.moveaxis(masks[:, [2, 0, 1]], 1, -1)
    loss = ChimeraLoss(0.0)
    assert float(loss(y_true, heads)) == pytest.approx(0, abs=1e-6)
    assert float(ChimeraLoss(0.0, 2.0)(y_true, heads)) > 1e-3


def test_follows_the_level_by_its_second_term(rng):
    y_true, heads = draw(rng)
    value, louder = (float(ChimeraLoss(0.0)(gain * y_true, heads)) for gain in (1, 100))
    assert louder == pytest.approx(100 * value, rel=1e-4)


def test_padding_changes_nothing(rng):
    y_true, heads = draw(rng)
    loss = ChimeraLoss(0.5)
    masked = np.concatenate([y_true, np.ones_like(y_true[..., :1])], axis=-1)
    padding = [(0, 0), (0, 0), (0, 3), (0, 0), (0, 0)]
    padded = np.pad(masked, padding)
    padded[:, :, 4:, :, :2] = 7.0
    longer = np.pad(heads, padding[1:], constant_values=np.nan)
    values = to_numpy(loss.call(y_true, heads))
    np.testing.assert_allclose(to_numpy(loss.call(masked, heads)), values, 1e-5)
    np.testing.assert_allclose(to_numpy(loss.call(padded, longer)), values, 1e-5)
    (g,) = gradient(lambda v: keras.ops.sum(loss.call(padded, v)), longer)
    assert np.all(np.isfinite(g))
    assert not np.any(g[:, 4:])
    assert np.all(np.any(g[:, :4] != 0, axis=(0, 1, 2)))


def test_silence_costs_nothing(rng):
    y_true, heads = draw(rng)
    y_true[0] = 0
    values = to_numpy(ChimeraLoss().call(y_true, heads))
    assert values[0] == 0
    assert values[1] > 0


@settings(fuzz, max_examples=min(EXAMPLES, 10))
@given(x=signals(rank=4, channels=1))
def test_is_finite_whatever_comes(x):
    y_true = np.stack([x, 0.5 * x[::-1]], axis=1)
    heads = np.clip(np.concatenate([x, -x], axis=-1), -1, 1)
    loss = ChimeraLoss()
    assert np.all(np.isfinite(to_numpy(loss.call(y_true, heads))))
    (g,) = gradient(lambda v: keras.ops.sum(loss.call(y_true, v)), heads)
    assert np.all(np.isfinite(g))


def test_round_trips_through_its_config(rng):
    loss = ChimeraLoss(0.5, 2.0, "magnitude", -30.0, name="named", reduction="sum")
    config = keras.saving.serialize_keras_object(loss)
    assert config["registered_name"] == "zoo>ChimeraLoss"
    restored = keras.saving.deserialize_keras_object(config)
    assert restored.get_config() == loss.get_config()
    y_true, heads = draw(rng)
    assert float(restored(y_true, heads)) == float(loss(y_true, heads))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"clustering_weight": 1.1}, r"`clustering_weight` must lie in \[0, 1\]"),
        ({"limit": 0.0}, "`limit` must be positive"),
        ({"weights": "equal"}, "`weights` must be one of active, magnitude"),
        ({"floor_db": 3.0}, "`floor_db` must lie between"),
    ],
)
def test_rejects_invalid_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        ChimeraLoss(**arguments)


def test_rejects_heads_without_embeddings(rng):
    y_true, heads = draw(rng)
    with pytest.raises(ValueError, match="more than 3 values for each bin"):
        ChimeraLoss().call(y_true, heads[..., -3:])
