"""Tests of DeepClusteringLoss, against the matrix of all pairs."""

import keras
import numpy as np
import pytest
from hypothesis import given, settings

from tests.complex_numpy import complex_normal
from tests.fuzzing import EXAMPLES, fuzz, signals
from tests.gradients import gradient
from zoo.models.deep_clustering_loss import DeepClusteringLoss


def to_numpy(x):
    return keras.ops.convert_to_numpy(x)


def draw(rng, speakers=3, frames=4, bins=5, size=6):
    levels = 10 ** rng.uniform(-3, 0, (2, speakers, frames, bins))
    sources = levels * complex_normal(rng, 2, speakers, frames, bins)
    embeddings = rng.normal(size=(2, frames, bins, size))
    embeddings /= np.linalg.norm(embeddings, axis=-1, keepdims=True)
    y_true = np.stack([sources.real, sources.imag], axis=-1)
    return y_true.astype("float32"), embeddings.astype("float32")


def expected(y_true, y_pred, weights, floor_db):
    """All pairs of bins of one example, in float64."""
    sources = (y_true[..., 0] + 1j * y_true[..., 1]).reshape(len(y_true), -1)
    size = np.abs(sources.sum(axis=0))
    active = size > 10 ** (floor_db / 20) * size.max()
    w = active * (size if weights == "magnitude" else 1.0)
    labels = np.abs(sources).argmax(axis=0)
    ideal = (labels[:, None] == labels).astype(float)
    v = y_pred.reshape(-1, y_pred.shape[-1]).astype("float64")
    squares = (v @ v.T - ideal) ** 2
    return w @ squares @ w / w.sum() ** 2


@pytest.mark.parametrize("weights", ["active", "magnitude"])
@pytest.mark.parametrize("floor_db", [-20.0, -60.0])
def test_is_the_distance_of_affinity_matrices(rng, weights, floor_db):
    y_true, y_pred = draw(rng)
    loss = DeepClusteringLoss(weights, floor_db)
    reference = [
        expected(y, v, weights, floor_db) for y, v in zip(y_true, y_pred, strict=True)
    ]
    np.testing.assert_allclose(to_numpy(loss.call(y_true, y_pred)), reference, 1e-5)
    assert float(loss(y_true, y_pred)) == pytest.approx(np.mean(reference), rel=1e-5)


def test_is_0_for_ideal_embeddings_however_turned(rng):
    y_true, _ = draw(rng)
    labels = np.linalg.norm(y_true, axis=-1).argmax(axis=1)
    turn = np.linalg.qr(rng.normal(size=(6, 6)))[0]
    ideal = turn[labels].astype("float32")
    np.testing.assert_allclose(
        to_numpy(DeepClusteringLoss().call(y_true, ideal)), 0, atol=1e-6
    )
    assert float(DeepClusteringLoss()(y_true, 0 * ideal + 1)) > 0.1


def test_does_not_mind_the_order_of_speakers_nor_the_level(rng):
    y_true, y_pred = draw(rng)
    loss = DeepClusteringLoss("magnitude")
    value = float(loss(y_true, y_pred))
    assert float(loss(y_true[:, ::-1], y_pred)) == pytest.approx(value, rel=1e-5)
    assert float(loss(1e-6 * y_true, y_pred)) == pytest.approx(value, rel=1e-4)


@pytest.mark.parametrize("weights", ["active", "magnitude"])
def test_padding_changes_nothing(rng, weights):
    y_true, y_pred = draw(rng)
    loss = DeepClusteringLoss(weights)
    mask = np.ones((*y_true.shape[:-1], 1), "float32")
    masked = np.concatenate([y_true, mask], axis=-1)
    padding = [(0, 0), (0, 0), (0, 3), (0, 0), (0, 0)]
    padded = np.pad(masked, padding)
    padded[:, :, 4:, :, :2] = 7.0
    longer = np.pad(y_pred, padding[1:], constant_values=np.nan)
    values = to_numpy(loss.call(y_true, y_pred))
    np.testing.assert_allclose(to_numpy(loss.call(masked, y_pred)), values, 1e-6)
    np.testing.assert_allclose(to_numpy(loss.call(padded, longer)), values, 1e-5)
    (g,) = gradient(lambda v: keras.ops.sum(loss.call(padded, v)), longer)
    assert np.all(np.isfinite(g))
    assert not np.any(g[:, 4:])


@pytest.mark.parametrize("weights", ["active", "magnitude"])
def test_silence_costs_nothing(rng, weights):
    y_true, y_pred = draw(rng)
    y_true[0] = 0
    loss = DeepClusteringLoss(weights)
    values = to_numpy(loss.call(y_true, y_pred))
    assert values[0] == 0
    assert values[1] > 0
    (g,) = gradient(lambda v: keras.ops.sum(loss.call(y_true, v)), y_pred)
    assert np.all(np.isfinite(g))
    assert not np.any(g[0])
    assert np.any(g[1])


@settings(fuzz, max_examples=min(EXAMPLES, 10))
@given(x=signals(rank=4, channels=1))
def test_is_finite_whatever_comes(x):
    y_true = np.stack([x, x[::-1], -x], axis=1)
    y_pred = np.clip(np.concatenate([x, -x], axis=-1), -1, 1)
    for weights in ("active", "magnitude"):
        loss = DeepClusteringLoss(weights)
        assert np.all(np.isfinite(to_numpy(loss.call(y_true, y_pred))))
        (g,) = gradient(lambda v, f=loss: keras.ops.sum(f.call(y_true, v)), y_pred)
        assert np.all(np.isfinite(g))


def test_computes_half_precision_in_float32(rng):
    y_true, y_pred = draw(rng)
    half = keras.ops.cast(y_pred, "float16")
    values = DeepClusteringLoss().call(y_true, half)
    assert keras.backend.standardize_dtype(values.dtype) == "float32"
    wide = DeepClusteringLoss().call(y_true, keras.ops.cast(half, "float32"))
    np.testing.assert_array_equal(to_numpy(values), to_numpy(wide))


def test_round_trips_through_its_config(rng):
    loss = DeepClusteringLoss("magnitude", -30.0, name="named", reduction="sum")
    config = keras.saving.serialize_keras_object(loss)
    assert config["registered_name"] == "zoo>DeepClusteringLoss"
    restored = keras.saving.deserialize_keras_object(config)
    assert restored.get_config() == loss.get_config()
    y_true, y_pred = draw(rng)
    assert float(restored(y_true, y_pred)) == float(loss(y_true, y_pred))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"weights": "equal"}, "`weights` must be one of active, magnitude"),
        ({"floor_db": 3.0}, "`floor_db` must lie between"),
    ],
)
def test_rejects_invalid_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        DeepClusteringLoss(**arguments)


@pytest.mark.parametrize("shape", [(2, 4, 7, 6), (2, 3, 4, 5, 2), (2, 4, 5)])
def test_rejects_shapes_that_differ(rng, shape):
    y_true, _ = draw(rng)
    with pytest.raises(ValueError, match=r"must have the shape .* Received: shapes"):
        DeepClusteringLoss().call(y_true, np.zeros(shape))
