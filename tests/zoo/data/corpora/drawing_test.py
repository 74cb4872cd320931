"""Tests of how mixtures are drawn."""

from collections import Counter

import numpy as np
import pytest

from zoo.data.corpora.drawing import SpeakerDecks, draw_levels_db


@pytest.mark.parametrize("num_speakers", [2, 3])
def test_speakers_of_a_mixture_differ(num_speakers):
    decks = SpeakerDecks([3, 1, 4, 2, 2], num_speakers, seed=1)
    for position in range(200):
        speakers = {speaker for speaker, _ in decks.draw(position)}
        assert len(speakers) == num_speakers


def test_all_speakers_and_utterances_are_used_equally_often():
    counts = [3, 1, 4, 2]
    decks = SpeakerDecks(counts, num_speakers=2, seed=1)
    turns = 12  # Decks after which each speaker's utterances come out even.
    drawn = Counter(pick for p in range(2 * turns) for pick in decks.draw(p))
    for speaker, count in enumerate(counts):
        for utterance in range(count):
            assert drawn[speaker, utterance] == turns / count


def test_draw_is_a_pure_function_of_seed_and_position():
    drawn = [SpeakerDecks([5] * 9, 2, seed=4).draw(p) for p in (0, 7, 1000, 10**9)]
    decks = SpeakerDecks([5] * 9, 2, seed=4)
    assert [decks.draw(p) for p in (10**9, 1000, 7, 0)] == drawn[::-1]
    other = SpeakerDecks([5] * 9, 2, seed=5)
    assert [other.draw(p) for p in (0, 7, 1000, 10**9)] != drawn


def test_draw_is_the_same_on_every_platform():
    decks = SpeakerDecks([3, 1, 4, 2, 2], num_speakers=2, seed=1)
    assert [decks.draw(position) for position in range(3)] == [
        [(2, 1), (4, 0)],
        [(0, 0), (3, 0)],
        [(3, 1), (1, 0)],
    ]
    levels_db = draw_levels_db(1, 2)
    assert levels_db == pytest.approx((2.172395126401848, -2.172395126401848))


def test_snr_is_uniform_in_its_range():
    levels = [draw_levels_db(0, position) for position in range(1000)]
    snr_db = np.array([first - second for first, second in levels])
    assert 0 <= snr_db.min() < 0.05 and 4.95 < snr_db.max() <= 5
    assert snr_db.mean() == pytest.approx(2.5, abs=0.15)
    assert snr_db.std() == pytest.approx(5 / np.sqrt(12), abs=0.1)


def test_further_speakers_lie_in_between():
    first, second, third, fourth = draw_levels_db(0, 3, 4, (1.0, 2.0))
    assert first == -second and third == fourth == 0
    assert draw_levels_db(0, 3, 2, (3.0, 3.0)) == (1.5, -1.5)


@pytest.mark.parametrize(
    "arguments, message",
    [
        (([1, 1, 1], 1), "Received: num_speakers=1"),
        (([9], 2), "needs as many different speakers. Received: 1 speakers"),
        (([1, 1], 2, -1), "Received: seed=-1"),
    ],
)
def test_unfit_decks_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        SpeakerDecks(*arguments)


@pytest.mark.parametrize("snr_range_db", [(5.0, 0.0), (0.0, np.inf), (np.nan, 1.0)])
def test_unfit_snr_range_is_refused(snr_range_db):
    with pytest.raises(ValueError, match=r"Received: snr_range_db=\("):
        draw_levels_db(0, 0, 2, snr_range_db)
