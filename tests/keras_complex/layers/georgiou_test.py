"""Tests of Georgiou."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keras_complex.layers import Georgiou
from tests.complex_numpy import complex_normal, pack, unpack
from tests.contract import check_layer
from tests.fuzzing import check_finite, fuzz, signals


def test_honours_the_contract(tmp_path):
    check_layer(Georgiou, {"c": 0.5, "r": 3.0}, [(2, 5, 6, 4)], tmp_path)


def test_meets_its_formula(rng):
    z = complex_normal(rng, 50, 3)
    y = unpack(Georgiou(c=0.5, r=3.0)(pack(z)))
    np.testing.assert_allclose(y, z / (0.5 + abs(z) / 3), atol=1e-6)


def test_commutes_with_rotations_of_each_value(rng):
    z = complex_normal(rng, 50, 3)
    rotation = np.exp(1j * rng.uniform(-np.pi, np.pi, z.shape))
    y = unpack(Georgiou()(pack(z)))
    rotated = unpack(Georgiou()(pack(rotation * z)))
    np.testing.assert_allclose(rotated, rotation * y, atol=1e-6)


@pytest.mark.parametrize("arguments", [{"c": 0}, {"r": -1.0}])
def test_rejects_arguments_that_are_not_positive(arguments):
    with pytest.raises(ValueError, match="`c` and `r` must be positive"):
        Georgiou(**arguments)


@fuzz
@given(x=signals(rank=3), c=st.floats(0.01, 10), r=st.floats(0.01, 10))
def test_survives_any_input(x, c, r):
    check_finite(Georgiou(c, r), x)
