"""Mixtures of whole utterances, as in wsj0-2mix."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

import numpy as np

from zoo.data.corpora.corpus import Corpus, Utterance
from zoo.data.corpora.drawing import SpeakerDecks, draw_levels_db

PEAK = 0.9  # Of a mixture and its sources, as in wsj0-2mix.


@dataclass(frozen=True)
class MixtureSpec:
    """Recordings to mix, and how loud.

    Attributes:
        utterances: One of each speaker, and the noise last if there is one.
        levels_db: Active speech level of each source, relative to the others'; empty
            if `gains` are given.
        gains: Factor from each recording, and from the noise, to its source.
        noise: Whether the last utterance is a noise.
        given_name: Name of the files; `None` makes one.
    """

    utterances: tuple[Utterance, ...]
    levels_db: tuple[float, ...] = ()
    gains: tuple[float, ...] = ()
    noise: bool = False
    given_name: str | None = None

    @property
    def name(self) -> str:
        """Utterances and levels, as `011a0101_0.97482_209a010p_-0.97482`.

        An utterance whose file does not name the speaker gets the speaker's name
        put in front.
        """
        if self.given_name is not None:
            return self.given_name
        parts = []
        for utterance, level_db in zip(self.utterances, self.levels_db, strict=True):
            stem = PurePosixPath(utterance.name).stem
            speaker = utterance.speaker.rsplit("/", 1)[-1]
            parts.append(stem if speaker in stem else f"{speaker}-{stem}")
            parts.append(f"{level_db:.5g}")
        return "_".join(parts)


@dataclass(frozen=True)
class Mixture:
    """A mixture and what it is made of.

    Attributes:
        mixture: Float32 `(samples,)`, the sum of the sources.
        sources: Float32 `(speakers, samples)`.
        gains: Factor from each recording to its source.
    """

    mixture: np.ndarray
    sources: np.ndarray
    gains: tuple[float, ...]


def draw(
    corpus: Corpus,
    num_mixtures: int,
    num_speakers: int = 2,
    snr_range_db: tuple[float, float] = (0.0, 5.0),
    seed: int = 0,
) -> list[MixtureSpec]:
    """Draws mixtures of different speakers, all used equally often.

    Args:
        corpus: Where the utterances come from.
        num_mixtures: How many mixtures.
        num_speakers: Speakers in each, 2 or more.
        snr_range_db: Range of the uniform SNR; see `draw_levels_db`.
        seed: The same seed and names of files give the same mixtures.

    Returns:
        The mixtures to make.

    Raises:
        ValueError: If there are too few speakers or an argument is out of range.
    """
    speakers = list(corpus.by_speaker.values())
    decks = SpeakerDecks([len(own) for own in speakers], num_speakers, seed)
    return [
        MixtureSpec(
            utterances=tuple(speakers[s][u] for s, u in decks.draw(position)),
            levels_db=draw_levels_db(seed, position, num_speakers, snr_range_db),
        )
        for position in range(num_mixtures)
    ]


def mix_at_gains(
    waveforms: Sequence[np.ndarray],
    gains: Sequence[float],
    mode: str = "min",
    keep_scale: bool = False,
) -> Mixture:
    """Mixes recordings, each times a given factor, cut or padded at its end.

    Args:
        waveforms: Recordings `(samples,)` of any lengths.
        gains: Factor of each.
        mode: `"min"` ends with the shortest recording, `"max"` with the longest.
        keep_scale: `False` scales all together to a peak of 0.9 over the mixture
            and the sources; `True` does so only to what would clip.

    Returns:
        The mixture, its sources, and the gains with that scale in them.

    Raises:
        ValueError: If the mode is unknown.
    """
    if mode not in ("min", "max"):
        raise ValueError(f'`mode` must be "min" or "max". Received: mode={mode!r}.')
    lengths = [len(waveform) for waveform in waveforms]
    length = min(lengths) if mode == "min" else max(lengths)
    sources = np.zeros((len(waveforms), length))
    for k, waveform in enumerate(waveforms):
        used = waveform[:length]
        sources[k, : len(used)] = gains[k] * used
    peak = max(np.abs(sources).max(), np.abs(sources.sum(axis=0)).max())
    scale = 1.0 if not peak or (keep_scale and peak < 1) else PEAK / peak
    sources = (sources * scale).astype("float32")
    return Mixture(
        mixture=sources.sum(axis=0),
        sources=sources,
        gains=tuple(float(gain * scale) for gain in gains),
    )
