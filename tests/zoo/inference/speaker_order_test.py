"""Tests of keeping speakers in order, with synthetic voices."""

import numpy as np
import pytest
import scipy.signal
import scipy.stats

from zoo.inference.speaker_order import SpeakerOrder, _Likelihood

RATE = 8000
CHUNK, OVERLAP = 5 * RATE, RATE
# Resonances of the voices, in Hz. Their pitch is 100, 110, 120 Hz.
FORMANTS = [(500, 1500, 2500), (600, 1300, 2800), (420, 1750, 2300)]


def voice(number, seconds, generator):
    """Pulses through resonances that wander from syllable to syllable."""
    syllables = []
    for _ in range(round(5 * seconds)):
        x = np.zeros(RATE // 5)
        period = RATE / (100 + 10 * number) * generator.uniform(0.9, 1.1)
        x[np.arange(0, len(x), period).astype(int)] = 1
        for formant in FORMANTS[number]:
            formant = formant * generator.uniform(0.8, 1.25)
            pole = 0.97 * np.exp(2j * np.pi * formant / RATE)
            x = scipy.signal.lfilter([1], [1, -2 * pole.real, abs(pole) ** 2], x)
        syllables.append(x * np.hanning(len(x)) / np.std(x))
    return 0.1 * np.concatenate(syllables)


def conversation(seconds, turns, seed=0):
    """Sources `(speakers, samples)`; `turns` are (speaker, start, end) in seconds."""
    generator = np.random.default_rng(seed)
    speakers = 1 + max(speaker for speaker, _, _ in turns)
    sources = np.zeros((speakers, seconds * RATE))
    for speaker, start, end in turns:
        spoken = voice(speaker, end - start, generator)
        sources[speaker, start * RATE : start * RATE + len(spoken)] += spoken
    return sources


def voices_found(sources, seed=0, change=lambda chunk: chunk):
    """Cuts sources into chunks of 5 s that overlap by 1 s, each in a random order.

    Returns:
        Which source is which voice in each chunk with speech, `(chunks, speakers)`.
    """
    generator = np.random.default_rng(seed)
    starts = range(0, sources.shape[1] - OVERLAP, CHUNK - OVERLAP)
    orders = [generator.permutation(len(sources)) for _ in starts]
    pieces = [sources[:, start : start + CHUNK] for start in starts]
    chunks = [change(piece[order]) for piece, order in zip(pieces, orders, strict=True)]
    found = SpeakerOrder(RATE, OVERLAP).orders(chunks)
    return np.array(
        [
            given[own]
            for given, own, piece in zip(orders, found, pieces, strict=True)
            if piece.any()
        ]
    )


def assert_in_order(found):
    assert len(found) > 3
    np.testing.assert_array_equal(found, np.broadcast_to(found[0], found.shape))


def talk_between_overlaps(speakers, chunks=6):
    """All speak in each chunk, where it overlaps with no other: 4 to 5 s, 8 to 9 s."""
    return [(s, 4 * k + 1, 4 * k + 4) for k in range(chunks) for s in range(speakers)]


@pytest.mark.one_fast_case
@pytest.mark.parametrize("gain", [1e-4, 1.0, 1e3])
@pytest.mark.parametrize("speakers", [2, 3])
def test_knows_voices_again_where_the_overlap_is_silent(speakers, gain):
    sources = gain * conversation(25, talk_between_overlaps(speakers))
    assert not sources[:, 4 * RATE : 5 * RATE].any()
    for seed in range(3):
        assert_in_order(voices_found(sources, seed))


@pytest.mark.slow
def test_knows_voices_again_after_minutes_of_silence():
    turns = talk_between_overlaps(2, 2)
    later = [(speaker, start + 120, end + 120) for speaker, start, end in turns]
    for seed in range(3):
        found = voices_found(conversation(129, [*turns, *later]), seed)
        assert len(found) == 4
        assert_in_order(found)


def test_who_was_not_heard_yet_is_not_who_was():
    """First one alone, then the other alone, then both at once."""
    turns = [(k // 3, 4 * k + 1, 4 * k + 4) for k in range(6)]
    turns += [(s, 4 * k + 1, 4 * k + 4) for s in range(2) for k in range(6, 9)]
    for seed in range(4):
        assert_in_order(voices_found(conversation(37, turns), seed))


@pytest.mark.parametrize("leak", [0.03, 0.3])
def test_a_residue_weighs_as_little_as_it_is_loud(leak):
    """One speaks, both estimates hold it: normalised correlations are all 1."""
    turns = [(0, 0, 9), (1, 9, 17), (0, 17, 25)]
    for seed in range(3):
        sources = conversation(25, turns)
        assert_in_order(voices_found(sources + leak * sources[::-1], seed))


def test_noise_in_a_silent_overlap_tells_nothing():
    """It goes to the first estimate, whosever that is, and would correlate."""
    noise = 3e-4 * np.random.default_rng(0).normal(size=25 * RATE)
    pieces = iter([noise[s : s + CHUNK] for s in range(0, 24 * RATE, CHUNK - OVERLAP)])

    def add(chunk):
        chunk[0] += next(pieces)
        return chunk

    sources = conversation(25, talk_between_overlaps(2))
    assert_in_order(voices_found(sources, change=add))


@pytest.mark.parametrize("make", [np.zeros, np.ones])
def test_steady_signals_stay_in_place(make):
    """A constant used to have cepstra of negative variance."""
    chunks = [make((2, CHUNK), "float32") for _ in range(12)]
    for order in SpeakerOrder(RATE, OVERLAP).orders(chunks):
        np.testing.assert_array_equal(order, [0, 1])


def test_sorts_chunks_and_is_a_few_late():
    sources = conversation(80, [(0, 0, 80), (1, 0, 80)])
    taken = []

    def chunks():
        for k in range(19):
            taken.append(k)
            start = k * (CHUNK - OVERLAP)
            yield sources[:: (-1) ** k, start : start + CHUNK]

    for k, chunk in enumerate(SpeakerOrder(RATE, OVERLAP).sort(chunks())):
        start = k * (CHUNK - OVERLAP)
        np.testing.assert_array_equal(chunk, sources[:, start : start + CHUNK])
        assert len(taken) == min(19, k + 9)


def test_the_likelihood_is_that_of_its_formula():
    """Against the integral over the mean of a speaker, in one dimension."""
    x = np.array([0.3, -0.5, 2.0])
    likelihood = _Likelihood(
        weights=np.array([[0.0, 0.0], [3.0, 0.0]]),
        sums=np.array([[[0.0], [0.0]], [[x.sum()], [0.0]]]),
        distances=np.zeros((1, 2, 2)),
        last=None,
        observations=0.0,
        noise=1.0,
    )
    # The mean is normal with variance 1 / 2: two frames of the prior.
    joint = scipy.stats.multivariate_normal(cov=np.eye(3) + 0.5).logpdf(x)
    alone = scipy.stats.norm.logpdf(x).sum()
    assert likelihood(np.array([[0, 1]])) == pytest.approx(joint - alone)


def test_estimates_that_are_not_finite_are_refused():
    with pytest.raises(ValueError, match="Estimates must be finite"):
        list(SpeakerOrder(RATE, OVERLAP).orders([np.full((2, CHUNK), np.nan)]))
