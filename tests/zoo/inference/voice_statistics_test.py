"""Tests of what is measured of voices."""

import numpy as np
import pytest

from zoo.inference.voice_statistics import voice_statistics


@pytest.fixture
def voices():
    """Noise of two colours; the second is silent for the second half."""
    white = np.random.default_rng(0).normal(size=(2, 16001))
    low, high = white[0, 1:] + white[0, :-1], white[1, 1:] - white[1, :-1]
    high[8000:] = 0
    return np.stack([low, high])


def test_the_level_makes_no_difference(voices):
    one = voice_statistics(voices, 8000)
    two = voice_statistics(1e-18 * voices.astype("float32"), 8000)
    np.testing.assert_allclose(two.weights, one.weights, rtol=1e-3)
    np.testing.assert_allclose(two.sums, one.sums, rtol=1e-3, atol=1e-2)
    assert two.power == pytest.approx(1e-36 * one.power)


def test_frames_count_by_who_speaks(voices):
    weights = voice_statistics(voices, 8000).weights
    # 198 frames: in 99 both are equally loud, each a quarter of a frame; and 5/6 of
    # what one has is the power against which 0.03 counts half.
    quarters = 99 / 4 / (1 + 0.03 * 5 / 3)
    np.testing.assert_allclose(weights, [5 * quarters, quarters], rtol=0.03)
    leaking = voice_statistics(voices + 0.01 * voices[::-1], 8000)
    np.testing.assert_allclose(leaking.weights, weights, rtol=0.01)


def test_means_tell_voices_apart_and_know_them_again(voices):
    def means(x):
        statistics = voice_statistics(x, 8000)
        return statistics.sums / statistics.weights[:, None]

    early, late = means(voices[:, :4000]), means(voices[:, 4000:8000])
    distances = np.linalg.norm(early[:, None] - late, axis=-1)
    assert distances[0, 1] > 5 * distances[0, 0]
    assert distances[1, 0] > 5 * distances[1, 1]


def test_squares_are_those_of_all_frames(voices):
    statistics = voice_statistics(voices, 8000)
    mean = statistics.sums.sum(axis=0) / statistics.weights.sum()
    covariance = statistics.squares / statistics.weights.sum() - np.outer(mean, mean)
    np.testing.assert_allclose(covariance, covariance.T, atol=1e-9)
    assert np.linalg.eigvalsh(covariance).min() > 0


def test_scales_as_if_there_were_more(voices):
    one = voice_statistics(voices[:1], 8000)
    two = voice_statistics(np.concatenate([voices[:1], 0 * voices[:1]], axis=1), 8000)
    np.testing.assert_allclose(two.weights, one.weights, rtol=0.03)
    np.testing.assert_allclose(one.scaled(0.5).sums, one.sums / 2)


@pytest.mark.parametrize("sample_rate", [10, 8000, 44100])
@pytest.mark.parametrize("samples", [1, 300, 3000])
def test_any_rate_and_length_will_do(sample_rate, samples):
    for x in (np.zeros((2, samples)), np.ones((2, samples))):
        statistics = voice_statistics(x, sample_rate)
        for values in vars(statistics).values():
            assert np.all(np.isfinite(values))
