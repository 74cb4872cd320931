"""Tests of k-means, against Lloyd's algorithm in NumPy."""

import keras
import numpy as np
import pytest

from tests import deployment
from zoo.models.k_means import KMeansMasks, active_bins, farthest_points, k_means


def to_numpy(x):
    return keras.ops.convert_to_numpy(x)


def clouds(rng, count=60, clusters=3, dimensions=4, spread=0.1):
    """Points on the sphere around some centres, and the cluster of each."""
    centres = np.linalg.qr(rng.normal(size=(dimensions, dimensions)))[0][:clusters]
    labels = rng.integers(clusters, size=(2, count))
    points = centres[labels] + spread * rng.normal(size=(2, count, dimensions))
    points /= np.linalg.norm(points, axis=-1, keepdims=True)
    return points.astype("float32"), labels


def lloyd(points, weights, centres, iterations):
    """One example in float64."""
    centres = centres.astype("float64")
    for _ in range(iterations):
        distances = np.linalg.norm(points[:, None] - centres, axis=-1)
        nearest = distances.argmin(axis=1)
        for k in range(len(centres)):
            w = weights * (nearest == k)
            if w.sum() > 0:
                centres[k] = (w @ points) / w.sum()
    return centres


@pytest.mark.parametrize("iterations", [1, 3, 10])
def test_moves_as_the_algorithm_of_lloyd(rng, iterations):
    points, _ = clouds(rng, spread=0.6)
    weights = rng.uniform(0, 1, points.shape[:2]).astype("float32")
    weights[:, ::3] = 0
    start = points[:, :4].copy()
    actual = to_numpy(k_means(points, weights, start, iterations))
    for index in range(2):
        expected = lloyd(points[index], weights[index], start[index], iterations)
        np.testing.assert_allclose(actual[index], expected, atol=1e-5)


def test_ends_where_scikit_learn_ends(rng):
    cluster = pytest.importorskip("sklearn.cluster")
    points, _ = clouds(rng, spread=0.4)
    weights = rng.uniform(0.1, 1, points.shape[:2]).astype("float32")
    start = points[:, :3].copy()
    actual = to_numpy(k_means(points, weights, start, 50))
    for index in range(2):
        other = cluster.KMeans(3, init=start[index], n_init=1, tol=0, max_iter=50)
        other.fit(points[index], sample_weight=weights[index])
        np.testing.assert_allclose(actual[index], other.cluster_centers_, atol=1e-4)


def test_an_empty_cluster_keeps_its_centre(rng):
    points, _ = clouds(rng)
    start = np.concatenate([points[:, :1], np.full((2, 1, 4), 9, "float32")], axis=1)
    centres = to_numpy(k_means(points, np.ones((2, 60), "float32"), start, 3))
    np.testing.assert_array_equal(centres[:, 1], 9)


def test_starts_with_loud_points_far_from_each_other(rng):
    points, labels = clouds(rng)
    weights = rng.uniform(0.5, 1, labels.shape).astype("float32")
    weights[:, 7] = 2
    start = to_numpy(farthest_points(points, weights, 3))
    np.testing.assert_array_equal(start[:, 0], points[:, 7])
    for index in range(2):
        chosen = [np.flatnonzero((points[index] == c).all(axis=1))[0] for c in
                  start[index]]  # fmt: skip
        assert sorted(labels[index, chosen]) == [0, 1, 2]
        distance = np.linalg.norm(points[index] - points[index, 7], axis=1) ** 2
        assert chosen[1] == np.argmax(weights[index] * distance)


def example(rng, speakers=3):
    points, labels = clouds(rng, count=40, clusters=speakers)
    mixture = rng.uniform(0.5, 1, (2, 5, 8, 2)).astype("float32")
    return points.reshape(2, 5, 8, 4), labels.reshape(2, 5, 8), mixture


@pytest.mark.parametrize("speakers", [2, 3, 4])
def test_masks_are_the_clusters(rng, speakers):
    embeddings, labels, mixture = example(rng, speakers)
    masks = to_numpy(KMeansMasks(speakers)([embeddings, mixture]))
    assert masks.shape == (2, speakers, 5, 8, 1)
    np.testing.assert_array_equal(masks.sum(axis=1), 1)
    for index in range(2):
        found = {
            tuple(np.unique(labels[index][mask[..., 0] == 1])) for mask in masks[index]
        }
        assert found == {(k,) for k in np.unique(labels)}


def test_silent_bins_do_not_move_the_centres(rng):
    embeddings, _, mixture = example(rng)
    mixture[:, 3:] *= 1e-3
    garbage = embeddings.copy()
    garbage[:, 3:] = rng.normal(size=garbage[:, 3:].shape)
    layer = KMeansMasks(3)
    expected = to_numpy(layer([embeddings, mixture]))
    actual = to_numpy(layer([garbage, mixture]))
    np.testing.assert_array_equal(actual[:, :, :3], expected[:, :, :3])


def test_the_level_changes_nothing(rng):
    embeddings, _, mixture = example(rng)
    layer = KMeansMasks(3)
    np.testing.assert_array_equal(
        to_numpy(layer([embeddings, 1e-6 * mixture])),
        to_numpy(layer([embeddings, mixture])),
    )


def test_active_bins_are_relative_to_the_loudest():
    mixture = np.zeros((3, 1, 4, 2), "float32")
    mixture[0, 0, :, 0] = [1, 0.11, 0.09, 0]
    mixture[1] = 1e-5 * mixture[0]
    expected = [[True, True, False, False]] * 2 + [[False] * 4]
    active = to_numpy(active_bins(mixture, -20.0))[:, 0]
    np.testing.assert_array_equal(active, expected)


def test_silence_has_masks_too(rng):
    embeddings, _, mixture = example(rng)
    masks = to_numpy(KMeansMasks(2)([embeddings, 0 * mixture]))
    np.testing.assert_array_equal(masks.sum(axis=1), 1)


@pytest.fixture
def model():
    inputs = [keras.Input((5, 8, 4)), keras.Input((5, 8, 2))]
    layer = KMeansMasks(num_speakers=3, iterations=4, floor_db=-60.0)
    return keras.Model(inputs, layer(inputs))


def test_round_trips_through_a_keras_file(rng, tmp_path, model):
    embeddings, _, mixture = example(rng)
    model.save(tmp_path / "model.keras")
    restored = keras.saving.load_model(tmp_path / "model.keras", safe_mode=True)
    config = restored.layers[-1].get_config()
    assert config == model.layers[-1].get_config()
    wanted = {"num_speakers": 3, "iterations": 4, "floor_db": -60.0}
    assert wanted.items() <= config.items()
    np.testing.assert_array_equal(
        restored.predict([embeddings, mixture], verbose=0),
        model.predict([embeddings, mixture], verbose=0),
    )


@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="exports")
def test_runs_in_tflite_and_under_xla(rng, tmp_path, model):
    embeddings, _, mixture = example(rng)
    deployment.check_tflite(model, [embeddings, mixture], tmp_path)
    deployment.check_xla(model, [embeddings, mixture])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"num_speakers": 0}, "`num_speakers` must be at least 1"),
        ({"num_speakers": 2, "iterations": 0}, "`iterations` must be at least 1"),
        ({"num_speakers": 2, "floor_db": 0.0}, "`floor_db` must lie between"),
    ],
)
def test_rejects_invalid_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        KMeansMasks(**arguments)
