"""Tests of ComplexGRU and its cell."""

import keras
import numpy as np
import pytest

from keras_complex.initializers import ComplexUnitary
from keras_complex.layers import ComplexGRU, ComplexGRUCell
from keras_complex.ops import product_sigmoid
from tests.complex_numpy import complex_normal, pack, unpack
from tests.contract import check_layer
from tests.gradients import assert_close


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def of_parts(function, z):
    return function(z.real) + 1j * function(z.imag)


def by_parts(gate, z):
    return gate.real * z.real + 1j * gate.imag * z.imag


def gru(x, kernel, recurrent_kernel, bias, recurrent_bias, reset_after):
    """Runs the definition on native complex numbers, one example at a time."""
    outputs = []
    for sequence in x:
        units = len(recurrent_kernel)
        h = np.zeros(units, complex)
        for x_t in sequence:
            x_u, x_r, x_n = (x_t @ kernel + bias).reshape(3, units)
            h_u, h_r, h_n = (h @ recurrent_kernel + recurrent_bias).reshape(3, units)
            update = of_parts(sigmoid, x_u + h_u)
            reset = of_parts(sigmoid, x_r + h_r)
            if reset_after:
                z = x_n + by_parts(reset, h_n)
            else:
                z = x_n + by_parts(reset, h) @ recurrent_kernel[:, 2 * units :]
            n = of_parts(np.tanh, z)
            h = by_parts(update, h) + by_parts(1 + 1j - update, n)
            outputs.append(h)
    return np.reshape(outputs, (*x.shape[:2], -1))


def test_honours_the_contract(tmp_path):
    arguments = {
        "units": 3,
        "activation": "elu",
        "recurrent_activation": product_sigmoid,
        "use_bias": False,
        "kernel_initializer": ComplexUnitary(seed=2),
        "recurrent_initializer": ComplexUnitary(seed=3),
        "reset_after": False,
        "kernel_regularizer": keras.regularizers.L2(1e-3),
        "recurrent_regularizer": keras.regularizers.L2(1e-3),
        # Too little to drop anything, so that two steps can be compared.
        "dropout": 1e-7,
        "recurrent_dropout": 1e-7,
        "seed": 7,
        "return_sequences": True,
        "go_backwards": True,
    }
    check_layer(ComplexGRU, arguments, [(2, 4, 4)], tmp_path)


@pytest.mark.parametrize("reset_after", [True, False])
def test_equals_the_loop_on_native_complex_numbers(rng, reset_after):
    x = complex_normal(rng, 2, 7, 3)
    layer = ComplexGRU(4, reset_after=reset_after, return_sequences=True)
    layer.build(x.shape[:2] + (6,))
    shapes = [(3, 12), (4, 12), (12,), (12,)]
    weights = [complex_normal(rng, *shape) for shape in shapes]
    if not reset_after:
        weights[-1] = np.zeros(12)
    packed = [pack(w) for w in (weights if reset_after else weights[:-1])]
    layer.set_weights(packed)
    expected = gru(x, *weights, reset_after)
    assert_close(unpack(layer(pack(x))), expected, 1e-5)
    cell = ComplexGRUCell(4, reset_after=reset_after)
    loop = keras.layers.RNN(cell, return_sequences=True)
    loop.build(x.shape[:2] + (6,))
    loop.set_weights(packed)
    assert_close(unpack(loop(pack(x))), expected, 1e-5)


@pytest.mark.parametrize("reset_after", [True, False])
def test_equals_the_real_layer_of_block_kernels(rng, reset_after):
    x = pack(complex_normal(rng, 2, 7, 3))
    arguments = {"reset_after": reset_after, "use_bias": False}
    layer = ComplexGRU(2, return_sequences=True, **arguments)
    y = keras.ops.convert_to_numpy(layer(x))
    real = keras.layers.GRU(4, return_sequences=True, **arguments)
    real.build(x.shape)

    def block(kernel):
        gates = np.split(kernel, 3, axis=-1)
        return np.hstack(
            [np.block([[g.real, g.imag], [-g.imag, g.real]]) for g in gates]
        )

    real.set_weights([block(unpack(v)) for v in layer.get_weights()])
    assert_close(y, keras.ops.convert_to_numpy(real(x)), 1e-5)
