"""Tests of convolution and of complex products, against native complex NumPy."""

import keras
import numpy as np
import pytest

from keras_complex.ops import bilinear, convolve
from tests.complex_numpy import complex_normal, pack, unpack


@pytest.mark.parametrize("products", ["three_products", "four_products"])
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


def test_half_precision_never_takes_the_form_that_cancels():
    wide = np.zeros((3, 3, 512, 1024), "float32")
    assert bilinear.saves_by_three(keras.ops.cast(wide, "float32"), 1e4)
    assert not bilinear.saves_by_three(keras.ops.cast(wide, "float16"), 1e4)
    assert not bilinear.saves_by_three(keras.ops.cast(wide, "bfloat16"), 1e4)
