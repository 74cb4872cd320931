"""Tests of the active speech level."""

import math

import numpy as np
import pytest

from zoo.data.levels import active_speech_level_db

RATE = 8000


def _bursts(seed=0, seconds=3.0):
    """Noise in syllables with pauses of different lengths."""
    generator = np.random.default_rng(seed)
    parts = []
    while sum(map(len, parts)) < seconds * RATE:
        loud = generator.normal(size=generator.integers(800, 4000))
        parts.append(generator.uniform(0.02, 0.2) * loud)
        parts.append(1e-4 * generator.normal(size=generator.integers(100, 6000)))
    return np.concatenate(parts)


def _recommended(x, sample_rate):
    """The algorithm of the recommendation, sample by sample."""
    g = math.exp(-1 / (0.03 * sample_rate))
    hangover = math.ceil(0.2 * sample_rate)
    thresholds = [2.0**-k for k in range(20, -1, -1)]
    active, hung = [0] * len(thresholds), [hangover] * len(thresholds)
    p = q = 0.0
    for value in np.abs(x).tolist():
        p = g * p + (1 - g) * value
        q = g * q + (1 - g) * p
        for j, threshold in enumerate(thresholds):
            if q >= threshold:
                active[j] += 1
                hung[j] = 0
            elif hung[j] < hangover:
                active[j] += 1
                hung[j] += 1
    power = float(np.sum(np.square(x)))
    before = None
    for count, threshold in zip(active, thresholds, strict=True):
        level = 10 * math.log10(power / count)
        excess = level - 20 * math.log10(threshold) - 15.9
        if excess <= 0:
            weight = before[1] / (before[1] - excess)
            return before[0] + weight * (level - before[0])
        before = level, excess
    return None


@pytest.mark.parametrize("seed", range(4))
def test_agrees_with_the_recommendation_sample_by_sample(seed):
    x = _bursts(seed)
    # The thresholds lie elsewhere between powers of two: on those of the
    # recommendation, `max q` is a power of two and the two agree to rounding.
    x = x * _gain_to_a_power_of_two(x)
    expected = _recommended(x, RATE)
    assert active_speech_level_db(x, RATE) == pytest.approx(expected, abs=1e-6)
    x = 0.77 * x
    expected = _recommended(x, RATE)
    assert active_speech_level_db(x, RATE) == pytest.approx(expected, abs=0.3)


def _gain_to_a_power_of_two(x):
    g = math.exp(-1 / (0.03 * RATE))
    p = q = highest = 0.0
    for value in np.abs(x).tolist():
        p = g * p + (1 - g) * value
        q = g * q + (1 - g) * p
        highest = max(highest, q)
    # A little more, so that rounding does not decide whether q reaches it.
    return 0.0625 * (1 + 1e-9) / highest


def test_pauses_do_not_change_the_level():
    noise = 0.1 * np.random.default_rng(0).normal(size=4 * RATE)
    pause = np.zeros(4 * RATE)
    level = active_speech_level_db(noise, RATE)
    paused = active_speech_level_db(np.concatenate([pause, noise, pause]), RATE)
    rms = 10 * np.log10(np.mean(noise**2))
    assert level == pytest.approx(rms, abs=0.1)
    # What the hangover adds: at most 0.2 s and the decay of the envelope, of 4 s.
    assert paused == pytest.approx(level, abs=0.6)
    mean_power = 10 * np.log10(np.mean(noise**2) / 3)
    assert paused > mean_power + 4


@pytest.mark.parametrize("gain", [1e-4, 0.3, 0.77, 50.0])
def test_follows_the_gain_exactly(gain):
    x = _bursts()
    level = active_speech_level_db(x, RATE)
    louder = active_speech_level_db(gain * x, RATE)
    assert louder - level == pytest.approx(20 * math.log10(gain), abs=1e-6)


def test_is_the_same_at_another_sample_rate():
    x = _bursts()
    twice = np.repeat(x, 2)
    assert active_speech_level_db(twice, 2 * RATE) == pytest.approx(
        active_speech_level_db(x, RATE), abs=0.05
    )


@pytest.mark.parametrize("samples", [1, 100, 20000])
def test_silence_is_at_minus_infinity(samples):
    assert active_speech_level_db(np.zeros(samples), RATE) == -math.inf


@pytest.mark.parametrize("samples", [1, 10, 3000])
def test_click_has_a_finite_level(samples):
    click = np.zeros(samples)
    click[0] = 1e-30
    assert math.isfinite(active_speech_level_db(click, RATE))


@pytest.mark.parametrize(
    "waveform, sample_rate, message",
    [
        (np.zeros((2, 5)), RATE, r"Received: waveform.shape=\(2, 5\)"),
        (np.zeros(0), RATE, r"Received: waveform.shape=\(0,\)"),
        (np.array([0, np.inf]), RATE, "finite"),
        (np.zeros(5), 0, "Received: sample_rate=0"),
    ],
)
def test_unfit_arguments_are_refused(waveform, sample_rate, message):
    with pytest.raises(ValueError, match=message):
        active_speech_level_db(waveform, sample_rate)
