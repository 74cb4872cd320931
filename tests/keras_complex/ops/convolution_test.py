"""Tests of convolution and of complex products, against native complex NumPy."""

import keras
import numpy as np
import pytest

from keras_complex.ops import (
    bilinear,
    conjugate,
    convolve,
    convolve_transpose,
    depthwise_convolve,
)
from tests.complex_convolution import correlate, grouped
from tests.complex_numpy import complex_normal, pack, unpack


@pytest.mark.parametrize(
    "products", ["three_products", "four_products", "stacked_product"]
)
def test_products_match_native_complex_matmul(rng, products):
    x, w = complex_normal(rng, 5, 7), complex_normal(rng, 7, 4)
    y = getattr(bilinear, products)(pack(x), pack(w), keras.ops.matmul)
    np.testing.assert_allclose(unpack(y), x @ w, atol=1e-5)


@pytest.mark.parametrize("strides", [(1, 1), (2, 3)])
@pytest.mark.parametrize("padding", ["valid", "same"])
def test_both_forms_agree(rng, monkeypatch, strides, padding):
    x = pack(complex_normal(rng, 2, 9, 10, 4))
    kernel = pack(complex_normal(rng, 3, 2, 4, 5))
    outputs = []
    for bound in (0, float("inf")):
        monkeypatch.setattr(bilinear, "THREE_PRODUCTS_FROM", bound)
        outputs.append(unpack(convolve(x, kernel, strides, padding)))
    np.testing.assert_allclose(*outputs, atol=1e-5)


@pytest.mark.parametrize("strides", [(1, 1), (2, 3)])
def test_more_weights_than_maps(rng, monkeypatch, strides):
    monkeypatch.setattr(bilinear, "THREE_PRODUCTS_FROM", 0)
    x, kernel = complex_normal(rng, 2, 4, 3, 8), complex_normal(rng, 3, 3, 8, 9)
    # The other form is not there to be taken.
    monkeypatch.setattr("keras_complex.ops.convolution.three_products", None)
    y = unpack(convolve(pack(x), pack(kernel), strides))
    np.testing.assert_allclose(y, correlate(x, kernel, strides), atol=1e-4)


@pytest.mark.parametrize("strides", [(1, 1), (2, 3)])
def test_both_transposed_forms_agree(rng, monkeypatch, strides):
    x = pack(complex_normal(rng, 2, 5, 4, 3))
    kernel = pack(complex_normal(rng, 3, 2, 4, 3))
    outputs = []
    for bound in (0, float("inf")):
        monkeypatch.setattr(bilinear, "THREE_PRODUCTS_FROM", bound)
        outputs.append(unpack(convolve_transpose(x, kernel, strides, "same")))
    np.testing.assert_allclose(*outputs, atol=1e-5)


@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize("kernel_size", [1, 2, 3, 5])
@pytest.mark.parametrize("strides", [1, 2, 3])
@pytest.mark.parametrize("size", [7, 8, 9])
def test_transposed_is_the_adjoint_with_the_conjugate_kernel(
    rng, padding, kernel_size, strides, size
):
    x = complex_normal(rng, 1, size, 2)
    kernel = pack(complex_normal(rng, kernel_size, 2, 3))
    there = unpack(convolve(pack(x), kernel, (strides,), padding))
    y = complex_normal(rng, *there.shape)
    base = kernel_size if padding == "valid" else kernel_size % 2
    extra = size - (there.shape[1] - 1) * strides - base
    back = convolve_transpose(pack(y), conjugate(kernel), (strides,), padding, (extra,))
    assert back.shape[1] == size
    np.testing.assert_allclose(
        np.vdot(there, y), np.vdot(x, unpack(back)), rtol=1e-4, atol=1e-4
    )


@pytest.mark.parametrize("rank", [1, 2, 3])
def test_groups_are_precise_in_half_precision(rng, rank):
    # Nearly real: parts that sums like `k_1 - k_3` would lose.
    x = complex_normal(rng, 1, *(5,) * rank, 4).real * (1 + 1e-3j)
    kernel = complex_normal(rng, *(2,) * rank, 2, 6).real + 0j
    y = convolve(
        keras.ops.cast(pack(x), "bfloat16"),
        keras.ops.cast(pack(kernel), "bfloat16"),
        (1,) * rank,
        groups=2,
    )
    y = unpack(keras.ops.cast(y, "float32"))

    def oracle(x, kernel):
        return correlate(x, kernel, (1,) * rank)

    expected = grouped(oracle, x, kernel, 2)
    scale = np.abs(expected.imag).max()
    np.testing.assert_allclose(y.imag, expected.imag, atol=3e-2 * scale)


@pytest.mark.parametrize("rank", [1, 2])
def test_depthwise_is_precise_in_half_precision(rng, rank):
    x = complex_normal(rng, 1, *(5,) * rank, 4).real * (1 + 1e-3j)
    kernel = complex_normal(rng, *(2,) * rank, 4, 2).real + 0j
    arguments = (pack(x), pack(kernel))
    strides = (1,) * rank
    expected = unpack(depthwise_convolve(*arguments, strides))
    half = (keras.ops.cast(a, "bfloat16") for a in arguments)
    y = unpack(keras.ops.cast(depthwise_convolve(*half, strides), "float32"))
    scale = np.abs(expected.imag).max()
    np.testing.assert_allclose(y.imag, expected.imag, atol=3e-2 * scale)


def test_half_precision_never_takes_the_form_that_cancels():
    wide = np.zeros((3, 3, 512, 1024), "float32")
    assert bilinear.saves_by_three(keras.ops.cast(wide, "float32"), 1e4)
    assert not bilinear.saves_by_three(keras.ops.cast(wide, "float16"), 1e4)
    assert not bilinear.saves_by_three(keras.ops.cast(wide, "bfloat16"), 1e4)
