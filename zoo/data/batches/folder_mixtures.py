"""Batches of the mixtures in a folder."""

import numpy as np

from zoo.data.corpora.drawing import random_generator
from zoo.data.mixtures.folder import MixtureFolder

_ORDER, _CROPS = 5, 6  # The word after the seed; see `zoo.data.corpora.drawing`.


class FolderMixtures:
    """Serves mixtures made beforehand as `DynamicMixtures` serves its own.

    Every mixture is served once before any is served again, in a new order each
    time. Of one longer than the segment, a random part is taken; a shorter one is
    padded at its end. Without a segment length, mixtures stay whole, and all of a
    batch are padded to the longest, rounded up to a whole second, so that there are
    few different lengths for a compiler.

    Args:
        folder: The mixtures, each decoded when its turn comes.
        segment_seconds: Length of the batch's waveforms; 0 for whole mixtures.
        batch_size: Mixtures in a batch.
        batches_per_epoch: Batches after which the epoch counts up. `None` for as
            many as the folder fills.
        seed: Not negative. `None` takes the mixtures in the order of their names,
            and their beginnings.
        level: RMS of each mixture, over its length without padding; its sources
            are scaled alike. 0 leaves the level of the files.

    Raises:
        ValueError: If an argument is out of range.
    """

    def __init__(
        self,
        folder: MixtureFolder,
        segment_seconds: float = 4.0,
        batch_size: int = 8,
        batches_per_epoch: int | None = None,
        seed: int | None = 0,
        level: float = 0.1,
    ) -> None:
        if batches_per_epoch is None:
            batches_per_epoch = max(1, len(folder) // max(1, batch_size))
        for name, value in (
            ("batch_size", batch_size),
            ("batches_per_epoch", batches_per_epoch),
        ):
            if value <= 0:
                raise ValueError(
                    f"`{name}` must be positive. Received: {name}={value}."
                )
        for name, size in (("segment_seconds", segment_seconds), ("level", level)):
            if size < 0:
                raise ValueError(
                    f"`{name}` must not be negative. Received: {name}={size}."
                )
        if seed is not None and seed < 0:
            raise ValueError(f"`seed` must not be negative. Received: seed={seed}.")
        self.folder = folder
        self.segment_seconds = segment_seconds
        self.batch_size = batch_size
        self.batches_per_epoch = batches_per_epoch
        self.seed = seed
        self.level = level
        self.num_speakers = folder.num_speakers
        self.sample_rate = folder.sample_rate
        self.segment_samples = round(segment_seconds * folder.sample_rate) or None

    def batch(
        self, epoch: int, index: int
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Reads a batch; see `DynamicMixtures.batch`."""
        first = (epoch * self.batches_per_epoch + index) * self.batch_size
        examples = []
        for position in range(first, first + self.batch_size):
            number, fraction = self.draw(position)
            example = self.folder[number]
            waveforms = np.concatenate([example.mixture[None], example.sources])
            examples.append(self.cut(waveforms, fraction))
        mixtures, sources, lengths = zip(*examples, strict=True)
        samples = self.segment_samples
        if samples is None:
            samples = -(-max(lengths) // self.sample_rate) * self.sample_rate
        return (
            np.stack([_padded(mixture, samples) for mixture in mixtures]),
            np.stack([_padded(source, samples) for source in sources]),
            np.array(lengths, "int32"),
        )

    def draw(self, position: int) -> tuple[int, float]:
        """Returns which mixture comes at a position and where to cut it."""
        turn, place = divmod(position, len(self.folder))
        if self.seed is None:
            return place, 0.0
        scores = random_generator(self.seed, _ORDER, turn).random(len(self.folder))
        number = int(np.argsort(scores, kind="stable")[place])
        return number, float(random_generator(self.seed, _CROPS, position).random())

    def cut(
        self, waveforms: np.ndarray, fraction: float
    ) -> tuple[np.ndarray, np.ndarray, int]:
        """Cuts a mixture and its sources, and sets their level.

        Args:
            waveforms: The mixture, then its sources `(1 + speakers, samples)`.
            fraction: From 0 for the first to 1 for the last possible part.

        Returns:
            Mixture `(samples,)`, sources `(speakers, samples)` and the length, that
            of the segment at most.
        """
        part = waveforms
        if self.segment_samples is not None:
            starts = max(1, waveforms.shape[1] - self.segment_samples + 1)
            start = int(fraction * starts)
            part = waveforms[:, start : start + self.segment_samples]
        rms = float(np.sqrt(np.mean(np.square(part[0], dtype="float64"))))
        scaled = part * np.float32(self.level / rms if rms and self.level else 1.0)
        return scaled[0], scaled[1:], part.shape[1]


def _padded(waveform: np.ndarray, samples: int) -> np.ndarray:
    padding = [(0, 0)] * (waveform.ndim - 1) + [(0, samples - waveform.shape[-1])]
    return np.pad(waveform, padding)
