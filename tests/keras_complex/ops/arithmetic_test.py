"""Tests of packed arithmetic, against native complex NumPy."""

import numpy as np
from keras import ops as kops

from keras_complex import ops
from tests.complex_numpy import complex_normal, pack, unpack
from tests.gradients import gradient


def test_multiplies(rng):
    z, w = complex_normal(rng, 4, 3), complex_normal(rng, 4, 3)
    np.testing.assert_allclose(unpack(ops.multiply(pack(z), pack(w))), z * w, atol=1e-6)


def test_one_channel_multiplies_all(rng):
    z, w = complex_normal(rng, 4, 3), complex_normal(rng, 4, 1)
    np.testing.assert_allclose(unpack(ops.multiply(pack(z), pack(w))), z * w, atol=1e-6)


def test_conjugate_magnitude_and_phase(rng):
    z = complex_normal(rng, 5, 2)
    x = pack(z)
    np.testing.assert_allclose(unpack(ops.conjugate(x)), z.conj(), atol=1e-6)
    np.testing.assert_allclose(
        kops.convert_to_numpy(ops.squared_magnitude(x)), abs(z) ** 2, rtol=1e-5
    )
    np.testing.assert_allclose(
        kops.convert_to_numpy(ops.magnitude(x)), abs(z), rtol=1e-5
    )
    np.testing.assert_allclose(
        kops.convert_to_numpy(ops.phase(x)), np.angle(z), atol=1e-5
    )


def test_polar_form_has_the_magnitude_and_the_phase(rng):
    z = complex_normal(rng, 5, 2)
    np.testing.assert_allclose(
        unpack(ops.from_polar(abs(z), np.angle(z))), z, atol=1e-6
    )


def test_the_phase_of_what_rounds_to_silence_is_zero():
    x = np.array([[1e-14, 1e-16, 1e-14, 1e-16]], "float32")
    np.testing.assert_allclose(
        kops.convert_to_numpy(ops.phase(x)), [[np.pi / 4, 0]], atol=1e-6
    )


def test_gradients_of_magnitude_and_phase_are_finite_at_zero():
    zero = np.zeros((1, 4), "float32")
    for function in (ops.magnitude, ops.phase):
        (g,) = gradient(lambda x, f=function: kops.sum(f(x)), zero)
        np.testing.assert_array_equal(g, 0)
    np.testing.assert_array_equal(kops.convert_to_numpy(ops.phase(zero)), 0)
