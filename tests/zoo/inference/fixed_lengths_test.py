"""Tests of the separation by a network that takes a few lengths only."""

import numpy as np
import pytest

from zoo.inference.fixed_lengths import FixedLengthSeparator, repeated


def halves(mixture):
    """Two voices of half the level each, for two lengths."""
    assert mixture.shape in ((1, 100), (1, 400))
    return np.stack([mixture, mixture], axis=1) / 2


@pytest.mark.parametrize("samples", [1, 99, 100, 101, 399, 400, 401, 2000])
def test_separates_any_length(rng, samples):
    separator = FixedLengthSeparator(halves, [400, 100], 8000, 2)
    mixture = rng.normal(size=samples).astype("float32")
    voices = separator.separate(mixture, 8000)
    np.testing.assert_allclose(voices, [mixture / 2] * 2, atol=1e-6)


def test_chunks_have_the_longest_length():
    separator = FixedLengthSeparator(halves, [8000, 240_000], 8000, 2)
    assert separator.chunk_seconds == 30
    assert separator.overlap_seconds == 5
    assert FixedLengthSeparator(halves, [8000], 8000, 2).overlap_seconds == 0.25


def test_repeats_what_is_short():
    np.testing.assert_array_equal(
        repeated(np.arange(3), [2, 8]), [0, 1, 2] * 2 + [0, 1]
    )
    np.testing.assert_array_equal(repeated(np.arange(8), [2, 8]), np.arange(8))


def test_a_chunk_that_is_too_long_is_refused():
    separator = FixedLengthSeparator(halves, [400], 8000, 2)
    with pytest.raises(ValueError, match=r"at most 400 samples.*Received: 401"):
        separator.separate(np.ones(401), 8000, chunk_seconds=1, overlap_seconds=0.01)


@pytest.mark.parametrize("lengths", [[], [0, 100]])
def test_lengths_must_be_positive(lengths):
    with pytest.raises(ValueError, match=r"`lengths` must hold numbers"):
        FixedLengthSeparator(halves, lengths, 8000, 2)
