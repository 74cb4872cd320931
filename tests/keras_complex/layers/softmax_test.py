"""Tests of ComplexSoftmax."""

import numpy as np
import pytest
from hypothesis import given

from keras_complex.layers import ComplexSoftmax
from tests.complex_numpy import complex_normal, pack, unpack
from tests.contract import check_layer
from tests.fuzzing import check_finite, fuzz, signals


def test_honours_the_contract(tmp_path):
    check_layer(ComplexSoftmax, {"axis": 1}, [(2, 5, 6, 4)], tmp_path)


@pytest.mark.parametrize("axis", [-1, 1])
def test_meets_its_formula(rng, axis):
    z = complex_normal(rng, 4, 5, 3)
    e = np.exp(abs(z))
    expected = e / e.sum(axis, keepdims=True) * z / abs(z)
    y = unpack(ComplexSoftmax(axis)(pack(z)))
    np.testing.assert_allclose(y, expected, atol=1e-6)


def test_commutes_with_rotations_of_each_value(rng):
    z = complex_normal(rng, 50, 3)
    rotation = np.exp(1j * rng.uniform(-np.pi, np.pi, z.shape))
    y = unpack(ComplexSoftmax()(pack(z)))
    rotated = unpack(ComplexSoftmax()(pack(rotation * z)))
    np.testing.assert_allclose(rotated, rotation * y, atol=1e-6)


def test_rejects_inputs_that_are_not_packed():
    with pytest.raises(ValueError, match=r"Received: input_shape=\(1, 3\)"):
        ComplexSoftmax().build((1, 3))


@fuzz
@given(x=signals(rank=3, channels=3))
def test_survives_any_input(x):
    check_finite(ComplexSoftmax(), x)
