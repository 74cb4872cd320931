"""Tests of mixtures of whole utterances."""

import numpy as np
import pytest
import soundfile

from zoo.data import audio
from zoo.data.audio.levels import active_speech_level_db
from zoo.data.corpora.corpus import scan
from zoo.data.mixtures.mixing import MixtureSpec, draw, mix, mix_files

RATE = 8000


def _noise(samples, level, seed):
    return level * np.random.default_rng(seed).normal(size=samples).astype("float32")


@pytest.mark.parametrize("mode, samples", [("min", 6000), ("max", 9000)])
def test_length_follows_the_mode(mode, samples):
    waveforms = [_noise(9000, 0.1, 0), _noise(6000, 0.01, 1)]
    result = mix(waveforms, (1.0, -1.0), RATE, mode)
    assert result.mixture.shape == (samples,)
    assert result.sources.shape == (2, samples)
    for source, waveform, gain in zip(
        result.sources, waveforms, result.gains, strict=True
    ):
        used = waveform[:samples]
        np.testing.assert_allclose(source[: len(used)], gain * used, rtol=1e-5)
        assert not source[len(used) :].any()


def test_sources_add_up_and_peak_at_nine_tenths():
    waveforms = [_noise(6000, 0.1, 0), _noise(6000, 5.0, 1), _noise(6000, 1e-4, 2)]
    result = mix(waveforms, (2.0, -2.0, 0.0), RATE)
    np.testing.assert_array_equal(result.mixture, result.sources.sum(axis=0))
    peak = max(np.abs(result.mixture).max(), np.abs(result.sources).max())
    assert peak == pytest.approx(0.9, abs=1e-5)


@pytest.mark.parametrize("snr_db", [0.0, 3.3, 5.0])
def test_snr_is_that_of_the_active_levels(snr_db):
    # Pauses of the first, which lower its mean power, leave the ratio alone.
    first = np.concatenate([_noise(8000, 0.2, 0), np.zeros(16000, "float32")])
    second = _noise(24000, 0.01, 1)
    result = mix([first, second], (snr_db / 2, -snr_db / 2), RATE)
    levels = [active_speech_level_db(source, RATE) for source in result.sources]
    assert levels[0] - levels[1] == pytest.approx(snr_db, abs=1e-3)


@pytest.mark.parametrize(
    "waveforms, options, message",
    [
        ([np.ones(9), np.zeros(9)], {}, r"Received: waveforms\[1\], silent"),
        ([np.ones(9)], {}, "Received: 1 waveforms and 2 levels"),
        ([np.ones(9), np.ones(9)], {"mode": "mean"}, "Received: mode='mean'"),
    ],
)
def test_unfit_arguments_are_refused(waveforms, options, message):
    with pytest.raises(ValueError, match=message):
        mix(waveforms, (1.0, -1.0), RATE, **options)


def test_draw_repeats_itself_and_takes_different_speakers(make_corpus):
    corpus = scan([make_corpus("one"), make_corpus("two")])
    specs = draw(corpus, num_mixtures=30, num_speakers=3, seed=2)
    assert specs == draw(corpus, num_mixtures=30, num_speakers=3, seed=2)
    assert specs[:7] == draw(corpus, num_mixtures=7, num_speakers=3, seed=2)
    assert specs != draw(corpus, num_mixtures=30, num_speakers=3, seed=3)
    for spec in specs:
        assert len({utterance.speaker for utterance in spec.utterances}) == 3


def test_name_tells_utterances_and_levels(make_corpus):
    utterances = scan(make_corpus(count=1)).utterances
    spec = MixtureSpec((utterances[0], utterances[2]), (1.23456789, -1.23456789))
    assert spec.name == "anna-000_1.2346_cleo-000_-1.2346"
    named = scan(make_corpus("wsj", speakers=("000", "00"), count=1)).utterances
    assert MixtureSpec((named[1], named[0]), (0.5, -0.5)).name == "000_0.5_000_-0.5"


def test_files_are_read_and_resampled(make_corpus):
    slow = scan(make_corpus("slow", count=1)).utterances
    fast = scan(make_corpus("fast", count=1, sample_rate=16000)).utterances
    spec = MixtureSpec((slow[0], fast[1]), (0.0, 0.0))
    result = mix_files(spec, sample_rate=8000)
    waveforms = [
        audio.read(utterance.path, 8000, resample=True)[0]
        for utterance in spec.utterances
    ]
    np.testing.assert_array_equal(
        result.mixture, mix(waveforms, (0.0, 0.0), 8000).mixture
    )
    with pytest.raises(ValueError, match="must be 8000 Hz"):
        mix_files(spec)


def test_silent_file_is_named(make_corpus):
    folder = make_corpus(count=1)
    soundfile.write(folder / "ben" / "000.wav", np.zeros(800), 8000)
    utterances = scan(folder).utterances
    spec = MixtureSpec(tuple(utterances[:2]), (0.0, 0.0))
    with pytest.raises(ValueError, match=r"Received: path='.*ben.000.wav', silent"):
        mix_files(spec)
