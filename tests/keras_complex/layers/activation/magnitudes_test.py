"""Tests of PolarActivation, ModReLU, Hirose and Georgiou."""

import keras
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keras_complex.layers import Georgiou, Hirose, ModReLU, PolarActivation
from tests.complex_numpy import complex_normal, pack, unpack
from tests.contract import check_layer
from tests.fuzzing import check_finite, fuzz, signals
from tests.gradients import assert_close, central_difference, layer_gradients


def test_polar_honours_the_contract(tmp_path):
    check_layer(PolarActivation, {"activation": "softplus"}, [(2, 5, 6, 4)], tmp_path)


def test_polar_applies_the_function_to_the_magnitude(rng):
    z = complex_normal(rng, 4, 7, 3)
    actual = unpack(PolarActivation("softplus")(pack(z)))
    expected = np.log1p(np.exp(abs(z))) * np.exp(1j * np.angle(z))
    np.testing.assert_allclose(actual, expected, atol=1e-5)


def test_polar_commutes_with_rotations_of_each_value(rng):
    z = complex_normal(rng, 4, 7, 3)
    rotation = np.exp(1j * rng.uniform(-np.pi, np.pi, z.shape))
    layer = PolarActivation("gelu")
    y = unpack(layer(pack(z)))
    np.testing.assert_allclose(
        unpack(layer(pack(rotation * z))), rotation * y, atol=1e-6
    )


def test_polar_rejects_unknown_names():
    with pytest.raises(ValueError, match="unknown"):
        PolarActivation("unknown")


@fuzz
@given(
    x=signals(rank=3, channels=3), name=st.sampled_from(["softplus", "mish", "softmax"])
)
def test_polar_survives_any_input(x, name):
    check_finite(PolarActivation(name), x)


MODRELU_ARGUMENTS = {
    "bias_initializer": keras.initializers.Constant(-0.3),
    "bias_regularizer": keras.regularizers.L2(0.01),
}


def test_modrelu_honours_the_contract(tmp_path):
    check_layer(ModReLU, MODRELU_ARGUMENTS, [(2, 5, 6, 4)], tmp_path)


def modrelu(z, bias):
    return np.maximum(abs(z) + bias, 0) * np.exp(1j * np.angle(z))


def modrelu_with(bias):
    layer = ModReLU()
    layer.build((None, 2 * len(bias)))
    layer.bias.assign(bias)
    return layer


def test_modrelu_meets_its_formula(rng):
    z = complex_normal(rng, 50, 3)
    bias = np.array([-0.8, 0.0, 0.5])
    y = unpack(modrelu_with(bias)(pack(z)))
    np.testing.assert_allclose(y, modrelu(z, bias), atol=1e-6)


def test_modrelu_gradients_meet_a_difference_quotient(rng):
    z, weights = complex_normal(rng, 50, 3), complex_normal(rng, 50, 3)
    bias = np.array([-0.8, 0.0, 0.5])
    (g_x,), g = layer_gradients(modrelu_with(bias), pack(z), pack(weights))

    def value(z, bias):
        return (modrelu(z, bias) * weights.conj()).real.sum()

    direction = complex_normal(rng, 50, 3)
    expected = central_difference(lambda z: value(z, bias), z, direction)
    assert (g_x * pack(direction)).sum() == pytest.approx(expected, rel=1e-3)
    for c, step in enumerate(np.eye(3)):
        expected = central_difference(lambda bias: value(z, bias), bias, step)
        assert g["bias"][c] == pytest.approx(expected, rel=1e-3)


def test_modrelu_starts_as_the_identity(rng):
    z = complex_normal(rng, 50, 3)
    assert_close(unpack(ModReLU()(pack(z))), z, 1e-6)


def test_modrelu_commutes_with_rotations_of_each_value(rng):
    z = complex_normal(rng, 50, 3)
    rotation = np.exp(1j * rng.uniform(-np.pi, np.pi, z.shape))
    layer = modrelu_with(np.array([-0.8, 0.0, 0.5]))
    y = unpack(layer(pack(z)))
    np.testing.assert_allclose(
        unpack(layer(pack(rotation * z))), rotation * y, atol=2e-6
    )


def test_modrelu_rejects_inputs_that_are_not_packed():
    with pytest.raises(ValueError, match=r"Received: input_shape=\(1, 3\)"):
        ModReLU().build((1, 3))


@fuzz
@given(x=signals(rank=3), bias=st.floats(-10, 10))
def test_modrelu_survives_any_input(x, bias):
    check_finite(ModReLU(keras.initializers.Constant(bias)), x)


def test_hirose_honours_the_contract(tmp_path):
    check_layer(Hirose, {"m": 1.5}, [(2, 5, 6, 4)], tmp_path)


def test_hirose_meets_its_formula(rng):
    z = complex_normal(rng, 50, 3)
    expected = np.tanh(abs(z) / 0.7**2) * z / abs(z)
    np.testing.assert_allclose(unpack(Hirose(0.7)(pack(z))), expected, atol=1e-6)


def test_hirose_commutes_with_rotations_of_each_value(rng):
    z = complex_normal(rng, 50, 3)
    rotation = np.exp(1j * rng.uniform(-np.pi, np.pi, z.shape))
    y = unpack(Hirose(2.0)(pack(z)))
    rotated = unpack(Hirose(2.0)(pack(rotation * z)))
    np.testing.assert_allclose(rotated, rotation * y, atol=1e-6)


def test_hirose_rejects_an_m_of_zero():
    with pytest.raises(ValueError, match=r"`m` must be positive\. Received: m=0"):
        Hirose(0)


@fuzz
@given(x=signals(rank=3), m=st.floats(0.1, 10))
def test_hirose_survives_any_input(x, m):
    check_finite(Hirose(m), x)


def test_georgiou_honours_the_contract(tmp_path):
    check_layer(Georgiou, {"c": 0.5, "r": 3.0}, [(2, 5, 6, 4)], tmp_path)


def test_georgiou_meets_its_formula(rng):
    z = complex_normal(rng, 50, 3)
    y = unpack(Georgiou(c=0.5, r=3.0)(pack(z)))
    np.testing.assert_allclose(y, z / (0.5 + abs(z) / 3), atol=1e-6)


def test_georgiou_commutes_with_rotations_of_each_value(rng):
    z = complex_normal(rng, 50, 3)
    rotation = np.exp(1j * rng.uniform(-np.pi, np.pi, z.shape))
    y = unpack(Georgiou()(pack(z)))
    rotated = unpack(Georgiou()(pack(rotation * z)))
    np.testing.assert_allclose(rotated, rotation * y, atol=1e-6)


@pytest.mark.parametrize("arguments", [{"c": 0}, {"r": -1.0}])
def test_georgiou_rejects_arguments_that_are_not_positive(arguments):
    with pytest.raises(ValueError, match="`c` and `r` must be positive"):
        Georgiou(**arguments)


@fuzz
@given(x=signals(rank=3), c=st.floats(0.01, 10), r=st.floats(0.01, 10))
def test_georgiou_survives_any_input(x, c, r):
    check_finite(Georgiou(c, r), x)
