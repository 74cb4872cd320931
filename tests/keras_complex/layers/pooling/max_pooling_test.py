"""Tests of ComplexMaxUnpooling2D."""

import itertools

import numpy as np
import pytest
from hypothesis import given

from keras_complex.layers import ComplexMaxPooling2D, ComplexMaxUnpooling2D
from tests.complex_numpy import complex_normal, pack, unpack
from tests.contract import check_layer
from tests.fuzzing import check_finite, fuzz, signals
from tests.gradients import layer_gradients


def test_honours_the_contract(tmp_path):
    shapes = [(2, 2, 2, 4), (2, 7, 5, 4)]
    check_layer(ComplexMaxUnpooling2D, {"pool_size": (3, 2)}, shapes, tmp_path)


def test_puts_values_where_they_were_found(rng):
    reference = complex_normal(rng, 2, 7, 5, 3)
    values = complex_normal(rng, 2, 2, 2, 3)
    y = unpack(ComplexMaxUnpooling2D((3, 2))([pack(values), pack(reference)]))
    expected = np.zeros(reference.shape, complex)
    for b, i, j, c in itertools.product(*map(range, values.shape)):
        window = reference[b, 3 * i : 3 * i + 3, 2 * j : 2 * j + 2, c]
        row, column = np.unravel_index(np.argmax(abs(window)), window.shape)
        expected[b, 3 * i + row, 2 * j + column, c] = values[b, i, j, c]
    np.testing.assert_allclose(y, expected, atol=1e-6)


def test_pooling_undoes_it(rng):
    reference = pack(complex_normal(rng, 2, 8, 6, 3))
    values = complex_normal(rng, 2, 4, 3, 3)
    y = ComplexMaxUnpooling2D()([pack(values), reference])
    np.testing.assert_allclose(unpack(ComplexMaxPooling2D()(y)), values, atol=1e-6)


def test_equal_magnitudes_leave_one_value():
    y = unpack(ComplexMaxUnpooling2D()([np.ones((1, 1, 1, 2)), np.zeros((1, 2, 2, 2))]))
    np.testing.assert_array_equal(y.ravel(), [1 + 1j, 0, 0, 0])


def test_the_gradient_goes_to_the_values(rng):
    reference, upstream = (pack(complex_normal(rng, 1, 4, 4, 1)) for _ in range(2))
    values = pack(complex_normal(rng, 1, 2, 2, 1))
    (g, g_reference), _ = layer_gradients(
        ComplexMaxUnpooling2D(), [values, reference], upstream
    )
    np.testing.assert_array_equal(g_reference, 0)
    placed = unpack(ComplexMaxUnpooling2D()([values, reference]))
    weights = unpack(upstream)[placed != 0]
    assert set(np.round(unpack(g), 5).ravel()) == set(np.round(weights, 5))


def test_rejects_windows_that_are_none():
    with pytest.raises(ValueError, match="`pool_size` must be a positive integer"):
        ComplexMaxUnpooling2D((2, 0))


@fuzz
@given(reference=signals(rank=4, channels=2, minimum=2))
def test_survives_any_input(reference):
    values = ComplexMaxPooling2D()(reference)
    check_finite(ComplexMaxUnpooling2D(), np.array(values), reference)
