"""Mixtures made anew for every batch of training."""

import numpy as np

from zoo.data.corpora.corpus import Corpus
from zoo.data.corpora.drawing import SpeakerDecks, draw_levels_db, random_generator
from zoo.data.corpora.packed import PackedAudio, PackedUtterance
from zoo.data.mixtures.mixing import PEAK

_SEGMENTS = 4  # The word after the seed; see `zoo.data.corpora.drawing`.
_ATTEMPTS = 3
_QUIET_DB = 10.0


class DynamicMixtures:
    """Mixes random segments of speech: a pure function of seed, epoch and index.

    Speakers are used equally often and so are the utterances of each (see
    `SpeakerDecks`). Of an utterance longer than the segment, a random segment is
    taken; one that turns out quiet, more than 10 dB below the active level of its
    utterance, is drawn again, twice at most. Shorter ones lie at a random place,
    zeros around them, in a mixture as long as its longest source. The levels of
    the utterances follow wsj0-2mix (see `draw_levels_db`).

    Args:
        audio: Corpus, which is read into memory, or packed audio.
        num_speakers: Speakers in each mixture, 2 or more.
        segment_seconds: Length of the batch's waveforms.
        batch_size: Mixtures in a batch.
        batches_per_epoch: Batches after which the epoch counts up.
        seed: Not negative.
        snr_range_db: Range of the uniform SNR of the first speaker to the second.
        level: RMS of each mixture, over its length without padding. 0 gives the
            largest sample of a mixture and its sources the magnitude 0.9, as in
            wsj0-2mix, whose levels differ.

    Raises:
        ValueError: If an argument is out of range or there are too few speakers.
    """

    def __init__(
        self,
        audio: Corpus | PackedAudio,
        num_speakers: int = 2,
        segment_seconds: float = 4.0,
        batch_size: int = 8,
        batches_per_epoch: int = 100,
        seed: int = 0,
        snr_range_db: tuple[float, float] = (0.0, 5.0),
        level: float = 0.1,
    ) -> None:
        if segment_seconds <= 0:
            raise ValueError(
                "`segment_seconds` must be positive where utterances are mixed anew. "
                f"Received: segment_seconds={segment_seconds}."
            )
        for name, value in (
            ("batch_size", batch_size),
            ("batches_per_epoch", batches_per_epoch),
        ):
            if value <= 0:
                raise ValueError(
                    f"`{name}` must be positive. Received: {name}={value}."
                )
        if level < 0:
            raise ValueError(f"`level` must not be negative. Received: level={level}.")
        draw_levels_db(0, 0, num_speakers, snr_range_db)
        if isinstance(audio, Corpus):
            audio = PackedAudio.from_corpus(audio)
        self.audio = audio
        self.num_speakers = num_speakers
        self.segment_seconds = segment_seconds
        self.batch_size = batch_size
        self.batches_per_epoch = batches_per_epoch
        self.seed = seed
        self.snr_range_db = snr_range_db
        self.level = level
        self.sample_rate = audio.sample_rate
        self.segment_samples = round(segment_seconds * audio.sample_rate)
        self._speakers = list(audio.by_speaker.values())
        counts = [len(utterances) for utterances in self._speakers]
        self._decks = SpeakerDecks(counts, num_speakers, seed)

    def batch(
        self, epoch: int, index: int
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Makes a batch.

        Args:
            epoch: From 0 on.
            index: Of the batch in the epoch, from 0 on.

        Returns:
            Mixtures `(batch, samples)`, sources `(batch, speakers, samples)`, both
            float32, and lengths in samples `(batch,)`, int32. From its length on,
            a mixture is padding.
        """
        shape = (self.batch_size, self.num_speakers, self.segment_samples)
        sources = np.zeros(shape, "float32")
        lengths = np.zeros(self.batch_size, "int32")
        first = (epoch * self.batches_per_epoch + index) * self.batch_size
        for b in range(self.batch_size):
            lengths[b] = self._fill(sources[b], first + b)
        sources *= self._scale(sources, lengths)[:, None, None]
        return sources.sum(axis=1), sources, lengths

    def _scale(self, sources: np.ndarray, lengths: np.ndarray) -> np.ndarray:
        """Returns the factor of each mixture and its sources, float32 `(batch,)`."""
        mixtures = sources.sum(axis=1)
        if self.level:
            power = np.einsum("bs,bs->b", mixtures, mixtures) / lengths
            size, wanted = np.sqrt(power), self.level
        else:
            size, wanted = np.abs(mixtures).max(axis=1), PEAK
            size = np.maximum(size, np.abs(sources).max(axis=(1, 2)))
        return (wanted / np.where(size > 0, size, 1)).astype("float32")

    def _fill(self, sources: np.ndarray, position: int) -> int:
        """Writes the sources of a mixture and returns its length."""
        generator = random_generator(self.seed, _SEGMENTS, position)
        levels_db = draw_levels_db(
            self.seed, position, self.num_speakers, self.snr_range_db
        )
        utterances = [self._speakers[s][u] for s, u in self._decks.draw(position)]
        segments = [self._segment(generator, utterance) for utterance in utterances]
        length = max(len(segment) for segment in segments)
        for k, segment in enumerate(segments):
            gain = 10 ** ((levels_db[k] - utterances[k].level_db) / 20)
            start = _below(generator, length - len(segment) + 1)
            sources[k, start : start + len(segment)] = np.float32(gain) * segment
        return length

    def _segment(
        self, generator: np.random.Generator, utterance: PackedUtterance
    ) -> np.ndarray:
        starts = utterance.samples - self.segment_samples + 1
        if starts <= 1:
            return self.audio.waveform(utterance)
        least = self.segment_samples * 10 ** ((utterance.level_db - _QUIET_DB) / 10)
        best, most = np.zeros(0, "float32"), -1.0
        for _ in range(_ATTEMPTS):
            start = _below(generator, starts)
            segment = self.audio.waveform(
                utterance, start, start + self.segment_samples
            )
            energy = float(np.dot(segment, segment))
            if energy > most:
                best, most = segment, energy
            if energy >= least:
                break
        return best


def _below(generator: np.random.Generator, bound: int) -> int:
    """Draws an integer from 0 to `bound - 1`, alike on every platform."""
    return int(generator.random() * bound)
