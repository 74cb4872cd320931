"""Tests of ComplexSinusoidalEncoding."""

import keras
import numpy as np
import pytest
from hypothesis import given
from keras import ops

from keras_complex.layers import ComplexSinusoidalEncoding
from tests.complex_numpy import complex_normal, pack, unpack
from tests.contract import check_layer
from tests.fuzzing import check_finite, fuzz, signals


@pytest.mark.parametrize("shape", [(2, 5, 6), (2, 3, 5, 6)])
def test_honours_the_contract(tmp_path, shape):
    check_layer(ComplexSinusoidalEncoding, {"max_wavelength": 50.0}, [shape], tmp_path)


def test_adds_the_sines_and_cosines_of_transformers(rng):
    z = complex_normal(rng, 2, 300, 4)
    position, pair = np.arange(300)[:, None], np.arange(4)
    # Of 8 real features: the sine of `2 pair`, the cosine of `2 pair + 1`.
    angles = position / 10_000 ** (2 * pair / 8)
    y = unpack(ComplexSinusoidalEncoding()(pack(z)))
    np.testing.assert_allclose(
        y.real - z.real, np.broadcast_to(np.cos(angles), z.shape), atol=1e-4
    )
    np.testing.assert_allclose(
        y.imag - z.imag, np.broadcast_to(np.sin(angles), z.shape), atol=1e-4
    )


def test_a_step_further_is_a_product():
    y = unpack(ComplexSinusoidalEncoding()(np.zeros((1, 9, 6), "float32")))[0]
    np.testing.assert_allclose(abs(y), 1, atol=1e-6)
    np.testing.assert_allclose(y[3:], y[:-3] * y[3], atol=1e-6)


def test_half_precision_does_not_round_the_positions():
    zeros = np.zeros((1, 3000, 4), "float32")
    expected = unpack(ComplexSinusoidalEncoding()(zeros))
    y = ComplexSinusoidalEncoding(dtype="mixed_bfloat16")(zeros)
    np.testing.assert_allclose(unpack(ops.cast(y, "float32")), expected, atol=1e-2)


def test_passes_masks_on():
    layer = ComplexSinusoidalEncoding()
    inputs = keras.Input((3, 4))
    means = keras.layers.GlobalAveragePooling1D()
    model = keras.Model(inputs, means(layer(keras.layers.Masking()(inputs))))
    x = np.ones((1, 3, 4), "float32")
    x[:, 2] = 0
    expected = ops.convert_to_numpy(layer(x))[:, :2].mean(1)
    np.testing.assert_allclose(model.predict_on_batch(x), expected, atol=1e-6)


def test_rejects_a_wavelength_that_is_not_positive():
    message = "`max_wavelength` must be positive. Received: max_wavelength=-1"
    with pytest.raises(ValueError, match=message):
        ComplexSinusoidalEncoding(max_wavelength=-1)


def test_rejects_input_that_is_not_packed():
    with pytest.raises(ValueError, match="an even, known number of channels"):
        ComplexSinusoidalEncoding().build((1, 4, 3))


@fuzz
@given(x=signals(rank=3))
def test_stays_finite(x):
    check_finite(ComplexSinusoidalEncoding(), x)
