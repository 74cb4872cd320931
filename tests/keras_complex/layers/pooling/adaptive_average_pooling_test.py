"""Tests of the adaptive average pooling layers, against loops over windows."""

import keras
import numpy as np
import pytest
from hypothesis import given

from keras_complex.layers import (
    ComplexAdaptiveAveragePooling1D,
    ComplexAdaptiveAveragePooling2D,
)
from tests.complex_numpy import complex_normal, pack, unpack
from tests.contract import check_layer
from tests.fuzzing import check_finite, fuzz, signals


@pytest.mark.parametrize(
    ("cls", "size", "shape"),
    [
        (ComplexAdaptiveAveragePooling1D, (4,), (2, 7, 4)),
        (ComplexAdaptiveAveragePooling2D, (4, 3), (2, 8, 7, 4)),
    ],
)
def test_honours_the_contract(tmp_path, cls, size, shape):
    check_layer(cls, {"output_size": size}, [shape], tmp_path)


def average_by_loops(z, size, axis):
    n = z.shape[axis]
    windows = [range(i * n // size, -(-(i + 1) * n // size)) for i in range(size)]
    return np.stack([z.take(w, axis).mean(axis) for w in windows], axis)


@pytest.mark.parametrize("size", [(1, 1), (3, 4), (5, 7), (8, 7)])
def test_averages_each_window(rng, size):
    z = complex_normal(rng, 2, 8, 7, 3)
    y = unpack(ComplexAdaptiveAveragePooling2D(size)(pack(z)))
    expected = average_by_loops(average_by_loops(z, size[0], 1), size[1], 2)
    np.testing.assert_allclose(y, expected, atol=1e-6)


def test_windows_are_those_of_keras(rng):
    x = pack(complex_normal(rng, 2, 8, 7, 3))
    y = ComplexAdaptiveAveragePooling2D((3, 4))(x)
    expected = keras.layers.AdaptiveAveragePooling2D((3, 4))(x)
    np.testing.assert_allclose(
        keras.ops.convert_to_numpy(y), keras.ops.convert_to_numpy(expected), atol=1e-6
    )


def test_one_axis_is_averaged_as_by_loops(rng):
    z = complex_normal(rng, 2, 11, 3)
    y = unpack(ComplexAdaptiveAveragePooling1D(4)(pack(z)))
    bounds = [(0, 3), (2, 6), (5, 9), (8, 11)]
    expected = np.stack([z[:, a:b].mean(1) for a, b in bounds], axis=1)
    np.testing.assert_allclose(y, expected, atol=1e-6)


def test_is_linear_over_complex_scalars(rng):
    z, w = complex_normal(rng, 2, 1, 9, 2)
    layer, factor = ComplexAdaptiveAveragePooling1D(4), 2 - 3j
    y = unpack(layer(pack(factor * z + w)))
    expected = factor * unpack(layer(pack(z))) + unpack(layer(pack(w)))
    np.testing.assert_allclose(y, expected, atol=1e-5)


def test_rejects_a_size_of_zero():
    with pytest.raises(ValueError, match="`output_size` must be a positive integer"):
        ComplexAdaptiveAveragePooling2D(0)


def test_rejects_more_windows_than_values():
    with pytest.raises(ValueError, match="must not exceed the size of the input"):
        ComplexAdaptiveAveragePooling1D(9).build((None, 8, 2))


@fuzz
@given(x=signals(rank=4, minimum=3))
def test_survives_any_input(x):
    check_finite(ComplexAdaptiveAveragePooling2D((2, 3)), x)
