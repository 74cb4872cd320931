"""Tests of bilinear up-sampling, against `np.interp`."""

import numpy as np
import pytest
from keras import ops as kops

from keras_complex.ops import upsample_bilinear, upsample_nearest
from tests.gradients import assert_close, gradient


def interpolate(x, axis, factor, align_corners=True):
    size = x.shape[axis]
    places = np.linspace(0, size - 1, factor * size)
    if not align_corners:
        places = (np.arange(factor * size) + 0.5) / factor - 0.5
    return np.apply_along_axis(lambda v: np.interp(places, range(size), v), axis, x)


@pytest.mark.parametrize("axis", [1, 2])
@pytest.mark.parametrize("size", [1, 2, 5, 8])
@pytest.mark.parametrize("factor", [1, 2, 3, 5])
@pytest.mark.parametrize("align_corners", [True, False])
def test_interpolates_as_numpy(rng, axis, size, factor, align_corners):
    x = rng.normal(size=(2, size, size + 1, 4)).astype("float32")
    y = kops.convert_to_numpy(upsample_bilinear(x, axis, factor, align_corners))
    assert_close(y, interpolate(x, axis, factor, align_corners), 1e-6)


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_repeats_values(rng, axis):
    x = rng.normal(size=(2, 3, 4)).astype("float32")
    y = kops.convert_to_numpy(upsample_nearest(x, axis, 3))
    np.testing.assert_array_equal(y, x.repeat(3, axis))


@pytest.mark.parametrize("axis", [1, 2])
@pytest.mark.parametrize("factor", [2, 3])
@pytest.mark.parametrize("align_corners", [True, False])
def test_gradient_is_the_transpose(rng, axis, factor, align_corners):
    x = rng.normal(size=(1, 5, 6, 2)).astype("float32")
    expected = interpolate(x, axis, factor, align_corners)
    y = rng.normal(size=expected.shape).astype("float32")

    def product(x):
        return kops.sum(
            kops.multiply(y, upsample_bilinear(x, axis, factor, align_corners))
        )

    (g,) = gradient(product, x)
    assert np.sum(g * x) == pytest.approx(np.sum(y * expected), rel=1e-3)
    # On an impulse in each place: the whole matrix, column by column.
    for place in range(x.shape[axis]):
        impulse = np.zeros_like(x)
        np.moveaxis(impulse, axis, 0)[place] = 1
        expected = np.sum(y * interpolate(impulse, axis, factor, align_corners))
        actual = np.sum(np.moveaxis(g, axis, 0)[place])
        assert actual == pytest.approx(expected, rel=1e-3, abs=1e-4)
