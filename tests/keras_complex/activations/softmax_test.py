"""Tests of softmax of complex values."""

import numpy as np
import pytest

from keras_complex import activations
from tests.complex_numpy import complex_normal, pack, unpack


def softmax(x, axis):
    return np.exp(x) / np.exp(x).sum(axis=axis, keepdims=True)


@pytest.mark.parametrize("axis", [-1, 1])
def test_magnitudes_sum_to_one(rng, axis):
    z = complex_normal(rng, 4, 5, 3)
    y = unpack(activations.polar_softmax(pack(z), axis))
    np.testing.assert_allclose(abs(y).sum(axis), 1, atol=1e-6)
    np.testing.assert_allclose(np.angle(y), np.angle(z), atol=1e-5)


@pytest.mark.parametrize("axis", [-1, 1])
def test_real_softmax_meets_its_formula(rng, axis):
    z = complex_normal(rng, 4, 5, 3)
    x = pack(z)
    for of, expected in [
        ("magnitude", softmax(abs(z), axis)),
        ("real", softmax(z.real, axis)),
        ("mean", (softmax(z.real, axis) + softmax(z.imag, axis)) / 2),
    ]:
        p = activations.real_softmax(x, axis, of)
        np.testing.assert_allclose(p, expected, atol=1e-6)


def test_a_large_magnitude_wins():
    p = activations.real_softmax(pack(np.array([[1e6j, 1.0]])))
    np.testing.assert_allclose(p, [[1, 0]])
