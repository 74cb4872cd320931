"""Tests of ComplexUpSampling1D and ComplexUpSampling3D."""

import numpy as np
import pytest
from hypothesis import given

from keras_complex.layers import ComplexUpSampling1D, ComplexUpSampling3D
from tests.complex_numpy import complex_normal, pack, unpack
from tests.contract import check_layer
from tests.fuzzing import check_finite, fuzz, signals

LAYERS = [(ComplexUpSampling1D, (3,)), (ComplexUpSampling3D, (3, 1, 2))]


@pytest.mark.parametrize(("cls", "size"), LAYERS)
def test_honours_the_contract(tmp_path, cls, size):
    check_layer(cls, {"size": size}, [(2, *(4, 5, 3)[: len(size)], 4)], tmp_path)


@pytest.mark.parametrize(("cls", "size"), LAYERS)
def test_repeats_values(rng, cls, size):
    z = complex_normal(rng, 2, *(4, 5, 3)[: len(size)], 2)
    expected = z
    for axis, factor in enumerate(size, start=1):
        expected = expected.repeat(factor, axis)
    np.testing.assert_allclose(unpack(cls(size)(pack(z))), expected, atol=1e-6)


@pytest.mark.parametrize("cls", [ComplexUpSampling1D, ComplexUpSampling3D])
def test_commutes_with_a_phase_rotation(rng, cls):
    z = complex_normal(rng, 1, *(4,) * (1 if cls is ComplexUpSampling1D else 3), 2)
    rotated = unpack(cls()(pack(np.exp(0.7j) * z)))
    expected = np.exp(0.7j) * unpack(cls()(pack(z)))
    np.testing.assert_allclose(rotated, expected, atol=1e-6)


@pytest.mark.parametrize(("cls", "size"), LAYERS)
def test_rejects_invalid_sizes(cls, size):
    with pytest.raises(ValueError, match="`size` must be a positive integer"):
        cls((*size, 2))


@fuzz
@given(x=signals(rank=3))
def test_survives_any_input(x):
    check_finite(ComplexUpSampling1D(3), x)
