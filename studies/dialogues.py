"""Dialogues of recorded speech, for measuring whether speakers are kept in order."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from zoo.data import audio
from zoo.data.audio.levels import active_speech_level_db
from zoo.data.corpora.corpus import Corpus, Utterance
from zoo.data.corpora.drawing import SpeakerDecks, random_generator

# The words after the seed; see `zoo.data.corpora.drawing`.
_DIALOGUES = 7
# Stretches of talk in a dialogue, if its speakers have recordings for as many.
_MAX_STRETCHES = 6
# Ranges of uniform draws, in seconds: silence of both speakers between two stretches,
# the pause after each utterance, what is added to it where the other takes the turn
# (less than nothing where they talk at once), and how long a turn lasts at least.
_SILENCE = (5.0, 40.0)
_PAUSE = (0.1, 1.0)
_PAUSE_OF_TURNS = (-2.5, 1.5)
_TURN = (0.0, 15.0)
# Some turns are monologues, in which the other is silent for longer than an overlap.
_MONOLOGUE = (15.0, 60.0)
_MONOLOGUE_SHARE = 0.15
_LEVEL_DB = (-2.5, 2.5)


@dataclass(frozen=True)
class DialogueSpec:
    """Two speakers and the position that their turns are drawn from.

    Attributes:
        utterances: All utterances of each speaker.
        seed: Of all draws.
        position: Number of the dialogue.
    """

    utterances: tuple[tuple[Utterance, ...], tuple[Utterance, ...]]
    seed: int
    position: int


def draw_dialogues(
    corpus: Corpus, num_dialogues: int, seed: int = 0
) -> list[DialogueSpec]:
    """Draws pairs of speakers, all used equally often.

    Both speakers come from the same corpus, as microphones and rooms would tell
    those of two corpora apart. The corpora take turns.

    Args:
        corpus: Where the utterances come from.
        num_dialogues: How many dialogues.
        seed: The same seed and names of files give the same dialogues.

    Returns:
        The dialogues to make.

    Raises:
        ValueError: If a corpus has fewer than two speakers or the seed is negative.
    """
    by_corpus: dict[str, list[tuple[Utterance, ...]]] = {}
    for speaker, utterances in corpus.by_speaker.items():
        own = by_corpus.setdefault(speaker.split("/", 1)[0], [])
        own.append(tuple(utterances))
    groups = list(by_corpus.values())
    decks = [SpeakerDecks([1] * len(group), 2, seed) for group in groups]
    specs = []
    for position in range(num_dialogues):
        turn, place = divmod(position, len(groups))
        (one, _), (two, _) = decks[place].draw(turn)
        pair = groups[place][one], groups[place][two]
        specs.append(DialogueSpec(pair, seed, position))
    return specs


def make_dialogue(
    spec: DialogueSpec, seconds: float, sample_rate: int | None = None
) -> tuple[np.ndarray, int]:
    """Reads the utterances of a dialogue and puts them one after the other.

    The dialogue is made of stretches of talk with silence of both speakers between
    them. An utterance is heard in one stretch only, there as often as it takes to
    fill the time: across a silence the voice tells who is who, not the words.

    Args:
        spec: What to make.
        seconds: Length of the dialogue.
        sample_rate: Its rate, in Hz; that of the first utterance if `None`.

    Returns:
        The sources, float32 `(2, samples)`, and the sample rate.

    Raises:
        ValueError: If a file is broken or silent; the message names it.
    """
    rate = sample_rate or spec.utterances[0][0].sample_rate
    generator = random_generator(spec.seed, _DIALOGUES, spec.position)
    stretches = min(_MAX_STRETCHES, *map(len, spec.utterances))
    parts = []
    for utterances in spec.utterances:
        level_db = generator.uniform(*_LEVEL_DB) - 26
        waveforms = [_levelled(u, rate, level_db) for u in utterances]
        order = generator.permutation(len(waveforms))
        indices = [order[k::stretches] for k in range(stretches)]
        parts.append([[waveforms[i] for i in part] for part in indices])
    sources = np.zeros((2, round(seconds * rate)), "float32")
    silences = generator.uniform(*_SILENCE, stretches - 1)
    shares = generator.uniform(1, 2, stretches)
    lengths = shares / shares.sum() * (seconds - silences.sum())
    starts = np.concatenate([[0], np.cumsum(lengths[:-1] + silences)])
    for k in range(stretches):
        first, last = (round(t * rate) for t in (starts[k], starts[k] + lengths[k]))
        _talk(sources[:, first:last], [part[k] for part in parts], rate, generator)
    return sources, rate


def _levelled(utterance: Utterance, rate: int, level_db: float) -> np.ndarray:
    waveform, _ = audio.read(utterance.path, rate, resample=True)
    active_db = active_speech_level_db(waveform, rate)
    if active_db == -np.inf:
        raise ValueError(
            f"A recording must hold speech. Received: {utterance.path!r}, silent."
        )
    return waveform * np.float32(10 ** ((level_db - active_db) / 20))


def _talk(
    target: np.ndarray,
    utterances: Sequence[Sequence[np.ndarray]],
    rate: int,
    generator: np.random.Generator,
) -> None:
    """Fills a stretch `(2, samples)` with turns of two speakers."""
    sequences = [_shuffled(of_speaker, generator) for of_speaker in utterances]
    # Where each speaker may speak again, and where the next turn begins.
    free, start = [0, 0], 0
    speaker = int(generator.integers(2))
    while start < target.shape[1]:
        monologue = generator.random() < _MONOLOGUE_SHARE
        turn = generator.uniform(*(_MONOLOGUE if monologue else _TURN)) * rate
        first = end = max(start, free[speaker])
        while end - first <= turn and end < target.shape[1]:
            utterance = next(sequences[speaker])
            # One that would not end in time is left out, as none is cut.
            if end + len(utterance) <= target.shape[1]:
                target[speaker, end : end + len(utterance)] = utterance
            end += len(utterance) + round(generator.uniform(*_PAUSE) * rate)
        free[speaker] = end
        start = end + round(generator.uniform(*_PAUSE_OF_TURNS) * rate)
        speaker = 1 - speaker


def _shuffled(
    waveforms: Sequence[np.ndarray], generator: np.random.Generator
) -> Iterator[np.ndarray]:
    """Yields all waveforms without end, in a new order each time through."""
    while True:
        for index in generator.permutation(len(waveforms)):
            yield waveforms[index]
