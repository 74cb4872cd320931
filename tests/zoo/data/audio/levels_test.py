"""Tests of the active speech level."""

import math

import numpy as np
import pytest
import soxr

from zoo.data.audio.levels import active_speech_level_db
from zoo.data.corpora import espeak

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


def _phrases(seed, sample_rate, seconds=6.0):
    """Noise in syllables, phrases and pauses, at an RMS of -26 dB."""
    generator = np.random.default_rng(seed)
    x = np.zeros(int(seconds * sample_rate))
    start = int(0.3 * sample_rate)
    while start < len(x) - sample_rate // 2:
        phrase = int(generator.uniform(0.6, 1.6) * sample_rate)
        time = np.arange(phrase) / sample_rate
        envelope = np.sin(np.pi * time / generator.uniform(0.15, 0.3)) ** 2
        envelope = envelope * generator.uniform(0.3, 1)
        syllables = envelope * generator.uniform(-1, 1, phrase)
        x[start : start + phrase] += syllables[: len(x) - start]
        start += phrase + int(generator.uniform(0.2, 1.2) * sample_rate)
    x += 1e-4 * generator.uniform(-1, 1, len(x))
    return x * 10 ** (-26 / 20) / np.sqrt(np.mean(x**2))


@pytest.mark.parametrize(
    "sample_rate, measured",
    [
        (8000, (-24.1558, -24.7277, -23.7483, -24.2307)),
        (16000, (-24.3658, -24.5089, -24.7451, -24.2937)),
    ],
)
def test_agrees_with_another_meter(sample_rate, measured):
    """The other one is `maracas.asl_meter` of the package maracas 0.0.1.

    Its thresholds are powers of two of full scale, between which it searches to
    0.1 dB.
    """
    for seed, expected in enumerate(measured):
        x = _phrases(seed, sample_rate)
        assert active_speech_level_db(x, sample_rate) == pytest.approx(
            expected, abs=0.02
        )


@pytest.mark.parametrize("sample_rate", [8000, 16000])
def test_agrees_with_the_recommendation_on_spoken_sentences(sample_rate):
    pytest.importorskip("espeakng_loader", reason="The extra `demo` is missing.")
    generator = np.random.default_rng(0)
    sentences = [espeak.draw_sentence(generator) for _ in range(2)]
    voice = espeak.list_voices()[0]
    spoken = [
        soxr.resample(waveform, rate, sample_rate)
        for waveform, rate in espeak.speak(sentences, voice)
    ]
    x = np.concatenate([spoken[0], np.zeros(sample_rate), spoken[1]])
    for peak in (0.9, 0.11):
        x = x * peak / np.abs(x).max()
        expected = _recommended(x, sample_rate)
        assert active_speech_level_db(x, sample_rate) == pytest.approx(
            expected, abs=0.1
        )


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
