"""Tests of ComplexDense, against native complex matrices."""

import keras
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keras_complex.initializers import ComplexUnitary
from keras_complex.layers import ComplexDense
from tests.complex_numpy import complex_normal, pack, unpack
from tests.contract import check_layer
from tests.fuzzing import check_finite, fuzz, signals
from tests.gradients import assert_close, layer_gradients


@pytest.mark.parametrize("shape", [(2, 6), (2, 5, 6), (2, 3, 4, 6)])
def test_honours_the_contract(tmp_path, shape):
    arguments = {
        "units": 4,
        "use_bias": False,
        "kernel_initializer": ComplexUnitary("glorot", seed=1),
        "kernel_regularizer": keras.regularizers.L2(1e-4),
    }
    check_layer(ComplexDense, arguments, [shape], tmp_path)


@pytest.mark.parametrize("channels", [3, 330])
def test_matches_native_complex_matmul(rng, channels):
    x = complex_normal(rng, 2, 5, channels)
    layer = ComplexDense(channels + 1)
    layer.build(pack(x).shape)
    layer.bias.assign(rng.normal(size=2 * channels + 2))
    expected = x @ unpack(layer.kernel) + unpack(layer.bias)
    np.testing.assert_allclose(unpack(layer(pack(x))), expected, atol=2e-5)


def test_has_the_gradient_of_the_complex_matrix(rng):
    # Of Re <c, x W>: with respect to W conj(x)^T c, to x c W^H.
    x, c = complex_normal(rng, 7, 3), complex_normal(rng, 7, 4)
    layer = ComplexDense(4, use_bias=False)
    (g_x,), g = layer_gradients(layer, pack(x), pack(c))
    assert_close(unpack(g["kernel"]), x.conj().T @ c, 1e-5)
    assert_close(unpack(g_x), c @ unpack(layer.kernel).conj().T, 1e-5)


def test_is_linear_over_complex_numbers(rng):
    x, y = complex_normal(rng, 2, 4, 3)
    layer = ComplexDense(5, use_bias=False)
    a, b = 0.6 - 0.8j, 1.5j
    np.testing.assert_allclose(
        unpack(layer(pack(a * x + b * y))),
        a * unpack(layer(pack(x))) + b * unpack(layer(pack(y))),
        atol=1e-5,
    )


def test_default_initializer_doubles_the_power(rng):
    y = unpack(ComplexDense(100)(pack(complex_normal(rng, 100, 80))))
    assert np.mean(np.abs(y) ** 2) == pytest.approx(2.0, rel=0.1)


def test_a_unitary_matrix_keeps_the_norm_up_to_its_gain(rng):
    x = complex_normal(rng, 10, 8)
    y = unpack(ComplexDense(8, kernel_initializer=ComplexUnitary())(pack(x)))
    np.testing.assert_allclose(
        np.linalg.norm(y, axis=-1), np.sqrt(2) * np.linalg.norm(x, axis=-1), rtol=1e-5
    )


def test_passes_masks_on(rng):
    dense, mean = ComplexDense(2), keras.layers.GlobalAveragePooling1D()
    x = np.ones((1, 3, 4), "float32")
    x[:, 2] = 0
    y = keras.Sequential([keras.layers.Masking(), dense, mean])(x)
    np.testing.assert_allclose(unpack(y), unpack(dense(x))[:, 0], atol=1e-6)


@fuzz
@given(x=signals(rank=3), units=st.integers(1, 5))
def test_stays_finite(x, units):
    check_finite(ComplexDense(units), x)


def test_rejects_invalid_units():
    with pytest.raises(ValueError, match="`units` must be at least 1"):
        ComplexDense(0)


def test_rejects_input_that_is_not_packed():
    with pytest.raises(ValueError, match="an even, known number of channels"):
        ComplexDense(4).build((1, 3))
