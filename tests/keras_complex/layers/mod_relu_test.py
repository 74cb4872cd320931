"""Tests of ModReLU."""

import keras
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keras_complex.layers import ModReLU
from tests.complex_numpy import complex_normal, pack, unpack
from tests.contract import check_layer
from tests.fuzzing import check_finite, fuzz, signals
from tests.gradients import assert_close, central_difference, layer_gradients

ARGUMENTS = {
    "bias_initializer": keras.initializers.Constant(-0.3),
    "bias_regularizer": keras.regularizers.L2(0.01),
}


def test_honours_the_contract(tmp_path):
    check_layer(ModReLU, ARGUMENTS, [(2, 5, 6, 4)], tmp_path)


def formula(z, bias):
    return np.maximum(abs(z) + bias, 0) * np.exp(1j * np.angle(z))


def layer_with(bias):
    layer = ModReLU()
    layer.build((None, 2 * len(bias)))
    layer.bias.assign(bias)
    return layer


def test_meets_its_formula(rng):
    z = complex_normal(rng, 50, 3)
    bias = np.array([-0.8, 0.0, 0.5])
    y = unpack(layer_with(bias)(pack(z)))
    np.testing.assert_allclose(y, formula(z, bias), atol=1e-6)


def test_gradients_meet_a_difference_quotient(rng):
    z, weights = complex_normal(rng, 50, 3), complex_normal(rng, 50, 3)
    bias = np.array([-0.8, 0.0, 0.5])
    (g_x,), g = layer_gradients(layer_with(bias), pack(z), pack(weights))

    def value(z, bias):
        return (formula(z, bias) * weights.conj()).real.sum()

    direction = complex_normal(rng, 50, 3)
    expected = central_difference(lambda z: value(z, bias), z, direction)
    assert (g_x * pack(direction)).sum() == pytest.approx(expected, rel=1e-3)
    for c, step in enumerate(np.eye(3)):
        expected = central_difference(lambda bias: value(z, bias), bias, step)
        assert g["bias"][c] == pytest.approx(expected, rel=1e-3)


def test_starts_as_the_identity(rng):
    z = complex_normal(rng, 50, 3)
    assert_close(unpack(ModReLU()(pack(z))), z, 1e-6)


def test_commutes_with_rotations_of_each_value(rng):
    z = complex_normal(rng, 50, 3)
    rotation = np.exp(1j * rng.uniform(-np.pi, np.pi, z.shape))
    layer = layer_with(np.array([-0.8, 0.0, 0.5]))
    y = unpack(layer(pack(z)))
    np.testing.assert_allclose(
        unpack(layer(pack(rotation * z))), rotation * y, atol=2e-6
    )


def test_rejects_inputs_that_are_not_packed():
    with pytest.raises(ValueError, match=r"Received: input_shape=\(1, 3\)"):
        ModReLU().build((1, 3))


@fuzz
@given(x=signals(rank=3), bias=st.floats(-10, 10))
def test_survives_any_input(x, bias):
    check_finite(ModReLU(keras.initializers.Constant(bias)), x)
