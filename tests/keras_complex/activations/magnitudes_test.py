"""Tests of the activations of the magnitude."""

import numpy as np
import pytest
from keras import ops

from keras_complex import activations
from tests.complex_numpy import complex_normal, pack, unpack
from tests.gradients import assert_close


@pytest.mark.parametrize("modulus", [1e-12, 1e-8, 1e-5, 1e-3])
def test_small_values_keep_their_precision(rng, modulus):
    z = modulus * np.exp(1j * rng.uniform(-np.pi, np.pi, (20, 1)))
    assert_close(unpack(activations.hirose(pack(z), m=2.0)), z / 4, 1e-6)
    assert_close(unpack(activations.georgiou(pack(z), c=0.5)), 2 * z, 3e-3)


def test_saturates_large_values(rng):
    z = 1e6 * np.exp(1j * rng.uniform(-np.pi, np.pi, (20, 1)))
    for y, limit in [
        (activations.hirose(pack(z), m=3.0), 1.0),
        (activations.georgiou(pack(z), c=2.0, r=7.0), 7.0),
        (activations.polar_tanh(pack(z)), 1.0),
        (activations.polar_sigmoid(pack(z)), 1.0),
    ]:
        np.testing.assert_allclose(abs(unpack(y)), limit, rtol=1e-4)


def test_a_jump_at_zero_is_made_continuous():
    z = np.array([[0.0], [0.5e-6j], [2e-6j]])
    y = unpack(activations.polar_sigmoid(pack(z)))
    np.testing.assert_allclose(y, [[0], [0.25j], [0.5j]], atol=1e-6)


def test_modrelu_has_a_dead_zone(rng):
    z = complex_normal(rng, 200, 2)
    y = unpack(activations.modrelu(pack(z), np.array([-0.5, -1.0], "float32")))
    np.testing.assert_array_equal(y == 0, abs(z) <= [0.5, 1.0])


def test_polar_applies_any_function(rng):
    z = complex_normal(rng, 20, 2)
    y = unpack(activations.polar(pack(z), ops.square))
    np.testing.assert_allclose(y, abs(z) * z, atol=1e-6)
