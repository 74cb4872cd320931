"""Tests of ComplexConv1DTranspose, 2D and 3D, against sums over taps."""

import keras
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keras_complex.initializers import ComplexUnitary
from keras_complex.layers import (
    ComplexConv1DTranspose,
    ComplexConv2DTranspose,
    ComplexConv3DTranspose,
)
from tests.complex_convolution import scatter
from tests.complex_numpy import complex_normal, pack, unpack
from tests.contract import check_layer
from tests.fuzzing import check_finite, fuzz, signals

LAYERS = {
    1: ComplexConv1DTranspose,
    2: ComplexConv2DTranspose,
    3: ComplexConv3DTranspose,
}
TAPS, STRIDES = (3, 4, 2), (2, 3, 1)
each_rank = pytest.mark.parametrize("rank", LAYERS)


@each_rank
def test_honours_the_contract(tmp_path, rank):
    arguments = {
        "filters": 3,
        "kernel_size": TAPS[:rank],
        "strides": STRIDES[:rank],
        "padding": "same",
        "output_padding": (1, 1, 0)[:rank],
        "use_bias": False,
        "kernel_initializer": ComplexUnitary("glorot", seed=1),
        "kernel_regularizer": keras.regularizers.L2(1e-4),
    }
    check_layer(LAYERS[rank], arguments, [(2, *(5, 4, 3)[:rank], 4)], tmp_path)


def same(sizes, taps, strides):
    """Output sizes and the values cut off in front, as `padding="same"` has them."""
    before = [max(k - s, 0) // 2 for k, s in zip(taps, strides, strict=True)]
    return [n * s for n, s in zip(sizes, strides, strict=True)], before


@each_rank
@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize(
    ("taps", "strides"),
    [(TAPS, STRIDES), ((1, 1, 1), (2, 3, 2)), ((5, 4, 3), (1, 1, 1))],
)
def test_matches_native_complex_scattering(rng, rank, padding, taps, strides):
    taps, strides, sizes = taps[:rank], strides[:rank], (5, 4, 3)[:rank]
    x = complex_normal(rng, 2, *sizes, 3)
    layer = LAYERS[rank](4, taps, strides, padding)
    layer.build(pack(x).shape)
    layer.bias.assign(rng.normal(size=8))
    if padding == "same":
        kept, before = same(sizes, taps, strides)
    else:
        axes = zip(sizes, taps, strides, strict=True)
        kept, before = [(n - 1) * s + max(k, s) for n, k, s in axes], (0,) * rank
    expected = scatter(x, unpack(layer.kernel), strides, kept, before)
    y = layer(pack(x))
    np.testing.assert_allclose(unpack(y), expected + unpack(layer.bias), atol=1e-5)
    assert tuple(y.shape) == layer.compute_output_shape(pack(x).shape)


@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize("kernel_size", [1, 2, 3, 5])
@pytest.mark.parametrize("output_padding", [None, 0, 1, 2])
def test_has_the_sizes_and_the_place_of_keras(
    rng, padding, kernel_size, output_padding
):
    if padding == "same" and kernel_size % 2 == 0 and output_padding == 0:
        pytest.skip("TensorFlow has no such size.")
    x, w = rng.normal(size=(2, 7, 1)), rng.normal(size=(kernel_size, 1, 1))
    arguments = (1, kernel_size, 3, padding)
    ours = ComplexConv1DTranspose(*arguments, output_padding, use_bias=False)
    theirs = keras.layers.Conv1DTranspose(
        *arguments, output_padding=output_padding, use_bias=False
    )
    ours.build((2, 7, 2))
    theirs.build((2, 7, 1))
    ours.kernel.assign(np.concatenate([w, 0 * w], axis=-1))
    theirs.kernel.assign(w)
    expected = keras.ops.convert_to_numpy(theirs(x.astype("float32")))
    y = unpack(ours(pack(x + 0j)))
    np.testing.assert_allclose(y, expected, atol=1e-6)


@each_rank
def test_is_linear_over_complex_numbers(rng, rank):
    x, y = complex_normal(rng, 2, 1, *(4,) * rank, 2)
    layer = LAYERS[rank](3, 3, 2, use_bias=False)
    a, b = 0.6 - 0.8j, 1.5j
    np.testing.assert_allclose(
        unpack(layer(pack(a * x + b * y))),
        a * unpack(layer(pack(x))) + b * unpack(layer(pack(y))),
        atol=1e-5,
    )


@each_rank
@pytest.mark.parametrize("initializer", [None, ComplexUnitary(seed=0)])
def test_default_initializers_double_the_power(rng, rank, initializer):
    sizes = {1: (100,), 2: (12, 12), 3: (7, 7, 7)}
    x = complex_normal(rng, 4, *sizes[rank], 16)
    layer = LAYERS[rank](16, 4, 2, kernel_initializer=initializer)
    y = np.abs(unpack(layer(pack(x)))) ** 2
    # Without the edges, where fewer inputs meet.
    inside = y[(slice(None), *(slice(2, -2),) * rank)]
    assert np.mean(inside) == pytest.approx(2.0, rel=0.1)


@pytest.mark.parametrize("kernel_size", [2, 4])
def test_a_unitary_kernel_maps_each_input_isometrically(rng, kernel_size):
    initializer = ComplexUnitary("he", seed=0)
    layer = ComplexConv2DTranspose(8, kernel_size, 2, kernel_initializer=initializer)
    x = complex_normal(rng, 1, 1, 1, 6)
    gain = np.sum(np.abs(unpack(layer(pack(x)))) ** 2) / np.sum(np.abs(x) ** 2)
    # fan_in = taps * channels / prod(strides), g^2 = 2 * taps * filters / fan_in.
    assert gain == pytest.approx(2 * 4 * 8 / 6, rel=1e-5)


@fuzz
@given(x=signals(rank=4), kernel_size=st.integers(1, 3), strides=st.integers(1, 3))
def test_stays_finite(x, kernel_size, strides):
    check_finite(ComplexConv2DTranspose(2, kernel_size, strides, "same"), x)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"filters": 0}, "`filters` must be at least 1"),
        ({"kernel_size": (3, 3, 3)}, "`kernel_size` must be .* a pair of them"),
        ({"strides": 0}, "`strides` must be a positive integer or a pair"),
        ({"padding": "causal"}, '`padding` must be "valid" or "same"'),
        ({"output_padding": -1}, "`output_padding` must be a non-negative integer"),
        ({"output_padding": (0, 2)}, "`output_padding` must be less than `strides`"),
    ],
)
def test_rejects_invalid_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        ComplexConv2DTranspose(
            **{"filters": 4, "kernel_size": 3, "strides": 2, **arguments}
        )


def test_rejects_input_that_is_not_packed():
    with pytest.raises(ValueError, match="an even, known number of channels"):
        ComplexConv3DTranspose(4, 3).build((1, 8, 8, 8, 3))
