"""Tests of bilinear up-sampling, against `np.interp`."""

import numpy as np
import pytest
from keras import ops as kops

from keras_complex.ops import upsample_bilinear
from tests.gradients import assert_close, gradient


def interpolate(x, axis):
    size = x.shape[axis]
    places = np.linspace(0, size - 1, 2 * size)
    return np.apply_along_axis(lambda v: np.interp(places, range(size), v), axis, x)


@pytest.mark.parametrize("axis", [1, 2])
@pytest.mark.parametrize("size", [1, 2, 5, 8])
def test_interpolates_between_aligned_corners(rng, axis, size):
    x = rng.normal(size=(2, size, size + 1, 4)).astype("float32")
    y = kops.convert_to_numpy(upsample_bilinear(x, axis))
    assert_close(y, interpolate(x, axis), 1e-6)


@pytest.mark.parametrize("axis", [1, 2])
def test_gradient_is_the_transpose(rng, axis):
    x = rng.normal(size=(1, 5, 6, 2)).astype("float32")
    y = rng.normal(size=interpolate(x, axis).shape).astype("float32")
    (g,) = gradient(lambda x: kops.sum(kops.multiply(y, upsample_bilinear(x, axis))), x)
    assert np.sum(g * x) == pytest.approx(np.sum(y * interpolate(x, axis)), rel=1e-4)
    # On an impulse in each place: the whole matrix, column by column.
    for place in range(x.shape[axis]):
        impulse = np.zeros_like(x)
        np.moveaxis(impulse, axis, 0)[place] = 1
        expected = np.sum(y * interpolate(impulse, axis))
        actual = np.sum(np.moveaxis(g, axis, 0)[place])
        assert actual == pytest.approx(expected, rel=1e-3, abs=1e-4)
