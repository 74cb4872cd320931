"""Tests of the spectral pooling layers, against NumPy's FFT."""

import numpy as np
import pytest
from hypothesis import given

from keras_complex.layers import ComplexSpectralPooling1D, ComplexSpectralPooling2D
from tests.complex_numpy import complex_normal, pack, unpack
from tests.contract import check_layer
from tests.fuzzing import check_finite, fuzz, signals


def crop_spectrum(z, size, axis):
    n = z.shape[axis]
    spectrum = np.fft.fftshift(np.fft.fft(z, axis=axis), axes=axis)
    first = n // 2 - size // 2
    spectrum = np.take(spectrum, range(first, first + size), axis)
    y = np.fft.ifft(np.fft.ifftshift(spectrum, axes=axis), axis=axis)
    return y * size / n


@pytest.mark.parametrize(
    ("cls", "size", "shape"),
    [
        (ComplexSpectralPooling1D, (4,), (2, 7, 4)),
        (ComplexSpectralPooling2D, (4, 3), (2, 8, 6, 4)),
    ],
)
def test_honours_the_contract(tmp_path, cls, size, shape):
    check_layer(cls, {"output_size": size}, [shape], tmp_path)


@pytest.mark.parametrize("size", [1, 4, 5, 9, 10])
@pytest.mark.parametrize("steps", [10, 11])
def test_crops_the_spectrum(rng, size, steps):
    z = complex_normal(rng, 2, steps, 3)
    y = unpack(ComplexSpectralPooling1D(size)(pack(z)))
    np.testing.assert_allclose(y, crop_spectrum(z, size, 1), atol=2e-6)


def test_crops_both_axes(rng):
    z = complex_normal(rng, 2, 12, 7, 3)
    y = unpack(ComplexSpectralPooling2D((5, 4))(pack(z)))
    expected = crop_spectrum(crop_spectrum(z, 5, 1), 4, 2)
    np.testing.assert_allclose(y, expected, atol=2e-6)


def test_samples_slow_waves_anew():
    old, new = np.arange(20)[:, None] / 20, np.arange(8)[:, None] / 8
    z = [np.exp(2j * np.pi * k * time) for time in (old, new) for k in (0, 3, -4)]
    before, after = np.concatenate(z[:3], -1), np.concatenate(z[3:], -1)
    y = unpack(ComplexSpectralPooling1D(8)(pack(before[None])))
    np.testing.assert_allclose(y[0], after, atol=1e-5)


def test_is_exact_for_long_inputs(rng):
    z = complex_normal(rng, 1, 5000, 1)
    y = unpack(ComplexSpectralPooling1D(1000)(pack(z)))
    np.testing.assert_allclose(y, crop_spectrum(z, 1000, 1), atol=1e-5)


def test_is_linear_over_complex_scalars(rng):
    z, w = complex_normal(rng, 2, 1, 9, 2)
    layer, factor = ComplexSpectralPooling1D(4), 2 - 3j
    y = unpack(layer(pack(factor * z + w)))
    expected = factor * unpack(layer(pack(z))) + unpack(layer(pack(w)))
    np.testing.assert_allclose(y, expected, atol=1e-5)


def test_rejects_a_size_of_zero():
    with pytest.raises(ValueError, match="`output_size` must be a positive integer"):
        ComplexSpectralPooling2D(0)


def test_rejects_more_frequencies_than_there_are():
    with pytest.raises(ValueError, match="must not exceed the size of the input"):
        ComplexSpectralPooling2D((4, 9)).build((None, None, 8, 2))


@fuzz
@given(x=signals(rank=4, minimum=3))
def test_survives_any_input(x):
    check_finite(ComplexSpectralPooling2D((2, 3)), x)
