"""Tests of resampling block by block."""

import numpy as np
import pytest
import soxr

from zoo.inference.resampling import resampled_blocks

RATES = [(44100, 8000), (8000, 44100), (11025, 8000), (8000, 22051.5), (8000, 8000)]


def blocks_of(x, length):
    for start in range(0, x.shape[-1], length):
        yield x[..., start : start + length]


@pytest.mark.parametrize("rates", RATES)
@pytest.mark.parametrize("samples", [6, 501, 20_000])
@pytest.mark.parametrize("length", [1, 4096, 100_000])
def test_gives_what_the_whole_gives(rates, samples, length):
    if length == 1 and samples > 1000:
        length = 777
    x = np.random.default_rng(0).normal(size=(3, samples)).astype("float32")
    expected = soxr.resample(x.T, *rates, quality="VHQ").T if np.diff(rates) else x
    y = np.concatenate(list(resampled_blocks(blocks_of(x, length), *rates)), axis=1)
    np.testing.assert_array_equal(y, expected)
    mono = np.concatenate(list(resampled_blocks(blocks_of(x[0], length), *rates)))
    np.testing.assert_allclose(mono, expected[0], atol=1e-6)


def test_there_and_back_neither_delays_nor_shortens():
    time = np.arange(44100) / 44100
    x = np.sin(2 * np.pi * 700 * time).astype("float32")
    down = resampled_blocks(blocks_of(x, 1000), 44100, 8000)
    y = np.concatenate(list(resampled_blocks(down, 8000, 44100)))
    assert len(y) == len(x)
    np.testing.assert_allclose(y[4000:-4000], x[4000:-4000], atol=1e-5)


@pytest.mark.parametrize("rates", [(44100, 8000), (8000, 44100)])
def test_one_sample_gives_at_least_one(rates):
    y = np.concatenate(list(resampled_blocks([np.ones(1, "float32")], *rates)))
    assert len(y) >= 1


def test_nothing_gives_nothing():
    assert not list(resampled_blocks([], 44100, 8000))
