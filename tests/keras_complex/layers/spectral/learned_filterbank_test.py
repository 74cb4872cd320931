"""Tests of LearnedEncoder and LearnedDecoder."""

import keras
import numpy as np
import pytest
import scipy.signal
from hypothesis import given

from keras_complex.layers import STFT, LearnedDecoder, LearnedEncoder
from tests.contract import check_layer
from tests.fuzzing import check_finite, fuzz, signals
from tests.gradients import assert_close

KERNELS = {
    "kernel_initializer": keras.initializers.HeUniform(seed=1),
    "kernel_regularizer": keras.regularizers.L2(1e-3),
}


def to_numpy(x):
    return keras.ops.convert_to_numpy(x)


def test_encoder_honours_the_contract(tmp_path):
    arguments = {
        "filters": 5,
        "kernel_size": 7,
        "strides": 3,
        "activation": "softplus",
        "gated": True,
        **KERNELS,
    }
    check_layer(LearnedEncoder, arguments, [(2, 50)], tmp_path, real_input=True)


def test_decoder_honours_the_contract(tmp_path):
    arguments = {"kernel_size": 7, "strides": 3, "length": 20, **KERNELS}
    check_layer(LearnedDecoder, arguments, [(2, 3, 6, 4)], tmp_path)


@pytest.mark.parametrize("samples", [1, 15, 16, 17, 200])
@pytest.mark.parametrize("gated", [False, True])
@pytest.mark.parametrize("activation", [None, "relu"])
def test_encoder_matches_the_definition(rng, samples, gated, activation):
    x = rng.normal(size=(2, samples)).astype("float32")
    layer = LearnedEncoder(5, 16, 6, activation, gated)
    y = to_numpy(layer(x))
    padded = np.pad(x, ((0, 0), (0, 32)))
    frames = 1 + -(-max(samples - 16, 0) // 6)

    def product(kernel):
        kernel = to_numpy(kernel)
        return np.stack(
            [padded[:, 6 * m : 6 * m + 16] @ kernel for m in range(frames)], axis=1
        )

    expected = product(layer.kernel)
    if activation == "relu":
        expected = np.maximum(expected, 0)
    if gated:
        expected = expected / (1 + np.exp(-product(layer.gate_kernel)))
    assert_close(y, expected, 1e-5)


def test_encoder_is_a_strided_convolution(rng):
    x = rng.normal(size=(3, 16 + 8 * 20)).astype("float32")
    layer = LearnedEncoder(9)
    convolution = keras.layers.Conv1D(9, 16, 8, activation="relu", use_bias=False)
    expected = convolution(x[..., None])
    convolution.set_weights([np.zeros((16, 1, 9), "float32")])
    layer(x)
    convolution.set_weights([to_numpy(layer.kernel)[:, None]])
    expected = convolution(x[..., None])
    assert_close(to_numpy(layer(x)), to_numpy(expected), 1e-5)


@pytest.mark.parametrize(("kernel_size", "strides"), [(16, 8), (7, 3), (5, 5)])
def test_decoder_upsamples_and_convolves(rng, kernel_size, strides):
    x = rng.normal(size=(2, 3, 11, 4)).astype("float32")
    layer = LearnedDecoder(kernel_size, strides)
    y = to_numpy(layer(x))
    kernel = to_numpy(layer.kernel)
    expected = np.zeros((2, 3, 10 * strides + kernel_size))
    for index, basis in enumerate(kernel):
        spread = np.zeros((2, 3, 10 * strides + 1))
        spread[..., ::strides] = x[..., index]
        expected += scipy.signal.oaconvolve(spread, basis[None, None], axes=-1)
    assert_close(y, expected, 1e-5)


def test_decoder_is_the_transpose_of_the_encoder(rng):
    x = rng.normal(size=(1, 16 + 8 * 9)).astype("float32")
    encoder = LearnedEncoder(6, activation=None)
    features = to_numpy(encoder(x))
    other = rng.normal(size=features.shape).astype("float32")
    decoder = LearnedDecoder()
    decoder(other)
    decoder.set_weights([to_numpy(encoder.kernel).T])
    back = to_numpy(decoder(other))
    assert np.sum(features * other) == pytest.approx(np.sum(x * back), rel=1e-4)


def test_basis_of_fourier_is_the_stft(rng):
    x = rng.normal(size=(2, 200)).astype("float32")
    window = np.hamming(17)[:-1]
    basis = window[:, None] * np.exp(-2j * np.pi * np.outer(range(16), range(9)) / 16)
    encoder = LearnedEncoder(18, activation=None)
    encoder(x)
    encoder.set_weights([np.concatenate([basis.real, basis.imag], axis=1)])
    expected = to_numpy(STFT(16, 8, window="hamming", center=False)(x))
    y = to_numpy(encoder(x)).reshape(2, -1, 2, 9)
    assert_close(np.moveaxis(y, 2, 3), expected, 1e-5)


def test_unit_bases_without_overlap_are_the_identity(rng):
    x = rng.normal(size=(2, 3, 37)).astype("float32")
    identity = keras.initializers.Identity()
    encoder = LearnedEncoder(8, 8, 8, None, kernel_initializer=identity)
    decoder = LearnedDecoder(8, 8, 37, kernel_initializer=identity)
    assert_close(to_numpy(decoder(encoder(x))), x, 1e-6)


@fuzz
@given(x=signals(2, minimum=2))
def test_is_finite_on_extreme_signals(x):
    check_finite(LearnedEncoder(4, 4, 2, gated=True), x)
    check_finite(LearnedDecoder(4, 2), x[:, None])


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: LearnedEncoder(0), "`filters` must be at least 1"),
        (
            lambda: LearnedEncoder(kernel_size=8, strides=9),
            "`strides` must lie between",
        ),
        (
            lambda: LearnedDecoder(kernel_size=8, strides=0),
            "`strides` must lie between",
        ),
        (lambda: LearnedDecoder(length=0), "`length` must be a positive number"),
    ],
)
def test_rejects_invalid_arguments(make, message):
    with pytest.raises(ValueError, match=message):
        make()


@pytest.mark.parametrize(
    "initializer",
    [
        "glorot_uniform",
        keras.initializers.GlorotUniform(3),
        keras.initializers.GlorotUniform(keras.random.SeedGenerator(3)),
    ],
)
def test_gate_does_not_start_as_the_kernel(initializer):
    """It used to: an initializer draws the same values at every call."""
    layer = LearnedEncoder(8, 4, 2, gated=True, kernel_initializer=initializer)
    layer.build((1, 100))
    kernel, gate = map(keras.ops.convert_to_numpy, layer.weights)
    assert np.abs(kernel - gate).min() > 0
