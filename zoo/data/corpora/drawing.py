"""Which speakers, utterances and levels make up a mixture."""

from collections.abc import Sequence

import numpy as np

# The word after the seed, so that no two draws share their random numbers.
_SPEAKERS, _UTTERANCES, _LEVELS = 0, 1, 2


def random_generator(seed: int, *position: int) -> np.random.Generator:
    """Returns a generator that depends on `seed` and `position` only."""
    return np.random.default_rng([seed, *position])


class SpeakerDecks:
    """Draws groups of different speakers, and utterances of them, evenly.

    Speakers are dealt like cards: a shuffled deck holds each once, a group is
    the next `num_speakers` cards, and the few cards too few for a group go
    unused. Each speaker's utterances are dealt likewise, one per deck. A
    draw is a pure function of `seed` and its position: the draws of a run can be
    repeated, resumed and spread over machines.

    Args:
        num_utterances: Number of utterances of each speaker.
        num_speakers: Size of a group, 2 or more.
        seed: Not negative.

    Raises:
        ValueError: If `num_speakers` is not 2 or more or there are fewer speakers
            than that, or if the seed is negative.
    """

    def __init__(
        self, num_utterances: Sequence[int], num_speakers: int = 2, seed: int = 0
    ) -> None:
        if num_speakers < 2:
            raise ValueError(
                "`num_speakers` must be at least 2. "
                f"Received: num_speakers={num_speakers}."
            )
        if len(num_utterances) < num_speakers:
            raise ValueError(
                f"A mixture of {num_speakers} needs as many different speakers. "
                f"Received: {len(num_utterances)} speakers. Add speakers."
            )
        if seed < 0:
            raise ValueError(f"`seed` must not be negative. Received: seed={seed}.")
        self.num_utterances = tuple(num_utterances)
        self.num_speakers = num_speakers
        self.seed = seed

    def draw(self, position: int) -> list[tuple[int, int]]:
        """Returns the speaker and the utterance, as indices, of each source."""
        groups = len(self.num_utterances) // self.num_speakers
        deck, group = divmod(position, groups)
        speakers = _permutation(len(self.num_utterances), self.seed, _SPEAKERS, deck)
        first = group * self.num_speakers
        return [
            (int(speaker), self._utterance(int(speaker), deck))
            for speaker in speakers[first : first + self.num_speakers]
        ]

    def _utterance(self, speaker: int, deck: int) -> int:
        count = self.num_utterances[speaker]
        turn, place = divmod(deck, count)
        order = _permutation(count, self.seed, _UTTERANCES, speaker, turn)
        return int(order[place])


def draw_levels_db(
    seed: int,
    position: int,
    num_speakers: int = 2,
    snr_range_db: tuple[float, float] = (0.0, 5.0),
) -> tuple[float, ...]:
    """Draws the levels of the sources, as wsj0-2mix and wsj0-3mix do.

    With an SNR uniform in the range, the first source gets `+SNR / 2`, the second
    `-SNR / 2`, and any other 0 dB.

    Args:
        seed: Not negative.
        position: Number of the mixture.
        num_speakers: Number of sources.
        snr_range_db: Least and largest SNR of the first source to the second.

    Returns:
        A level in dB for each source.

    Raises:
        ValueError: If the range is not finite or not increasing.
    """
    low, high = snr_range_db
    if not -np.inf < low <= high < np.inf:
        raise ValueError(
            "`snr_range_db` must be finite, the lower bound first. "
            f"Received: snr_range_db={tuple(snr_range_db)}."
        )
    uniform = random_generator(seed, _LEVELS, position).random()
    snr_db = low + (high - low) * uniform
    return (snr_db / 2, -snr_db / 2, *[0.0] * (num_speakers - 2))


def _permutation(length: int, *seed: int) -> np.ndarray:
    # Sorted uniform numbers, not `Generator.permutation`: NumPy may change how it
    # shuffles, and the bits of `random` are the same everywhere.
    return np.argsort(random_generator(*seed).random(length), kind="stable")
