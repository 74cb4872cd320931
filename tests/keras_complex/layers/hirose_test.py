"""Tests of Hirose."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keras_complex.layers import Hirose
from tests.complex_numpy import complex_normal, pack, unpack
from tests.contract import check_layer
from tests.fuzzing import check_finite, fuzz, signals


def test_honours_the_contract(tmp_path):
    check_layer(Hirose, {"m": 1.5}, [(2, 5, 6, 4)], tmp_path)


def test_meets_its_formula(rng):
    z = complex_normal(rng, 50, 3)
    expected = np.tanh(abs(z) / 0.7**2) * z / abs(z)
    np.testing.assert_allclose(unpack(Hirose(0.7)(pack(z))), expected, atol=1e-6)


def test_commutes_with_rotations_of_each_value(rng):
    z = complex_normal(rng, 50, 3)
    rotation = np.exp(1j * rng.uniform(-np.pi, np.pi, z.shape))
    y = unpack(Hirose(2.0)(pack(z)))
    rotated = unpack(Hirose(2.0)(pack(rotation * z)))
    np.testing.assert_allclose(rotated, rotation * y, atol=1e-6)


def test_rejects_an_m_of_zero():
    with pytest.raises(ValueError, match=r"`m` must be positive\. Received: m=0"):
        Hirose(0)


@fuzz
@given(x=signals(rank=3), m=st.floats(0.1, 10))
def test_survives_any_input(x, m):
    check_finite(Hirose(m), x)
