"""Tests of Cardioid."""

import numpy as np
from hypothesis import given

from keras_complex.layers import Cardioid
from tests.complex_numpy import complex_normal, pack, unpack
from tests.contract import check_layer
from tests.fuzzing import check_finite, fuzz, signals


def test_honours_the_contract(tmp_path):
    check_layer(Cardioid, {}, [(2, 5, 6, 4)], tmp_path)


def test_scales_by_the_cosine_of_the_phase(rng):
    z = complex_normal(rng, 50, 3)
    expected = z * (1 + np.cos(np.angle(z))) / 2
    np.testing.assert_allclose(unpack(Cardioid()(pack(z))), expected, atol=1e-6)


def test_never_changes_the_phase(rng):
    z = np.exp(1j * rng.uniform(-3, 3, (50, 3)))
    y = unpack(Cardioid()(pack(z)))
    np.testing.assert_allclose(np.angle(y), np.angle(z), atol=1e-5)


@fuzz
@given(x=signals(rank=3))
def test_survives_any_input(x):
    check_finite(Cardioid(), x)
