"""Tests of separation in chunks."""

import itertools
import tracemalloc

import numpy as np
import pytest

from zoo.inference.chunking import overlapping_chunks, separate_in_chunks


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def blocks_of(x, length):
    return (x[start : start + length] for start in range(0, len(x), length))


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


def separated(separate, mixture, chunk=40, overlap=10, block=17, **options):
    blocks = blocks_of(mixture, block)
    # One sample is heard as an observation, for the overlap of a few to tell.
    voices = separate_in_chunks(separate, blocks, chunk, overlap, 3.0, **options)
    return np.concatenate(list(voices), axis=1)


@pytest.mark.parametrize("speakers", [2, 3])
@pytest.mark.parametrize("samples", [1, 7, 40, 41, 100, 333])
def test_puts_shuffled_chunks_in_order(rng, speakers, samples):
    sources = rng.normal(size=(speakers, samples))
    estimates = separated(shuffling_separator(sources, rng), sources.sum(axis=0))
    assert estimates.dtype == "float32"
    assert estimates.shape == sources.shape
    # The first chunk decides on the order.
    order = [int(np.argmin(np.abs(sources - e[:1])[:, 0])) for e in estimates]
    np.testing.assert_allclose(estimates, sources[order], atol=1e-6)


@pytest.mark.parametrize("block", [1, 40, 1000])
def test_blocks_make_no_difference(rng, block):
    mixture = rng.normal(size=333)
    tell = []
    voices = separated(
        lambda chunk: np.stack([chunk, 0 * chunk]),
        mixture,
        block=block,
        progress=tell.append,
    )
    np.testing.assert_allclose(voices[0], mixture, atol=1e-6)
    assert tell == [40] + 9 * [30] + [23]


def test_separates_a_short_mixture_in_one_piece(rng):
    sources, lengths = rng.normal(size=(2, 40)), []
    separated(shuffling_separator(sources, rng, lengths), sources.sum(axis=0))
    assert lengths == [40]


@pytest.mark.parametrize("samples", [41, 69, 70, 71, 99, 1000])
@pytest.mark.parametrize("block", [1, 23, 2000])
def test_chunks_have_one_length_and_overlap_as_asked(samples, block):
    chunks = list(overlapping_chunks(blocks_of(np.arange(samples), block), 40, 10))
    assert {len(chunk) for chunk, _ in chunks} == {40}
    needed = [chunk[skipped:] for chunk, skipped in chunks]
    assert needed[0][0] == 0 and needed[-1][-1] == samples - 1
    for one, two in itertools.pairwise(needed):
        np.testing.assert_array_equal(one[-10:], two[:10])
        assert len(two) > 10


def test_memory_does_not_grow_with_the_hours():
    """A second is ten samples here, and a chunk half a minute."""

    def peak(hours):
        blocks = (np.sin(np.arange(100.0)) for _ in range(round(360 * hours)))
        voices = separate_in_chunks(
            lambda chunk: np.stack([chunk, 0.5 * chunk]), blocks, 300, 50, 10
        )
        tracemalloc.start()
        tracemalloc.reset_peak()
        samples = sum(block.shape[1] for block in voices)
        assert samples == 36_000 * hours
        return tracemalloc.get_traced_memory()[1]

    try:
        assert peak(1) < 1.05 * peak(0.25)
    finally:
        tracemalloc.stop()


def test_cross_fade_has_no_step():
    # Chunks of another level each: a switch would jump from 1 to 2.
    levels = iter([1.0, 2.0, 1.0])
    result = separated(
        lambda chunk: np.full((1, len(chunk)), next(levels)), np.ones(99)
    )
    assert np.abs(np.diff(result)).max() < 0.2
    assert result.min() == 1 and result.max() == 2


@pytest.mark.parametrize("overlap", [0, 21])
def test_rejects_an_overlap_out_of_range(overlap):
    with pytest.raises(ValueError, match="at least one sample and at most half a"):
        separate_in_chunks(np.atleast_2d, [np.zeros(100)], 40, overlap, 8000)
