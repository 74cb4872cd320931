"""Tests of attractors and their masks, against loops in NumPy."""

import itertools

import keras
import numpy as np
import pytest

from tests import deployment
from tests.complex_numpy import run
from tests.gradients import assert_close, gradient
from tests.zoo.models.k_means_test import example, lloyd, to_numpy
from zoo.models.attractors import (
    AnchoredMasks,
    AttractorMasks,
    attractor_masks,
    least_similar,
)
from zoo.models.k_means import farthest_points, weighted_means


def naive_attractors(points, assignments, weights):
    """One example, bin by bin in float64."""
    speakers, dimensions = assignments.shape[1], points.shape[1]
    attractors = np.zeros((speakers, dimensions))
    for c in range(speakers):
        count = 0.0
        for v, y, w in zip(points, assignments[:, c], weights, strict=True):
            attractors[c] += w * y * v.astype("float64")
            count += w * y
        attractors[c] /= count or 1.0
    return attractors


def naive_masks(points, attractors, activation):
    """One example, in float64."""
    shares = np.exp(points.astype("float64") @ attractors.T)
    if activation == "sigmoid":
        return shares / (1 + shares)
    return shares / shares.sum(axis=-1, keepdims=True)


def draw(rng, *shape):
    return rng.normal(size=shape).astype("float32")


@pytest.mark.parametrize("speakers", [1, 2, 3])
@pytest.mark.parametrize("hard", [True, False])
def test_attractors_are_weighted_means(rng, speakers, hard):
    points = draw(rng, 2, 12, 5)
    assignments = rng.dirichlet(np.ones(speakers), (2, 12)).astype("float32")
    if hard:
        assignments = np.eye(speakers, dtype="float32")[assignments.argmax(-1)]
    weights = (rng.uniform(size=(2, 12)) > 0.4).astype("float32")
    actual = to_numpy(weighted_means(points, assignments, weights)[0])
    for index, one in enumerate(zip(points, assignments, weights, strict=True)):
        np.testing.assert_allclose(actual[index], naive_attractors(*one), atol=1e-6)


def test_a_speaker_without_bins_has_the_attractor_0_and_a_gradient(rng):
    points, weights = draw(rng, 2, 12, 5), np.ones((2, 12), "float32")
    weights[1] = 0
    assignments = np.zeros((2, 12, 3), "float32")
    assignments[:, :, 0] = 1

    def value(v):
        attractors, _ = weighted_means(v, assignments, weights)
        return keras.ops.sum(attractor_masks(v, attractors, "softmax")[..., 0])

    attractors = to_numpy(weighted_means(points, assignments, weights)[0])
    np.testing.assert_array_equal(attractors[0, 1:], 0)
    np.testing.assert_array_equal(attractors[1], 0)
    assert np.any(attractors[0, 0])
    (g,) = gradient(value, points)
    assert np.all(np.isfinite(g))
    assert np.any(g[0])
    assert not np.any(g[1])


@pytest.mark.parametrize("activation", ["softmax", "sigmoid"])
def test_masks_are_made_of_products(rng, activation):
    points, attractors = draw(rng, 2, 12, 5), draw(rng, 2, 3, 5)
    actual = to_numpy(attractor_masks(points, attractors, activation))
    for index in range(2):
        expected = naive_masks(points[index], attractors[index], activation)
        np.testing.assert_allclose(actual[index], expected, atol=1e-6)


def test_one_speaker_has_all_or_what_the_sigmoid_says(rng):
    points, attractors = draw(rng, 2, 12, 5), draw(rng, 2, 1, 5)
    np.testing.assert_array_equal(
        to_numpy(attractor_masks(points, attractors, "softmax")), 1
    )
    masks = to_numpy(attractor_masks(points, attractors, "sigmoid"))
    assert masks.min() < 0.5 < masks.max()


def naive_choice(sets):
    """The index of the set of one example with the least similar nearest two."""
    worst = [
        max(a @ b for a, b in itertools.combinations(s, 2)) if len(s) > 1 else 0.0
        for s in sets
    ]
    return int(np.argmin(worst))


@pytest.mark.parametrize("speakers", [1, 2, 3, 4])
def test_chooses_the_set_whose_nearest_two_are_the_least_similar(rng, speakers):
    sets = draw(rng, 20, 7, speakers, 3)
    actual = to_numpy(least_similar(sets))
    choices = [naive_choice(s) for s in sets.astype("float64")]
    expected = np.stack([s[c] for s, c in zip(sets, choices, strict=True)])
    np.testing.assert_array_equal(actual, expected)
    assert speakers == 1 or len(set(choices)) > 3


def test_only_the_chosen_set_has_a_gradient(rng):
    sets = draw(rng, 3, 7, 2, 4)
    weights = draw(rng, 3, 2, 4)
    (g,) = gradient(
        lambda s: keras.ops.sum(keras.ops.multiply(least_similar(s), weights)), sets
    )
    expected = np.zeros_like(sets)
    for index, s in enumerate(sets):
        expected[index, naive_choice(s)] = weights[index]
    np.testing.assert_allclose(g, expected, atol=1e-6)


@pytest.mark.parametrize("speakers", [2, 3])
@pytest.mark.parametrize("activation", ["softmax", "sigmoid"])
def test_attractors_are_those_that_k_means_finds(rng, speakers, activation):
    embeddings, _, mixture = example(rng, speakers)
    # Of any norm, as the tanh leaves it, and one frame too weak to count.
    embeddings *= rng.uniform(0.5, 3, embeddings.shape[:-1])[..., None]
    embeddings = embeddings.astype("float32")
    mixture[:, 2] *= 1e-3
    layer = AttractorMasks(speakers, activation, iterations=4)
    actual = to_numpy(layer([embeddings, mixture]))
    assert actual.shape == (2, speakers, 5, 8, 1)
    for index in range(2):
        points = embeddings[index].reshape(-1, 4)
        loudness = np.linalg.norm(mixture[index], axis=-1).ravel()
        active = loudness > 0.01 * loudness.max()
        assert not active.all()
        weights = (loudness * active)[None].astype("float32")
        start = to_numpy(farthest_points(points[None], weights, speakers))[0]
        centres = lloyd(points, active, start, 4)
        masks = naive_masks(points, centres, activation).T
        np.testing.assert_allclose(
            actual[index].reshape(speakers, -1), masks, atol=1e-5
        )


def expected_anchored(embeddings, mixture, anchors, speakers):
    """All sets of anchors one after the other, of one example in float64."""
    points = embeddings.reshape(-1, embeddings.shape[-1]).astype("float64")
    loudness = np.linalg.norm(mixture, axis=-1).ravel()
    active = loudness > 0.01 * loudness.max()
    sets = []
    for chosen in itertools.combinations(anchors.astype("float64"), speakers):
        assignments = naive_masks(points, np.stack(chosen), "softmax")
        sets.append(naive_attractors(points, assignments, active))
    choice = naive_choice(sets)
    masks = naive_masks(points, sets[choice], "softmax").T
    return masks.reshape(speakers, *embeddings.shape[:2], 1), choice


@pytest.mark.parametrize("speakers", [1, 2, 3, 5])
def test_anchored_masks_are_those_of_the_best_set(rng, speakers):
    embeddings, mixture = draw(rng, 8, 5, 8, 4), draw(rng, 8, 5, 8, 2)
    mixture[:, 2] *= 1e-4
    layer = AnchoredMasks(speakers, num_anchors=5)
    layer.build([embeddings.shape, mixture.shape])
    anchors = draw(rng, 5, 4)
    layer.set_weights([anchors])
    actual = to_numpy(layer([embeddings, mixture]))
    choices = set()
    for index in range(8):
        expected, choice = expected_anchored(
            embeddings[index], mixture[index], anchors, speakers
        )
        np.testing.assert_allclose(actual[index], expected, atol=2e-5)
        choices.add(choice)
    assert len(choices) > 1 or speakers in (1, 5)


def test_anchors_are_orthogonal_at_first_and_depend_on_the_seed():
    layers = [AnchoredMasks(2, 4, seed=seed) for seed in (1, 1, 2)]
    first, same, other = (
        (layer.build([(1, 5, 8, 6), (1, 5, 8, 2)]), to_numpy(layer.anchors))[1]
        for layer in layers
    )
    np.testing.assert_allclose(first @ first.T, np.eye(4), atol=1e-5)
    np.testing.assert_array_equal(first, same)
    assert np.abs(first - other).max() > 0.1


@pytest.mark.parametrize("cls", [AttractorMasks, AnchoredMasks])
@pytest.mark.parametrize("dtype", ["float32", "mixed_bfloat16", "mixed_float16"])
def test_silence_has_equal_masks_and_finite_gradients(rng, cls, dtype):
    embeddings, mixture = draw(rng, 2, 5, 8, 4), draw(rng, 2, 5, 8, 2)
    mixture[1] = 0
    layer = cls(2, dtype=dtype)
    masks = layer([embeddings, mixture])
    assert keras.backend.standardize_dtype(masks.dtype) == layer.compute_dtype
    masks = to_numpy(keras.ops.cast(masks, "float32"))
    np.testing.assert_allclose(masks[1], 0.5, atol=1e-6)
    weights = draw(rng, *masks.shape)

    def value(v, *weights_of_layer):
        mapping = list(zip(layer.trainable_variables, weights_of_layer, strict=True))
        with keras.StatelessScope(state_mapping=mapping):
            output = keras.ops.cast(layer([v, mixture]), "float32")
        return keras.ops.sum(keras.ops.multiply(output, weights))

    given = [to_numpy(w) for w in layer.trainable_variables]
    by_embedding, *by_weight = gradient(value, embeddings, *given)
    assert np.any(by_embedding[0])
    for g in (by_embedding, *by_weight):
        assert np.all(np.isfinite(g))
        assert np.any(g)


@pytest.mark.parametrize("cls", [AttractorMasks, AnchoredMasks])
def test_the_level_and_silent_bins_do_not_move_the_attractors(rng, cls):
    embeddings, _, mixture = example(rng)
    mixture[:, 3:] *= 1e-3
    layer = cls(3)
    expected = to_numpy(layer([embeddings, mixture]))
    np.testing.assert_allclose(
        to_numpy(layer([embeddings, 1e-6 * mixture])), expected, atol=1e-6
    )
    embeddings = np.concatenate(
        [embeddings[:, :3], draw(rng, *embeddings[:, 3:].shape)], axis=1
    )
    actual = to_numpy(layer([embeddings, mixture]))
    np.testing.assert_allclose(actual[:, :, :3], expected[:, :, :3], atol=1e-6)


ARGUMENTS = {
    AttractorMasks: {
        "num_speakers": 3,
        "activation": "sigmoid",
        "iterations": 4,
        "floor_db": -60.0,
    },
    AnchoredMasks: {"num_speakers": 3, "num_anchors": 4, "floor_db": -60.0, "seed": 7},
}


def as_model(cls, frames, bins):
    inputs = [keras.Input((frames, bins, 4)), keras.Input((frames, bins, 2))]
    return keras.Model(inputs, cls(**ARGUMENTS[cls])(inputs))


@pytest.mark.parametrize("cls", ARGUMENTS)
@pytest.mark.parametrize("bins", [8, None])
def test_takes_any_number_of_frames(rng, cls, bins):
    if bins is None and keras.backend.backend() == "jax":
        pytest.skip("It knows no more than one unknown size.")
    model = as_model(cls, None, bins)
    assert model.output_shape == (None, 3, None, bins, 1)
    for frames in (5, 7):
        xs = [draw(rng, 2, frames, 8, 4), draw(rng, 2, frames, 8, 2)]
        assert model.layers[-1].compute_output_shape([x.shape for x in xs]) == (
            (2, 3, frames, 8, 1)
        )
        assert_close(run(model, xs), to_numpy(model.layers[-1](xs)), 1e-5)


@pytest.mark.parametrize("cls", ARGUMENTS)
def test_round_trips_through_a_keras_file(rng, tmp_path, cls):
    xs = [draw(rng, 2, 5, 8, 4), draw(rng, 2, 5, 8, 2)]
    model = as_model(cls, 5, 8)
    model.save(tmp_path / "model.keras")
    restored = keras.saving.load_model(tmp_path / "model.keras", safe_mode=True)
    config = restored.layers[-1].get_config()
    assert config == model.layers[-1].get_config()
    assert ARGUMENTS[cls].items() <= config.items()
    np.testing.assert_array_equal(run(restored, xs), run(model, xs))


@pytest.mark.parametrize("cls", ARGUMENTS)
@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="exports")
def test_runs_in_tflite_and_under_xla(rng, tmp_path, cls):
    xs = [draw(rng, 2, 5, 8, 4), draw(rng, 2, 5, 8, 2)]
    deployment.check_tflite(as_model(cls, 5, 8), xs, tmp_path)
    deployment.check_xla(as_model(cls, 5, 8), xs)


@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="XLA of TensorFlow")
def test_anchors_learn_the_same_under_xla(rng):
    xs = [draw(rng, 2, 5, 8, 4), draw(rng, 2, 5, 8, 2)]
    model = as_model(AnchoredMasks, 5, 8)
    before = model.get_weights()
    (eager,) = deployment.training_step(model, xs, jit_compile=False)
    model.set_weights(before)
    (compiled,) = deployment.training_step(model, xs, jit_compile=True)
    assert np.abs(eager - before[0]).max() > 1e-6
    np.testing.assert_allclose(compiled, eager, atol=1e-6)


@pytest.mark.parametrize(
    ("cls", "arguments", "message"),
    [
        (AttractorMasks, {"num_speakers": 0}, "`num_speakers` must be at least 1"),
        (AttractorMasks, {"iterations": 0}, "`iterations` must be at least 1"),
        (AttractorMasks, {"floor_db": 0.0}, "`floor_db` must lie between"),
        (
            AttractorMasks,
            {"activation": "tanh"},
            r"`activation` must be one of softmax, sigmoid\. Received: act.*'tanh'",
        ),
        (AnchoredMasks, {"num_speakers": 0}, "`num_speakers` must be at least 1"),
        (
            AnchoredMasks,
            {"num_speakers": 5, "num_anchors": 4},
            "at most `num_anchors`. Received: num_speakers=5, num_anchors=4",
        ),
        (AnchoredMasks, {"floor_db": 0.0}, "`floor_db` must lie between"),
    ],
)
def test_rejects_invalid_arguments(cls, arguments, message):
    with pytest.raises(ValueError, match=message):
        cls(**{"num_speakers": 2, **arguments})
