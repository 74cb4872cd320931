"""Tests of ComplexUpSampling1D, 2D and 3D."""

import keras
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keras_complex.layers import (
    ComplexUpSampling1D,
    ComplexUpSampling2D,
    ComplexUpSampling3D,
)
from tests.complex_numpy import channels_last, complex_normal, pack, unpack
from tests.contract import check_layer
from tests.fuzzing import check_finite, fuzz, signals
from tests.gradients import assert_close

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


@pytest.mark.parametrize(
    ("size", "interpolation", "align_corners"),
    [
        ((3, 1), "nearest", True),
        ((3, 1), "bilinear", True),
        ((3, 1), "bilinear", False),
        ((4, 1), "bilinear", False),
    ],
)
def test_maps_honours_the_contract(
    tmp_path, size, interpolation, align_corners, monkeypatch
):
    defaults = (2, "other", not align_corners)
    monkeypatch.setattr(ComplexUpSampling2D.__init__, "__defaults__", defaults)
    arguments = {
        "size": size,
        "interpolation": interpolation,
        "align_corners": align_corners,
    }
    check_layer(ComplexUpSampling2D, arguments, [(2, 5, 6, 4)], tmp_path)


def test_meets_the_published_layer(golden):
    _, arrays = golden("up_block")
    y = ComplexUpSampling2D()(channels_last(arrays["in.x1"]))
    expected = channels_last(arrays["mid.upsampled"])
    assert_close(keras.ops.convert_to_numpy(y), expected, 1e-6)


def test_maps_commutes_with_a_phase_rotation(rng):
    z, rotation = complex_normal(rng, 1, 4, 5, 2), np.exp(0.7j)
    layer = ComplexUpSampling2D()
    rotated = unpack(layer(pack(rotation * z)))
    np.testing.assert_allclose(rotated, rotation * unpack(layer(pack(z))), atol=1e-6)


def test_bilinear_interpolation_aligns_corners(rng):
    z = complex_normal(rng, 1, 5, 4, 2)
    y = unpack(ComplexUpSampling2D((3, 4))(pack(z)))
    for axis, size in ((1, 3), (2, 4)):
        n = z.shape[axis]
        places = np.linspace(0, n - 1, size * n)
        z = np.apply_along_axis(
            lambda v, p=places: np.interp(p, range(len(v)), v), axis, z
        )
    np.testing.assert_allclose(y, z, atol=1e-5)


@pytest.mark.parametrize("size", [(2, 2), (3, 4), (1, 2)])
def test_bilinear_interpolation_takes_centres_of_pixels(rng, size):
    z = complex_normal(rng, 1, 5, 4, 2)
    y = unpack(ComplexUpSampling2D(size, align_corners=False)(pack(z)))
    for axis, factor in zip((1, 2), size, strict=True):
        n = z.shape[axis]
        places = (np.arange(factor * n) + 0.5) / factor - 0.5
        z = np.apply_along_axis(
            lambda v, p=places: np.interp(p, range(len(v)), v), axis, z
        )
    np.testing.assert_allclose(y, z, atol=1e-5)


def test_nearest_interpolation_repeats(rng):
    z = complex_normal(rng, 1, 4, 5, 2)
    y = unpack(ComplexUpSampling2D((2, 3), "nearest")(pack(z)))
    np.testing.assert_allclose(y, z.repeat(2, 1).repeat(3, 2), atol=1e-6)


def test_configurations_without_arguments_still_load(rng):
    x = pack(complex_normal(rng, 1, 4, 5, 2))
    old = ComplexUpSampling2D.from_config({"name": "up", "trainable": True})
    np.testing.assert_array_equal(
        keras.ops.convert_to_numpy(old(x)),
        keras.ops.convert_to_numpy(ComplexUpSampling2D(2, "bilinear")(x)),
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"size": 0}, "`size` must be a positive integer"),
        ({"size": (2, 2, 2)}, "`size` must be a positive integer"),
        ({"interpolation": "cubic"}, '`interpolation` must be "bilinear" or "nearest"'),
    ],
)
def test_rejects_invalid_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        ComplexUpSampling2D(**arguments)


@fuzz
@given(
    x=signals(rank=4),
    size=st.integers(1, 4),
    interpolation=st.sampled_from(["nearest", "bilinear"]),
    align_corners=st.booleans(),
)
def test_maps_survives_any_input(x, size, interpolation, align_corners):
    check_finite(ComplexUpSampling2D(size, interpolation, align_corners), x)
