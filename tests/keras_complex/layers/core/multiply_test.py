"""Tests of ComplexMultiply."""

import numpy as np
import pytest
from hypothesis import given

from keras_complex.layers import ComplexMultiply
from tests.complex_numpy import complex_normal, pack, unpack
from tests.contract import check_layer
from tests.fuzzing import check_finite, fuzz, signals


@pytest.mark.parametrize("channels", [2, 6])
def test_honours_the_contract(tmp_path, channels):
    shapes = [(2, 5, 4, 6), (2, 5, 4, channels)]
    check_layer(ComplexMultiply, {}, shapes, tmp_path)


def test_applies_several_masks_to_one_mixture(rng):
    masks, mixture = complex_normal(rng, 2, 5, 4, 3), complex_normal(rng, 2, 5, 4, 1)
    product = unpack(ComplexMultiply()([pack(masks), pack(mixture)]))
    np.testing.assert_allclose(product, masks * mixture, atol=1e-6)


def test_rejects_other_channels():
    with pytest.raises(ValueError, match="Received: 3 and 2 channels"):
        ComplexMultiply().build([(1, 4, 6), (1, 4, 4)])


def test_rejects_a_single_input():
    with pytest.raises(ValueError, match="expects a list of two inputs"):
        ComplexMultiply().build((1, 4, 6))


@fuzz
@given(x=signals(rank=4, channels=2))
def test_survives_any_input(x):
    # The square of what is drawn stays within float32.
    check_finite(ComplexMultiply(), x, x[:, ::-1].copy())
