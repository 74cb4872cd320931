"""Tests of mixtures of whole utterances."""

import numpy as np
import pytest

from zoo.data.corpora.corpus import scan
from zoo.data.mixtures.mixing import MixtureSpec, draw, mix_at_gains

RATE = 8000


def _noise(samples, level, seed):
    return level * np.random.default_rng(seed).normal(size=samples).astype("float32")


@pytest.mark.parametrize("mode, samples", [("min", 6000), ("max", 9000)])
def test_length_follows_the_mode(mode, samples):
    waveforms = [_noise(9000, 0.1, 0), _noise(6000, 0.01, 1)]
    result = mix_at_gains(waveforms, (0.1, 2.0), mode)
    assert result.mixture.shape == (samples,)
    assert result.sources.shape == (2, samples)
    assert result.gains[1] / result.gains[0] == pytest.approx(20)
    for source, waveform, gain in zip(
        result.sources, waveforms, result.gains, strict=True
    ):
        used = waveform[:samples]
        np.testing.assert_allclose(source[: len(used)], gain * used, rtol=1e-5)
        assert not source[len(used) :].any()


@pytest.mark.parametrize("keep_scale", [False, True])
def test_sources_add_up_and_peak_at_nine_tenths(keep_scale):
    waveforms = [_noise(6000, 0.1, 0), _noise(6000, 5.0, 1), _noise(6000, 1e-4, 2)]
    result = mix_at_gains(waveforms, (1.0, 1.0, 2.0), keep_scale=keep_scale)
    np.testing.assert_array_equal(result.mixture, result.sources.sum(axis=0))
    peak = max(np.abs(result.mixture).max(), np.abs(result.sources).max())
    assert peak == pytest.approx(0.9, abs=1e-5)


def test_another_mode_is_refused():
    with pytest.raises(ValueError, match="Received: mode='mean'"):
        mix_at_gains([np.ones(9), np.ones(9)], (1.0, 1.0), "mean")


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
