"""Tests of dialogues."""

import numpy as np
import pytest

from studies import dialogues
from zoo.data.corpora.corpus import scan


@pytest.fixture
def corpus(make_corpus):
    """Two corpora of three speakers, with utterances of 2 to 3 s."""
    names = ("one", "two")
    return scan([make_corpus(name, count=4, seconds=(2, 3)) for name in names])


def test_pairs_are_of_one_corpus_and_all_speak(corpus):
    specs = dialogues.draw_dialogues(corpus, 12, seed=0)
    pairs = [[own[0].speaker for own in spec.utterances] for spec in specs]
    assert all(one.split("/")[0] == two.split("/")[0] for one, two in pairs)
    assert all(one != two for one, two in pairs)
    assert {speaker for pair in pairs for speaker in pair} == set(corpus.speakers)
    assert specs == dialogues.draw_dialogues(corpus, 12, seed=0)
    assert specs != dialogues.draw_dialogues(corpus, 12, seed=1)


def test_a_dialogue_has_stretches_of_talk_and_silences(corpus):
    spec = dialogues.draw_dialogues(corpus, 1)[0]
    sources, rate = dialogues.make_dialogue(spec, 300)
    assert sources.shape == (2, 300 * rate) and sources.dtype == np.float32
    again, _ = dialogues.make_dialogue(spec, 300)
    np.testing.assert_array_equal(sources, again)
    active = np.abs(sources).reshape(2, 3000, -1).max(axis=2) > 0
    assert np.all(active.mean(axis=1) > 0.1)
    assert np.mean(active.all(axis=0)) > 0.01
    # Four utterances each: three silences of 5 s and more, in tenths of a second.
    silent = "".join("_" if quiet else "x" for quiet in ~active.any(axis=0))
    assert sum(len(run) >= 50 for run in silent.strip("_").split("x")) == 3


def test_an_utterance_is_heard_in_one_stretch_only(corpus, monkeypatch):
    heard = []
    real = dialogues._talk

    def spy(target, hands, rate, generator):
        heard.append([{part.tobytes() for part in hand} for hand in hands])
        real(target, hands, rate, generator)

    monkeypatch.setattr(dialogues, "_talk", spy)
    dialogues.make_dialogue(dialogues.draw_dialogues(corpus, 1)[0], 300)
    assert len(heard) == 4
    for speaker in range(2):
        assert len(set.union(*(hands[speaker] for hands in heard))) == 4
        assert sum(len(hands[speaker]) for hands in heard) == 4


def test_a_silent_recording_is_refused(make_corpus):
    corpus = scan(make_corpus())
    spec = dialogues.draw_dialogues(corpus, 1)[0]
    path = spec.utterances[0][0].path
    dialogues.audio.write(path, np.zeros(8000), 8000)
    with pytest.raises(ValueError, match=r"must hold speech\. Received: '.*', silent"):
        dialogues.make_dialogue(spec, 60)
