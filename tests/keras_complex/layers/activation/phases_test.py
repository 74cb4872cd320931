"""Tests of ZReLU and Cardioid."""

import numpy as np
from hypothesis import given

from keras_complex.layers import Cardioid, ZReLU
from tests.complex_numpy import complex_normal, pack, unpack
from tests.contract import check_layer
from tests.fuzzing import check_finite, fuzz, signals


def test_zrelu_honours_the_contract(tmp_path):
    check_layer(ZReLU, {}, [(2, 5, 6, 4)], tmp_path)


def test_zrelu_keeps_the_first_quadrant(rng):
    z = complex_normal(rng, 50, 40, 3)
    y = unpack(ZReLU()(pack(z)))
    inside = (np.angle(z) >= 0) & (np.angle(z) <= np.pi / 2)
    np.testing.assert_allclose(y, z * inside, atol=1e-6)


def test_zrelu_keeps_a_quarter_of_the_power_of_circular_noise(rng):
    z = complex_normal(rng, 200, 200, 3)
    power = (abs(unpack(ZReLU()(pack(z)))) ** 2).mean()
    np.testing.assert_allclose(power, 0.25, rtol=0.02)


@fuzz
@given(x=signals(rank=3))
def test_zrelu_survives_any_input(x):
    check_finite(ZReLU(), x)


def test_cardioid_honours_the_contract(tmp_path):
    check_layer(Cardioid, {}, [(2, 5, 6, 4)], tmp_path)


def test_cardioid_scales_by_the_cosine_of_the_phase(rng):
    z = complex_normal(rng, 50, 3)
    expected = z * (1 + np.cos(np.angle(z))) / 2
    np.testing.assert_allclose(unpack(Cardioid()(pack(z))), expected, atol=1e-6)


def test_cardioid_never_changes_the_phase(rng):
    z = np.exp(1j * rng.uniform(-3, 3, (50, 3)))
    y = unpack(Cardioid()(pack(z)))
    np.testing.assert_allclose(np.angle(y), np.angle(z), atol=1e-5)


@fuzz
@given(x=signals(rank=3))
def test_cardioid_survives_any_input(x):
    check_finite(Cardioid(), x)
