"""Tests of ComplexDepthwiseConv1D and 2D, against sums over taps in complex128."""

import keras
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keras_complex.initializers import ComplexUnitary
from keras_complex.layers import (
    ComplexConv1D,
    ComplexDepthwiseConv1D,
    ComplexDepthwiseConv2D,
)
from tests.complex_convolution import correlate, depthwise
from tests.complex_numpy import complex_normal, pack, unpack
from tests.contract import check_layer
from tests.fuzzing import check_finite, fuzz, signals

LAYERS = {1: ComplexDepthwiseConv1D, 2: ComplexDepthwiseConv2D}
TAPS, RATES, SIZES = (3, 2), (2, 3), (9, 8)
each_rank = pytest.mark.parametrize("rank", LAYERS)


@each_rank
@pytest.mark.parametrize("strided", [False, True])
def test_honours_the_contract(tmp_path, rank, strided):
    arguments = {
        "kernel_size": TAPS[:rank],
        "strides": (2 if strided else 1,) * rank,
        "padding": "same" if strided or rank > 1 else "causal",
        "depth_multiplier": 3,
        "dilation_rate": (1,) * rank if strided else RATES[:rank],
        "use_bias": False,
        "depthwise_initializer": ComplexUnitary("glorot", seed=1),
        "depthwise_regularizer": keras.regularizers.L2(1e-4),
    }
    check_layer(LAYERS[rank], arguments, [(2, *(8, 6)[:rank], 4)], tmp_path)


@each_rank
@pytest.mark.parametrize("padding", ["valid", "same", "causal"])
@pytest.mark.parametrize("form", ["plain", "strided", "dilated", "one tap"])
def test_matches_native_complex_correlation(rng, rank, padding, form):
    if padding == "causal" and rank > 1:
        pytest.skip("Time is one axis.")
    ones = (1,) * rank
    taps = ones if form == "one tap" else TAPS[:rank]
    strides = (3,) * rank if form in ("strided", "one tap") else ones
    rates = RATES[:rank] if form == "dilated" else ones
    x = complex_normal(rng, 2, *SIZES[:rank], 3)
    layer = LAYERS[rank](taps, strides, padding, 2, rates)
    layer.build(pack(x).shape)
    layer.bias.assign(rng.normal(size=12))

    def oracle(x, kernel):
        return correlate(x, kernel, strides, padding, rates)

    expected = depthwise(oracle, x, unpack(layer.kernel)) + unpack(layer.bias)
    y = layer(pack(x))
    np.testing.assert_allclose(unpack(y), expected, atol=1e-5)
    assert tuple(y.shape) == layer.compute_output_shape(pack(x).shape)


def test_equals_a_convolution_with_as_many_groups_as_channels(rng):
    x = pack(complex_normal(rng, 2, 9, 4))
    layer, groups = ComplexDepthwiseConv1D(3), ComplexConv1D(4, 3, groups=4)
    layer.build(x.shape)
    groups.build(x.shape)
    kernel = unpack(layer.kernel)
    groups.kernel.assign(pack(kernel.transpose(0, 2, 1)))
    np.testing.assert_allclose(unpack(layer(x)), unpack(groups(x)), atol=1e-6)


@each_rank
def test_commutes_with_a_phase_rotation(rng, rank):
    x, rotation = complex_normal(rng, 1, *(8,) * rank, 2), np.exp(0.7j)
    layer = LAYERS[rank](3, depth_multiplier=2, use_bias=False)
    y = unpack(layer(pack(rotation * x)))
    np.testing.assert_allclose(y, rotation * unpack(layer(pack(x))), atol=1e-5)


@each_rank
@pytest.mark.parametrize("depth_multiplier", [1, 3])
def test_default_initializer_doubles_the_power(rng, rank, depth_multiplier):
    x = complex_normal(rng, 2, *{1: (40,), 2: (10, 10)}[rank], 200)
    y = unpack(LAYERS[rank](3, depth_multiplier=depth_multiplier)(pack(x)))
    assert np.mean(np.abs(y) ** 2) == pytest.approx(2.0, rel=0.1)


def test_unitary_kernels_of_each_channel_are_orthogonal(rng):
    initializer = ComplexUnitary(seed=0)
    layer = ComplexDepthwiseConv2D(
        3, depth_multiplier=4, depthwise_initializer=initializer
    )
    layer.build((1, 8, 8, 10))
    kernels = unpack(layer.kernel).reshape(9, 5, 4)
    for channel in range(5):
        w = kernels[:, channel]
        np.testing.assert_allclose(w.conj().T @ w, 2 * np.eye(4), atol=1e-5)


@fuzz
@given(x=signals(rank=4, minimum=3), kernel_size=st.integers(1, 3))
def test_stays_finite(x, kernel_size):
    check_finite(ComplexDepthwiseConv2D(kernel_size, depth_multiplier=2), x)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"kernel_size": 0}, "`kernel_size` must be a positive integer or a pair"),
        ({"depth_multiplier": 0}, "`depth_multiplier` must be at least 1"),
        ({"padding": "causal"}, '`padding` must be "valid" or "same"'),
        ({"strides": (1, 2)}, "`strides` of a depthwise convolution must be equal"),
        ({"strides": 2, "dilation_rate": 2}, "`strides` or `dilation_rate` must be 1"),
    ],
)
def test_rejects_invalid_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        ComplexDepthwiseConv2D(**{"kernel_size": 3, **arguments})


def test_rejects_input_that_is_not_packed():
    with pytest.raises(ValueError, match="an even, known number of channels"):
        ComplexDepthwiseConv2D(3).build((1, 8, 8, 3))
