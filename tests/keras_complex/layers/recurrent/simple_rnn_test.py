"""Tests of ComplexSimpleRNN and its cell."""

import keras
import numpy as np

from keras_complex.initializers import ComplexUnitary
from keras_complex.layers import ComplexSimpleRNN, ComplexSimpleRNNCell
from tests.complex_numpy import complex_normal, pack, unpack
from tests.contract import check_layer
from tests.gradients import assert_close


def test_honours_the_contract(tmp_path):
    arguments = {
        "units": 3,
        "activation": "elu",
        "use_bias": False,
        "kernel_initializer": ComplexUnitary(seed=2),
        "recurrent_initializer": ComplexUnitary(seed=3),
        "kernel_regularizer": keras.regularizers.L2(1e-3),
        "recurrent_regularizer": keras.regularizers.L2(1e-3),
        # Too little to drop anything, so that two steps can be compared.
        "dropout": 1e-7,
        "recurrent_dropout": 1e-7,
        "seed": 7,
        "return_sequences": True,
        "go_backwards": True,
    }
    check_layer(ComplexSimpleRNN, arguments, [(2, 4, 4)], tmp_path)


def test_equals_the_loop_on_native_complex_numbers(rng):
    x = complex_normal(rng, 2, 7, 3)
    w, u, b = (complex_normal(rng, *shape) for shape in ((3, 4), (4, 4), (4,)))
    h, expected = np.zeros((2, 4)), []
    for t in range(7):
        z = x[:, t] @ w + h @ u + b
        h = np.tanh(z.real) + 1j * np.tanh(z.imag)
        expected.append(h)
    expected = np.stack(expected, axis=1)
    layers = [
        ComplexSimpleRNN(4, return_sequences=True),
        keras.layers.RNN(ComplexSimpleRNNCell(4), return_sequences=True),
    ]
    for layer in layers:
        layer.build((2, 7, 6))
        layer.set_weights([pack(v) for v in (w, u, b)])
        assert_close(unpack(layer(pack(x))), expected, 1e-5)


def test_is_linear_over_complex_numbers_without_activation(rng):
    x, y = complex_normal(rng, 2, 3, 8, 2)
    layer = ComplexSimpleRNN(4, activation=None, use_bias=False)
    both = unpack(layer(pack((2 - 3j) * x + 1j * y)))
    expected = (2 - 3j) * unpack(layer(pack(x))) + 1j * unpack(layer(pack(y)))
    assert_close(both, expected, 1e-5)


def test_keeps_the_length_of_a_state_for_long(rng):
    layer = ComplexSimpleRNN(8, activation=None)
    state = pack(complex_normal(rng, 3, 8))
    y = layer(np.zeros((3, 200, 2), "float32"), initial_state=state)
    y = keras.ops.convert_to_numpy(y)
    expected = np.linalg.norm(state, axis=-1)
    np.testing.assert_allclose(np.linalg.norm(y, axis=-1), expected, rtol=1e-4)
