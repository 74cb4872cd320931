import io

import numpy as np
import pytest

from zoo.training.pictures import encode_png, magnitude_picture, phase_picture


def make_spectrogram():
    """Silence but for one loud and one soft bin, of phases 0 and 120 degrees."""
    spectrogram = np.zeros((4, 5, 2), "float32")
    spectrogram[0, 0] = (2.0, 0.0)
    spectrogram[3, 4] = 0.02 * np.array([np.cos(2 * np.pi / 3), np.sin(2 * np.pi / 3)])
    return spectrogram


def test_magnitude_is_bright_where_it_is_loud_and_low_bins_are_below():
    pixels = magnitude_picture(make_spectrogram())
    assert pixels.shape == (5, 4, 3)
    assert pixels.dtype == np.uint8
    brightness = pixels.sum(axis=-1)
    assert brightness.argmax() == np.ravel_multi_index((4, 0), (5, 4))
    assert brightness[4, 0] > brightness[0, 3] > brightness[2, 2]


def test_phase_is_hue():
    pixels = phase_picture(make_spectrogram())
    assert pixels[4, 0].argmax() == 0  # Red is phase 0.
    assert pixels[0, 3].argmax() == 1  # Green is 120 degrees.
    assert pixels[2, 2].max() <= 4


def test_silence_is_dark():
    silence = np.zeros((3, 2, 2), "float32")
    assert magnitude_picture(silence).max() <= 4
    assert phase_picture(silence).max() <= 4


def test_png_holds_the_pixels():
    image = pytest.importorskip("PIL.Image")
    pixels = np.random.default_rng(0).integers(0, 256, (7, 5, 3)).astype("uint8")
    decoded = image.open(io.BytesIO(encode_png(pixels)))
    np.testing.assert_array_equal(np.asarray(decoded), pixels)
