"""Tests of the scales of hearing and their filterbanks."""

import numpy as np
import pytest

from keras_complex.filterbanks import erb_to_hz, hz_to_erb, hz_to_mel, mel_to_hz
from keras_complex.ops import erb_filterbank, mel_filterbank


@pytest.mark.parametrize("scale", ["htk", "slaney"])
def test_mel_scales_invert(scale):
    hz = np.linspace(0, 20000, 1001)
    np.testing.assert_allclose(mel_to_hz(hz_to_mel(hz, scale), scale), hz, atol=1e-8)
    assert np.all(np.diff(hz_to_mel(hz, scale)) > 0)


def test_mel_scales_have_their_known_points():
    # 1000 Hz is 1000 mel by O'Shaughnessy's fit, 15 of Slaney's, who has 27 more
    # steps to 6400 Hz.
    assert hz_to_mel(1000.0) == pytest.approx(1000, abs=0.02)
    assert hz_to_mel(700.0) == pytest.approx(2595 * np.log10(2))
    assert hz_to_mel(500.0, "slaney") == pytest.approx(7.5)
    assert hz_to_mel(1000.0, "slaney") == pytest.approx(15)
    assert hz_to_mel(6400.0, "slaney") == pytest.approx(42)


def test_erb_scale_is_the_sum_of_bandwidths():
    # Glasberg & Moore (1990), Equation 3: a bandwidth of 24.7 (0.00437 f + 1) Hz.
    hz = np.linspace(50, 15000, 400)
    step = 1e-3
    per_hz = (hz_to_erb(hz + step) - hz_to_erb(hz - step)) / (2 * step)
    np.testing.assert_allclose(1 / per_hz, 24.7 * (0.00437 * hz + 1), rtol=5e-3)
    np.testing.assert_allclose(erb_to_hz(hz_to_erb(hz)), hz)


@pytest.mark.parametrize("scale", ["htk", "slaney"])
@pytest.mark.parametrize("normalization", [None, "slaney"])
def test_mel_filters_are_triangles(scale, normalization):
    arguments = {"low_hz": 80.0, "high_hz": 7600.0, "scale": scale}
    matrix = mel_filterbank(20, 16000, 1024, normalization=normalization, **arguments)
    ends = hz_to_mel(np.array([80.0, 7600.0]), scale)
    corners = mel_to_hz(np.linspace(ends[0], ends[1], 22), scale)
    hz = np.arange(513) * 16000 / 1024
    for band in range(20):
        low, centre, high = corners[band : band + 3]
        height = 2 / (high - low) if normalization else 1.0
        expected = np.interp(hz, [low, centre, high], [0, height, 0])
        np.testing.assert_allclose(matrix[:, band], expected, atol=1e-12)


def test_filters_of_slaney_have_one_area():
    matrix = mel_filterbank(24, 16000, 8192, scale="slaney", normalization="slaney")
    np.testing.assert_allclose(matrix.sum(axis=0) * 16000 / 8192, 1, atol=2e-3)


def test_mel_filters_of_equal_height_sum_to_one_inside():
    matrix = mel_filterbank(24, 8000, 512)
    first, last = (np.argmax(matrix[:, band]) for band in (0, -1))
    np.testing.assert_allclose(matrix.sum(axis=1)[first + 1 : last], 1, atol=1e-12)


@pytest.mark.parametrize(
    ("num_bands", "sample_rate", "fft_length", "min_bins"),
    [(32, 48000, 960, 2), (24, 8000, 256, 2), (65, 8000, 256, 1), (64, 8000, 256, 2)],
)
def test_erb_bands_divide_the_bins(num_bands, sample_rate, fft_length, min_bins):
    matrix = erb_filterbank(num_bands, sample_rate, fft_length, min_bins)
    member = matrix > 0
    np.testing.assert_array_equal(member.sum(axis=1), 1)
    assert np.all(member.sum(axis=0) >= min_bins)
    np.testing.assert_allclose(matrix.sum(axis=0), 1)
    assert np.all(np.diff(np.argmax(member, axis=1)) >= 0)
    # The inverse copies a band to its bins.
    np.testing.assert_allclose(np.linalg.pinv(matrix), member.T, atol=1e-12)


def test_erb_bands_have_equal_widths_where_bins_are_many():
    matrix = erb_filterbank(16, 16000, 16384, 1)
    hz = np.arange(8193) * 16000 / 16384
    ends = [hz[np.flatnonzero(matrix[:, band])[[0, -1]]] for band in range(16)]
    widths = [hz_to_erb(high) - hz_to_erb(low) for low, high in ends]
    np.testing.assert_allclose(widths, hz_to_erb(8000.0) / 16, rtol=0.02)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: mel_filterbank(0, 8000, 256), "must be positive and `fft_length`"),
        (lambda: mel_filterbank(8, 8000, 255), "must be positive and `fft_length`"),
        (lambda: mel_filterbank(8, 8000, 256, high_hz=5000.0), "between 0 and half"),
        (lambda: mel_filterbank(8, 8000, 256, low_hz=-1.0), "between 0 and half"),
        (lambda: mel_filterbank(128, 8000, 256), "Every filter must cover a bin"),
        (lambda: mel_filterbank(8, 8000, 256, scale="bark"), '`scale` must be "htk"'),
        (
            lambda: mel_filterbank(8, 8000, 256, normalization="l1"),
            '`normalization` must be None or "slaney"',
        ),
        (lambda: erb_filterbank(65, 8000, 256, 2), "Each band must have `min_bins`"),
        (lambda: erb_filterbank(8, 8000, 256, 0), "Each band must have `min_bins`"),
    ],
)
def test_rejects_invalid_arguments(make, message):
    with pytest.raises(ValueError, match=message):
        make()
