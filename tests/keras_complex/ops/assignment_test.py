"""Tests of the optimal assignment, against SciPy and a search in Python."""

import itertools

import keras
import numpy as np
import pytest

from keras_complex.ops import best_permutation


def to_numpy(x):
    return keras.ops.convert_to_numpy(x)


def totals(costs, permutations):
    return np.take_along_axis(costs, permutations[..., None], axis=-1).sum((-2, -1))


@pytest.mark.parametrize("rows", [1, 2, 3, 5, 8, 10, 12])
def test_finds_what_scipy_finds(rng, rows):
    optimize = pytest.importorskip("scipy.optimize")
    costs = rng.normal(size=(5, rows, rows)).astype("float32")
    permutations = to_numpy(best_permutation(costs))
    expected = [optimize.linear_sum_assignment(c)[1] for c in costs]
    np.testing.assert_array_equal(permutations, expected)


@pytest.mark.parametrize("rows", [2, 4])
def test_takes_the_first_of_equal_permutations(rng, rows):
    """Small integers, whose sums are exact, with many ties."""
    costs = rng.integers(0, 3, size=(50, rows, rows)).astype("float32")
    all_permutations = np.array(list(itertools.permutations(range(rows))))
    sums = np.stack([totals(costs, np.tile(p, (50, 1))) for p in all_permutations], 1)
    expected = all_permutations[np.argmin(sums, axis=1)]
    np.testing.assert_array_equal(to_numpy(best_permutation(costs)), expected)


@pytest.mark.parametrize("scale", [1e-12, 1e6])
def test_ignores_scale_and_offsets_of_rows(rng, scale):
    costs = rng.normal(size=(5, 6, 6)).astype("float32")
    shifted = (scale * (costs + rng.normal(size=(5, 6, 1)))).astype("float32")
    np.testing.assert_array_equal(
        to_numpy(best_permutation(shifted)), to_numpy(best_permutation(costs))
    )


def test_permuted_columns_permute_the_result(rng):
    costs, order = rng.normal(size=(5, 7, 7)).astype("float32"), rng.permutation(7)
    permuted = to_numpy(best_permutation(costs[..., order]))
    np.testing.assert_array_equal(order[permuted], to_numpy(best_permutation(costs)))


@pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="JAX runs it by XLA throughout."
)
def test_is_the_same_under_xla(rng):
    import tensorflow as tf

    costs = rng.normal(size=(3, 6, 6)).astype("float32")
    compiled = tf.function(best_permutation, jit_compile=True)
    np.testing.assert_array_equal(
        compiled(tf.constant(costs)).numpy(), to_numpy(best_permutation(costs))
    )


@pytest.mark.parametrize(
    ("shape", "message"),
    [
        ((2, 3, 4), r"must have the shape \(batch, n, n\).* Received: shape=\(2, 3, 4"),
        ((3, 3), r"must have the shape \(batch, n, n\).* Received: shape=\(3, 3\)"),
        ((1, 13, 13), "At most 12 rows can be assigned exactly. Received: shape="),
    ],
)
def test_rejects_costs_it_cannot_assign(shape, message):
    with pytest.raises(ValueError, match=message):
        best_permutation(np.zeros(shape))
