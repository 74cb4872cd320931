"""Tests of ComplexRotaryEmbedding and ComplexSinusoidalEncoding."""

import keras
import numpy as np
import pytest
from hypothesis import given
from keras import ops

from keras_complex.layers import ComplexRotaryEmbedding, ComplexSinusoidalEncoding
from keras_complex.layers.attention.multi_head_attention import attention_scores
from tests.complex_numpy import complex_normal, pack, unpack
from tests.contract import check_layer
from tests.fuzzing import check_finite, fuzz, signals


@pytest.mark.parametrize("shape", [(2, 5, 6), (2, 3, 5, 6)])
def test_rotary_honours_the_contract(tmp_path, shape):
    check_layer(ComplexRotaryEmbedding, {"max_wavelength": 50.0}, [shape], tmp_path)


def test_rotary_meets_native_complex_numpy(rng):
    z = complex_normal(rng, 2, 3, 700, 4)
    frequencies = 10_000.0 ** (-np.arange(4) / 4)
    expected = z * np.exp(1j * np.arange(700)[:, None] * frequencies)
    y = unpack(ComplexRotaryEmbedding()(pack(z)))
    np.testing.assert_allclose(y, expected, atol=2e-4)
    np.testing.assert_allclose(abs(y), abs(z), rtol=1e-5)


def test_rotary_is_the_rotation_of_pairs_of_real_features(rng):
    x = rng.normal(size=(1, 6, 8))
    m = np.arange(6)[:, None]
    angles = m * 10_000.0 ** (-2 * np.arange(4) / 8)
    expected = np.empty_like(x)
    even, odd = x[..., ::2], x[..., 1::2]
    expected[..., ::2] = even * np.cos(angles) - odd * np.sin(angles)
    expected[..., 1::2] = even * np.sin(angles) + odd * np.cos(angles)
    y = unpack(ComplexRotaryEmbedding()(pack(even + 1j * odd)))
    np.testing.assert_allclose(y, expected[..., ::2] + 1j * expected[..., 1::2], 1e-5)


@pytest.mark.parametrize("score", ["real", "magnitude"])
def test_rotary_scores_depend_on_the_distance_only(rng, score):
    query, key = (np.tile(pack(complex_normal(rng, 1, 1, 4)), (1, 9, 1)) for _ in "qk")
    layer = ComplexRotaryEmbedding(max_wavelength=20)
    scores = ops.convert_to_numpy(attention_scores(layer(query), layer(key), score))[0]
    for distance in range(-8, 9):
        same = np.diagonal(scores, distance)
        np.testing.assert_allclose(same, same[0], atol=1e-5)
    # Other distances have other scores, nearer or farther, before or behind.
    row = scores[4]
    assert np.min(abs(row[:, None] - row) + np.eye(9)) > 1e-4


def test_rotary_is_linear_over_complex_numbers(rng):
    x, y = complex_normal(rng, 2, 2, 6, 3)
    layer = ComplexRotaryEmbedding()
    a, b = 0.6 - 0.8j, 1.5j
    np.testing.assert_allclose(
        unpack(layer(pack(a * x + b * y))),
        a * unpack(layer(pack(x))) + b * unpack(layer(pack(y))),
        atol=1e-5,
    )


def test_rotary_half_precision_does_not_round_the_positions(rng):
    z = complex_normal(rng, 1, 3000, 2)
    expected = unpack(ComplexRotaryEmbedding()(pack(z)))
    y = ComplexRotaryEmbedding(dtype="mixed_bfloat16")(pack(z))
    np.testing.assert_allclose(unpack(ops.cast(y, "float32")), expected, atol=5e-2)


def test_rotary_passes_masks_on():
    layer = ComplexRotaryEmbedding()
    inputs = keras.Input((3, 4))
    means = keras.layers.GlobalAveragePooling1D()
    model = keras.Model(inputs, means(layer(keras.layers.Masking()(inputs))))
    x = np.ones((1, 3, 4), "float32")
    x[:, 2] = 0
    expected = ops.convert_to_numpy(layer(x))[:, :2].mean(1)
    np.testing.assert_allclose(model.predict_on_batch(x), expected, atol=1e-6)


def test_rotary_rejects_a_wavelength_that_is_not_positive():
    message = "`max_wavelength` must be positive. Received: max_wavelength=0"
    with pytest.raises(ValueError, match=message):
        ComplexRotaryEmbedding(max_wavelength=0)


def test_rotary_rejects_input_that_is_not_packed():
    with pytest.raises(ValueError, match="an even, known number of channels"):
        ComplexRotaryEmbedding().build((1, 4, 3))


@fuzz
@given(x=signals(rank=3))
def test_rotary_stays_finite(x):
    check_finite(ComplexRotaryEmbedding(), x)


@pytest.mark.parametrize("shape", [(2, 5, 6), (2, 3, 5, 6)])
def test_sinusoidal_honours_the_contract(tmp_path, shape):
    check_layer(ComplexSinusoidalEncoding, {"max_wavelength": 50.0}, [shape], tmp_path)


def test_sinusoidal_adds_the_sines_and_cosines_of_transformers(rng):
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


def test_sinusoidal_a_step_further_is_a_product():
    y = unpack(ComplexSinusoidalEncoding()(np.zeros((1, 9, 6), "float32")))[0]
    np.testing.assert_allclose(abs(y), 1, atol=1e-6)
    np.testing.assert_allclose(y[3:], y[:-3] * y[3], atol=1e-6)


def test_sinusoidal_half_precision_does_not_round_the_positions():
    zeros = np.zeros((1, 3000, 4), "float32")
    expected = unpack(ComplexSinusoidalEncoding()(zeros))
    y = ComplexSinusoidalEncoding(dtype="mixed_bfloat16")(zeros)
    np.testing.assert_allclose(unpack(ops.cast(y, "float32")), expected, atol=1e-2)


def test_sinusoidal_passes_masks_on():
    layer = ComplexSinusoidalEncoding()
    inputs = keras.Input((3, 4))
    means = keras.layers.GlobalAveragePooling1D()
    model = keras.Model(inputs, means(layer(keras.layers.Masking()(inputs))))
    x = np.ones((1, 3, 4), "float32")
    x[:, 2] = 0
    expected = ops.convert_to_numpy(layer(x))[:, :2].mean(1)
    np.testing.assert_allclose(model.predict_on_batch(x), expected, atol=1e-6)


def test_sinusoidal_rejects_a_wavelength_that_is_not_positive():
    message = "`max_wavelength` must be positive. Received: max_wavelength=-1"
    with pytest.raises(ValueError, match=message):
        ComplexSinusoidalEncoding(max_wavelength=-1)


def test_sinusoidal_rejects_input_that_is_not_packed():
    with pytest.raises(ValueError, match="an even, known number of channels"):
        ComplexSinusoidalEncoding().build((1, 4, 3))


@fuzz
@given(x=signals(rank=3))
def test_sinusoidal_stays_finite(x):
    check_finite(ComplexSinusoidalEncoding(), x)
