"""Tests of DeepAttractorLoss, against loops in NumPy."""

import itertools

import keras
import numpy as np
import pytest
from hypothesis import given, settings

from tests.fuzzing import EXAMPLES, fuzz, signals
from tests.gradients import central_difference, gradient
from tests.zoo.models.attractors_test import naive_attractors, naive_masks
from tests.zoo.models.deep_clustering_loss_test import draw, to_numpy
from zoo.models.deep_attractor_loss import DeepAttractorLoss

EVERY = pytest.mark.parametrize(
    ("activation", "target"),
    list(itertools.product(["softmax", "sigmoid"], ["wiener_like", "magnitude"])),
)


def expected(y_true, y_pred, activation="softmax", target="wiener_like", floor=-40.0):
    """The loss of one example, in float64."""
    sources = (y_true[..., 0] + 1j * y_true[..., 1]).reshape(len(y_true), -1)
    sizes, mixture = np.abs(sources), np.abs(sources.sum(axis=0))
    active = mixture > 10 ** (floor / 20) * mixture.max()
    ideal = np.eye(len(sources))[sizes.argmax(axis=0)]
    v = y_pred.reshape(-1, y_pred.shape[-1]).astype("float64")
    masks = naive_masks(v, naive_attractors(v, ideal, active), activation)
    wanted = sizes
    if target == "wiener_like":
        wanted = sizes**2 / np.sum(sizes**2, axis=0) * mixture
    return np.mean((masks.T * mixture - wanted) ** 2)


@EVERY
@pytest.mark.parametrize("floor_db", [-20.0, -60.0])
def test_is_the_error_of_the_masks_of_ideal_attractors(
    rng, activation, target, floor_db
):
    y_true, y_pred = draw(rng)
    loss = DeepAttractorLoss(activation, target, floor_db)
    reference = [
        expected(y, v, activation, target, floor_db)
        for y, v in zip(y_true, y_pred, strict=True)
    ]
    np.testing.assert_allclose(to_numpy(loss.call(y_true, y_pred)), reference, 1e-4)
    assert float(loss(y_true, y_pred)) == pytest.approx(np.mean(reference), rel=1e-4)


@EVERY
def test_the_gradient_passes_through_the_attractors(rng, activation, target):
    y_true, y_pred = draw(rng, frames=2, bins=3)
    direction = rng.normal(size=y_pred.shape)
    loss = DeepAttractorLoss(activation, target)
    (g,) = gradient(lambda v: keras.ops.sum(loss.call(y_true, v)), y_pred)

    def total(x):
        return sum(map(lambda y, v: expected(y, v, activation, target), y_true, x))

    slope = central_difference(total, y_pred.astype("float64"), direction)
    assert np.sum(g * direction) == pytest.approx(slope, rel=1e-3)


@pytest.mark.parametrize("speakers", [1, 2, 3, 4])
def test_known_value_for_disjoint_sources_and_perfect_embeddings(speakers):
    """Each bin of magnitude 2 has one source, whose embedding is `s` on its axis.

    Its own mask is then `e^(s^2) / (e^(s^2) + C - 1)`, the others share the rest.
    """
    labels = np.arange(4 * speakers).reshape(1, 4, speakers) % speakers
    y_true = np.zeros((1, speakers, 4, speakers, 2), "float32")
    for speaker in range(speakers):
        y_true[:, speaker, ..., 1] = 2 * (labels == speaker)
    for s in (0.0, 1.0, 1.5):
        y_pred = (s * np.eye(speakers + 1)[labels]).astype("float32")
        rest = 1 / (np.exp(s**2) + speakers - 1)
        own = (speakers - 1) * rest
        value = 4 * (own**2 + (speakers - 1) * rest**2) / speakers
        assert float(DeepAttractorLoss()(y_true, y_pred)) == pytest.approx(
            value, rel=1e-5
        )
    far = (6 * np.eye(speakers + 1)[labels]).astype("float32")
    for target in ("wiener_like", "magnitude"):
        assert float(DeepAttractorLoss("softmax", target)(y_true, far)) < 1e-20


@EVERY
def test_does_not_mind_the_order_of_speakers_and_grows_with_the_power(
    rng, activation, target
):
    y_true, y_pred = draw(rng)
    loss = DeepAttractorLoss(activation, target)
    value = float(loss(y_true, y_pred))
    assert float(loss(y_true[:, ::-1], y_pred)) == pytest.approx(value, rel=1e-5)
    assert float(loss(1e-4 * y_true, y_pred)) == pytest.approx(1e-8 * value, rel=1e-4)


def test_examples_do_not_depend_on_each_other(rng):
    y_true, y_pred = draw(rng)
    loss = DeepAttractorLoss()
    values = to_numpy(loss.call(y_true, y_pred))
    assert values.shape == (2,)
    for index in range(2):
        (alone,) = to_numpy(loss.call(y_true[index][None], y_pred[index][None]))
        assert alone == pytest.approx(values[index], rel=1e-5)


@EVERY
def test_padding_changes_nothing(rng, activation, target):
    y_true, y_pred = draw(rng)
    loss = DeepAttractorLoss(activation, target)
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


@EVERY
def test_silence_costs_nothing(rng, activation, target):
    y_true, y_pred = draw(rng)
    y_true[0] = 0
    loss = DeepAttractorLoss(activation, target)
    values = to_numpy(loss.call(y_true, y_pred))
    assert values[0] == 0
    assert values[1] > 0
    (g,) = gradient(lambda v: keras.ops.sum(loss.call(y_true, v)), y_pred)
    assert np.all(np.isfinite(g))
    assert not np.any(g[0])
    assert np.any(g[1])


@EVERY
def test_a_silent_speaker_has_no_attractor(rng, activation, target):
    y_true, y_pred = draw(rng)
    y_true[:, 1] = 0
    loss = DeepAttractorLoss(activation, target)
    values = to_numpy(loss.call(y_true, y_pred))
    reference = [
        expected(y, v, activation, target) for y, v in zip(y_true, y_pred, strict=True)
    ]
    np.testing.assert_allclose(values, reference, 1e-4)
    (g,) = gradient(lambda v: keras.ops.sum(loss.call(y_true, v)), y_pred)
    assert np.all(np.isfinite(g))
    assert np.any(g)


@settings(fuzz, max_examples=min(EXAMPLES, 10))
@given(x=signals(rank=4, channels=1))
def test_is_finite_whatever_comes(x):
    y_true = np.stack([x, x[::-1], -x], axis=1)
    y_pred = np.clip(np.concatenate([x, -x], axis=-1), -1, 1)
    for activation in ("softmax", "sigmoid"):
        loss = DeepAttractorLoss(activation)
        assert np.all(np.isfinite(to_numpy(loss.call(y_true, y_pred))))
        (g,) = gradient(lambda v, f=loss: keras.ops.sum(f.call(y_true, v)), y_pred)
        assert np.all(np.isfinite(g))


def test_computes_half_precision_in_float32(rng):
    y_true, y_pred = draw(rng)
    half = keras.ops.cast(y_pred, "float16")
    values = DeepAttractorLoss().call(y_true, half)
    assert keras.backend.standardize_dtype(values.dtype) == "float32"
    wide = DeepAttractorLoss().call(y_true, keras.ops.cast(half, "float32"))
    np.testing.assert_array_equal(to_numpy(values), to_numpy(wide))


def test_round_trips_through_its_config(rng):
    loss = DeepAttractorLoss(
        "sigmoid", "magnitude", -30.0, name="named", reduction="sum"
    )
    config = keras.saving.serialize_keras_object(loss)
    assert config["registered_name"] == "zoo>DeepAttractorLoss"
    restored = keras.saving.deserialize_keras_object(config)
    assert restored.get_config() == loss.get_config()
    y_true, y_pred = draw(rng)
    assert float(restored(y_true, y_pred)) == float(loss(y_true, y_pred))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"mask_activation": "relu"}, "`mask_activation` must be one of softmax, sigm"),
        ({"target": "ratio"}, "`target` must be one of wiener_like, magnitude"),
        ({"floor_db": 3.0}, "`floor_db` must lie between"),
    ],
)
def test_rejects_invalid_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        DeepAttractorLoss(**arguments)


@pytest.mark.parametrize("shape", [(2, 4, 7, 6), (2, 3, 4, 5, 2), (2, 4, 5)])
def test_rejects_shapes_that_differ(rng, shape):
    y_true, _ = draw(rng)
    with pytest.raises(ValueError, match=r"must have the shape .* Received: shapes"):
        DeepAttractorLoss().call(y_true, np.zeros(shape))
