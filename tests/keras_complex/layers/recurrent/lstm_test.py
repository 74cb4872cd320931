"""Tests of ComplexLSTM and its cell."""

import keras
import numpy as np
import pytest

from keras_complex.initializers import ComplexUnitary
from keras_complex.layers import ComplexLSTM, ComplexLSTMCell
from keras_complex.ops import product_sigmoid
from tests.complex_numpy import complex_normal, pack, unpack
from tests.contract import check_layer
from tests.gradients import assert_close

CELL_ARGUMENTS = {
    "units": 3,
    "activation": "elu",
    "recurrent_activation": product_sigmoid,
    "use_bias": False,
    "kernel_initializer": ComplexUnitary(seed=2),
    "recurrent_initializer": ComplexUnitary(seed=3),
    "unit_forget_bias": False,
    "kernel_regularizer": keras.regularizers.L2(1e-3),
    "recurrent_regularizer": keras.regularizers.L2(1e-3),
}


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def of_parts(function, z):
    return function(z.real) + 1j * function(z.imag)


def by_parts(gate, z):
    return gate.real * z.real + 1j * gate.imag * z.imag


def lstm(x, kernel, recurrent_kernel, bias, gate):
    """Runs the definition on native complex numbers, one example at a time."""
    outputs = []
    for sequence in x:
        units = len(recurrent_kernel)
        h = c = np.zeros(units, complex)
        for x_t in sequence:
            z = x_t @ kernel + h @ recurrent_kernel + bias
            z_i, z_f, z_c, z_o = z.reshape(4, units)
            c = by_parts(gate(z_f), c) + by_parts(gate(z_i), of_parts(np.tanh, z_c))
            h = by_parts(gate(z_o), of_parts(np.tanh, c))
            outputs.append(h)
    return np.reshape(outputs, (*x.shape[:2], -1))


def split_gate(z):
    return of_parts(sigmoid, z)


def product_gate(z):
    return sigmoid(z.real) * sigmoid(z.imag) * (1 + 1j)


def test_honours_the_contract(tmp_path):
    arguments = {
        **CELL_ARGUMENTS,
        # Too little to drop anything, so that two steps can be compared.
        "dropout": 1e-7,
        "recurrent_dropout": 1e-7,
        "seed": 7,
        "return_sequences": True,
        "go_backwards": True,
    }
    check_layer(ComplexLSTM, arguments, [(2, 4, 4)], tmp_path)


@pytest.mark.parametrize(
    ("gate", "recurrent_activation"),
    [(split_gate, "sigmoid"), (product_gate, product_sigmoid)],
)
def test_equals_the_loop_on_native_complex_numbers(rng, gate, recurrent_activation):
    x = complex_normal(rng, 2, 7, 3)
    arguments = {"recurrent_activation": recurrent_activation}
    layer = ComplexLSTM(4, return_sequences=True, **arguments)
    layer.build(x.shape[:2] + (6,))
    weights = [complex_normal(rng, *s) for s in ((3, 16), (4, 16), (16,))]
    layer.set_weights([pack(w) for w in weights])
    expected = lstm(x, *weights, gate)
    assert_close(unpack(layer(pack(x))), expected, 1e-5)
    cell = ComplexLSTMCell(4, **arguments)
    loop = keras.layers.RNN(cell, return_sequences=True)
    loop.build(x.shape[:2] + (6,))
    loop.set_weights([pack(w) for w in weights])
    assert_close(unpack(loop(pack(x))), expected, 1e-5)


def test_equals_the_real_layer_of_block_kernels(rng):
    x = pack(complex_normal(rng, 2, 7, 3))
    layer = ComplexLSTM(2, return_sequences=True)
    y = keras.ops.convert_to_numpy(layer(x))
    real = keras.layers.LSTM(4, return_sequences=True)
    real.build(x.shape)
    w, u, b = (unpack(v) for v in layer.get_weights())

    def block(kernel):
        gates = np.split(kernel, 4, axis=-1)
        return np.hstack(
            [np.block([[g.real, g.imag], [-g.imag, g.real]]) for g in gates]
        )

    bias = np.hstack([np.hstack([g.real, g.imag]) for g in np.split(b, 4)])
    real.set_weights([block(w), block(u), bias])
    assert_close(y, keras.ops.convert_to_numpy(real(x)), 1e-5)


def test_forgets_no_part_at_first():
    layer = ComplexLSTM(2)
    layer.build((None, None, 4))
    bias = unpack(layer.cell.bias).reshape(4, 2)
    np.testing.assert_array_equal(bias[1], [1 + 1j] * 2)
    np.testing.assert_array_equal(bias[[0, 2, 3]], 0)
    layer = ComplexLSTM(2, unit_forget_bias=False)
    layer.build((None, None, 4))
    np.testing.assert_array_equal(unpack(layer.cell.bias), 0)


def test_a_cell_in_a_file_keeps_its_arguments(tmp_path):
    cells = [ComplexLSTMCell(**CELL_ARGUMENTS), ComplexLSTMCell(2)]
    model = keras.Sequential([keras.Input((None, 4)), keras.layers.RNN(cells)])
    model.save(tmp_path / "model.keras")
    restored = keras.saving.load_model(tmp_path / "model.keras")
    configs = [cell.get_config() for cell in restored.layers[-1].cell.cells]
    assert configs == [cell.get_config() for cell in cells]
    x = np.ones((2, 3, 4), "float32")
    np.testing.assert_array_equal(
        restored.predict(x, verbose=0), model.predict(x, verbose=0)
    )
