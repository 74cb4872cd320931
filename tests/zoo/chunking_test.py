"""Tests of separation in chunks."""

import numpy as np
import pytest

from zoo.chunking import best_order, chunk_starts, separate_in_chunks


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def shuffling_separator(sources, rng, lengths=None):
    """Finds the sources of a chunk of their sum, in a random order each time."""
    mixture = sources.sum(axis=0)
    windows = np.lib.stride_tricks.sliding_window_view

    def separate(chunk):
        if lengths is not None:
            lengths.append(len(chunk))
        places = np.all(windows(mixture, len(chunk)) == chunk, axis=1)
        (start,) = np.flatnonzero(places)
        order = rng.permutation(len(sources))
        return sources[order, start : start + len(chunk)].astype("float32")

    return separate


@pytest.mark.parametrize("speakers", [2, 3])
@pytest.mark.parametrize("samples", [7, 40, 41, 100, 333])
def test_puts_shuffled_chunks_in_order(rng, speakers, samples):
    sources = rng.normal(size=(speakers, samples))
    estimates = separate_in_chunks(
        shuffling_separator(sources, rng), sources.sum(axis=0), 40, 10
    )
    assert estimates.dtype == "float32"
    assert estimates.shape == sources.shape
    # The first chunk decides on the order.
    order = best_order(estimates[:, :40], sources[:, :40])
    np.testing.assert_allclose(estimates, sources[order], atol=1e-6)


def test_separates_a_short_mixture_in_one_piece(rng):
    sources, lengths = rng.normal(size=(2, 40)), []
    separate = shuffling_separator(sources, rng, lengths)
    separate_in_chunks(separate, sources.sum(axis=0), 40, 10)
    assert lengths == [40]


def test_chunks_have_one_length(rng):
    sources, lengths = rng.normal(size=(2, 333)), []
    separate = shuffling_separator(sources, rng, lengths)
    separate_in_chunks(separate, sources.sum(axis=0), 40, 10)
    assert set(lengths) == {40}


@pytest.mark.parametrize("samples", [41, 70, 71, 99, 1000])
def test_chunks_overlap_enough_and_no_three_meet(samples):
    starts = np.array(chunk_starts(samples, 40, 20))
    assert starts[0] == 0 and starts[-1] == samples - 40
    assert np.diff(starts).max() <= 20
    assert len(starts) == 1 + -(-(samples - 40) // 20)


def test_cross_fade_has_no_step():
    # Chunks of another level each: a switch would jump from 1 to 2.
    levels = iter([1.0, 2.0, 1.0])
    result = separate_in_chunks(
        lambda chunk: np.full((1, len(chunk)), next(levels)), np.zeros(100), 40, 10
    )
    assert np.abs(np.diff(result)).max() < 0.2
    assert result.min() == 1 and result.max() == 2


def test_order_stays_where_the_overlap_is_silent():
    assert best_order(np.zeros((3, 8)), np.ones((3, 8))) == [0, 1, 2]


def test_order_does_not_depend_on_levels(rng):
    sources = rng.normal(size=(3, 500))
    gains = np.array([[1e-4], [1.0], [1e4]])
    assert best_order(sources, (gains * sources)[[2, 0, 1]]) == [1, 2, 0]


@pytest.mark.parametrize("overlap", [0, 21])
def test_rejects_an_overlap_out_of_range(overlap):
    with pytest.raises(ValueError, match="at least one sample and at most half a"):
        separate_in_chunks(np.atleast_2d, np.zeros(100), 40, overlap)
