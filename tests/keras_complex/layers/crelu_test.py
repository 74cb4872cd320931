"""Tests of CReLU."""

import numpy as np
from hypothesis import given

from keras_complex.layers import CReLU
from tests.complex_numpy import complex_normal, pack, unpack
from tests.contract import check_layer
from tests.fuzzing import check_finite, fuzz, signals


def test_honours_the_contract(tmp_path):
    check_layer(CReLU, {}, [(2, 5, 6, 4)], tmp_path)


def test_rectifies_both_parts(rng):
    z = complex_normal(rng, 4, 7, 3)
    expected = np.maximum(z.real, 0) + 1j * np.maximum(z.imag, 0)
    np.testing.assert_allclose(unpack(CReLU()(pack(z))), expected, atol=1e-6)


@fuzz
@given(x=signals(rank=3))
def test_survives_any_input(x):
    check_finite(CReLU(), x)
