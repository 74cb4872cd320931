"""Tests of whitening, against linear algebra in float64."""

import numpy as np
import pytest
from keras import ops as kops

from keras_complex import ops
from tests.complex_numpy import complex_normal, pack
from tests.gradients import assert_close, central_difference, gradient


def normalize(x, g_rr, g_ri, g_ii, beta, axis, epsilon=1e-4):
    return ops.normalize(x, (g_rr, g_ri, g_ii), beta, axis, epsilon)


def normalize_in_float64(x, g_rr, g_ri, g_ii, beta, axis, epsilon):
    """Whitens by eigenvectors, straight from the definition."""
    gamma = np.moveaxis(np.array([[g_rr, g_ri], [g_ri, g_ii]]), -1, 0)
    channels = x.shape[-1] // 2
    parts = np.stack(np.split(x, 2, axis=-1), axis=-1)  # (..., channels, 2)
    parts = parts - parts.mean(axis=axis, keepdims=True)
    v = np.mean(parts[..., :, None] * parts[..., None, :], axis, keepdims=True)
    values, vectors = np.linalg.eigh(v + epsilon * np.eye(2))
    w = (vectors / np.sqrt(values)[..., None, :]) @ np.swapaxes(vectors, -1, -2)
    y = np.einsum("...ij,...j->...i", gamma @ w, parts)
    y = y + beta.reshape(2, channels).T
    return np.concatenate([y[..., 0], y[..., 1]], axis=-1)


@pytest.fixture
def example(rng):
    x = pack(complex_normal(rng, 2, 5, 6, 3)).astype("float64")
    x[..., 3:] += 0.7 * x[..., :3] + 2.0
    return x, *rng.normal(size=(3, 3)), rng.normal(size=6)


@pytest.mark.parametrize("axis", [(1, 2), (1, 2, 3), (3,), (0, 1, 2), (2,)])
def test_normalizes_as_eigenvectors_do(example, axis):
    y = normalize(*(np.asarray(a, "float32") for a in example), axis, 0.01)
    expected = normalize_in_float64(*example, axis, 0.01)
    assert_close(kops.convert_to_numpy(y), expected, 1e-5)


@pytest.mark.parametrize("axis", [(1, 2), (1, 2, 3), (3,), (0, 1, 2)])
def test_gradient_is_that_of_finite_differences(rng, example, axis):
    weights = rng.normal(size=example[0].shape)

    def loss(*arguments):
        return kops.sum(
            kops.multiply(normalize(*arguments, axis, 0.01), weights.astype("float32"))
        )

    def loss_in_float64(*arguments):
        return np.sum(normalize_in_float64(*arguments, axis, 0.01) * weights)

    gradients = gradient(loss, *(a.astype("float32") for a in example))
    for index, argument in enumerate(example):
        direction = rng.normal(size=argument.shape)
        expected = central_difference(
            lambda a, i=index: loss_in_float64(*example[:i], a, *example[i + 1 :]),
            argument,
            direction,
        )
        assert np.sum(gradients[index] * direction) == pytest.approx(
            expected, rel=1e-3, abs=1e-3
        )


def test_whitening_is_normalization_to_the_identity(example):
    x = example[0].astype("float32")
    one, zero = np.ones(3, "float32"), np.zeros(3, "float32")
    y = normalize(x, one, zero, one, np.zeros(6, "float32"), (1, 2, 3))
    assert_close(
        kops.convert_to_numpy(ops.whiten(x, (1, 2, 3))), kops.convert_to_numpy(y), 1e-5
    )


def test_groups_are_normalized_as_tensors_of_their_own(rng):
    x = pack(complex_normal(rng, 2, 5, 6, 4)).astype("float32")
    gamma = rng.normal(size=(3, 4)).astype("float32")
    beta = rng.normal(size=8).astype("float32")
    weights = rng.normal(size=x.shape).astype("float32")

    def loss(x, beta, weights, *gamma, **groups):
        axis = (1, 2) if groups else (1, 2, 3)
        y = ops.normalize(x, gamma, beta, axis, **groups)
        return kops.sum(kops.multiply(y, weights))

    arguments = (x, beta, weights, *gamma)
    whole = gradient(lambda *a: loss(*a, groups=2), *arguments)
    for channels in ([0, 1], [2, 3]):
        both = [*channels, *(c + 4 for c in channels)]
        parts = [a[..., both if a.shape[-1] == 8 else channels] for a in arguments]
        for found, expected in zip(whole, gradient(loss, *parts), strict=True):
            found = found[..., both if found.shape[-1] == 8 else channels]
            assert_close(found, expected, 1e-4)


@pytest.mark.parametrize("correlation", ["silence", "constant", "real", "equal"])
def test_is_finite_where_the_covariance_is_singular(rng, correlation):
    real = rng.normal(size=(1, 8, 8, 2)).astype("float32")
    x = {
        "silence": np.zeros((1, 8, 8, 4)),
        "constant": np.full((1, 8, 8, 4), 3.0),
        "real": np.concatenate([real, 0 * real], -1),
        "equal": 100 * np.concatenate([real, real], -1),
    }[correlation].astype("float32")
    one, zero, beta = (np.array(v, "float32") for v in ([1, 1], [0, 0], [0] * 4))
    weights = rng.normal(size=x.shape).astype("float32")
    y = normalize(x, one, zero, one, beta, (1, 2))
    assert np.all(np.isfinite(kops.convert_to_numpy(y)))
    for g in gradient(
        lambda *a: kops.sum(kops.multiply(weights, normalize(*a, (1, 2)))),
        x,
        one,
        zero,
        one,
        beta,
    ):
        assert np.all(np.isfinite(g))
