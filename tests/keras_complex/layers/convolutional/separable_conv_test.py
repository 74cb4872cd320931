"""Tests of ComplexSeparableConv1D and 2D, against sums over taps in complex128."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keras_complex.initializers import ComplexUnitary
from keras_complex.layers import ComplexSeparableConv1D, ComplexSeparableConv2D
from tests.complex_convolution import correlate, depthwise
from tests.complex_numpy import complex_normal, pack, unpack
from tests.contract import check_layer
from tests.fuzzing import check_finite, fuzz, signals

LAYERS = {1: ComplexSeparableConv1D, 2: ComplexSeparableConv2D}
TAPS, RATES = (3, 2), (2, 3)
each_rank = pytest.mark.parametrize("rank", LAYERS)


@each_rank
@pytest.mark.parametrize("strided", [False, True])
def test_honours_the_contract(tmp_path, rank, strided):
    arguments = {
        "filters": 3,
        "kernel_size": TAPS[:rank],
        "strides": (2 if strided else 1,) * rank,
        "padding": "same" if strided or rank > 1 else "causal",
        "dilation_rate": (1,) * rank if strided else RATES[:rank],
        "depth_multiplier": 2,
        "use_bias": False,
        "depthwise_initializer": ComplexUnitary("glorot", seed=1),
        "pointwise_initializer": ComplexUnitary("glorot", seed=2),
    }
    check_layer(LAYERS[rank], arguments, [(2, *(8, 6)[:rank], 4)], tmp_path)


@each_rank
def test_matches_native_complex_correlation(rng, rank):
    taps, strides = TAPS[:rank], (2,) * rank
    x = complex_normal(rng, 2, *(9, 8)[:rank], 3)
    layer = LAYERS[rank](4, taps, strides, "same", depth_multiplier=2)
    layer.build(pack(x).shape)
    layer.bias.assign(rng.normal(size=8))

    def oracle(x, kernel):
        return correlate(x, kernel, strides, "same")

    maps = depthwise(oracle, x, unpack(layer.depthwise_kernel))
    mix = unpack(layer.pointwise_kernel).reshape(6, 4)
    y = layer(pack(x))
    np.testing.assert_allclose(unpack(y), maps @ mix + unpack(layer.bias), atol=1e-5)
    assert tuple(y.shape) == layer.compute_output_shape(pack(x).shape)


@each_rank
def test_commutes_with_a_phase_rotation(rng, rank):
    x, rotation = complex_normal(rng, 1, *(8,) * rank, 2), np.exp(0.7j)
    layer = LAYERS[rank](3, 3, use_bias=False)
    y = unpack(layer(pack(rotation * x)))
    np.testing.assert_allclose(y, rotation * unpack(layer(pack(x))), atol=1e-5)


@each_rank
def test_default_initializers_double_the_power(rng, rank):
    x = complex_normal(rng, 2, *{1: (60,), 2: (12, 12)}[rank], 200)
    y = unpack(LAYERS[rank](100, 3)(pack(x)))
    assert np.mean(np.abs(y) ** 2) == pytest.approx(2.0, rel=0.1)


@fuzz
@given(x=signals(rank=3, minimum=3), kernel_size=st.integers(1, 3))
def test_stays_finite(x, kernel_size):
    check_finite(ComplexSeparableConv1D(2, kernel_size, depth_multiplier=2), x)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"filters": 0}, "`filters` must be at least 1"),
        ({"kernel_size": 0}, "`kernel_size` must be a positive integer or a pair"),
        ({"depth_multiplier": 0}, "`depth_multiplier` must be at least 1"),
        ({"padding": "causal"}, '`padding` must be "valid" or "same"'),
        ({"strides": (1, 2)}, "`strides` of a depthwise convolution must be equal"),
        ({"strides": 2, "dilation_rate": 2}, "`strides` or `dilation_rate` must be 1"),
    ],
)
def test_rejects_invalid_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        ComplexSeparableConv2D(**{"filters": 2, "kernel_size": 3, **arguments})


def test_rejects_input_that_is_not_packed():
    with pytest.raises(ValueError, match="an even, known number of channels"):
        ComplexSeparableConv2D(2, 3).build((1, 8, 8, 3))
