"""Tests of the filter in front of VOICEBOX's level meter."""

import numpy as np
import pytest

from tests.zoo.conftest import babble
from zoo.data.audio.level_filter import highpass_200_hz
from zoo.data.audio.levels import active_speech_level_db


def _magnitude(frequencies_hz, sample_rate):
    """|H(w)|^2 = 1 / (1 + 1 / (e^2 T_5(w / s)^2)), relative to w of 200 Hz."""
    w = np.tan(np.pi * frequencies_hz / sample_rate)
    w = np.abs(w) / np.tan(np.pi * 200 / sample_rate)
    inverse_e = np.sqrt(10**5 - 1)
    edge = np.cosh(np.arccosh(inverse_e / np.sqrt(10**0.025 - 1)) / 5)
    t = np.polynomial.chebyshev.Chebyshev.basis(5)(w * edge) / inverse_e
    return np.abs(t) / np.hypot(1, t)


@pytest.mark.parametrize("sample_rate", [8000, 16000])
def test_magnitude_is_that_of_the_filter(sample_rate):
    impulse = np.zeros(3 * sample_rate)
    impulse[0] = 1
    result = np.abs(np.fft.rfft(highpass_200_hz(impulse, sample_rate)))
    frequencies_hz = np.fft.rfftfreq(len(impulse), 1 / sample_rate)
    expected = _magnitude(frequencies_hz, sample_rate)
    np.testing.assert_allclose(result, expected, atol=1e-4)


def test_zeros_are_where_voicebox_has_them():
    """Its constants are 0.37843443673309 and 0.23388534441447 of 200 Hz."""
    time = np.arange(80000) / 8000
    for zero in (0.37843443673309, 0.23388534441447):
        hz = 8000 / np.pi * np.arctan(zero * np.tan(np.pi * 200 / 8000))
        for factor, highest in ((1, 1e-4), (1.5, np.inf)):
            tone = np.hanning(80000) * np.sin(2 * np.pi * factor * hz * time)
            peak = np.abs(highpass_200_hz(tone, 8000)).max()
            assert peak <= highest
        assert peak > 2e-3


@pytest.mark.parametrize("pitch_hz", [90, 130, 220])
def test_level_does_not_depend_on_the_phase(pitch_hz):
    generator = np.random.default_rng(0)
    time = np.arange(32000) / 8000
    voiced = sum(np.sin(2 * np.pi * k * pitch_hz * time) / k for k in range(1, 9))
    x = voiced * np.abs(np.sin(np.pi * time / 0.4)) + babble(4, 8000, generator) / 9
    length = len(x) + 8000
    spectrum = np.fft.rfft(x, length) * _magnitude(
        np.fft.rfftfreq(length, 1 / 8000), 8000
    )
    without_phase = np.fft.irfft(spectrum, length)[: len(x)]
    level = active_speech_level_db(highpass_200_hz(x, 8000), 8000)
    assert level == pytest.approx(active_speech_level_db(without_phase, 8000), abs=0.05)
    if pitch_hz < 200:
        assert level < active_speech_level_db(x, 8000) - 1
