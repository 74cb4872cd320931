"""Separation by a network that takes a few lengths only, as exported ones do."""

from collections.abc import Callable, Sequence

import numpy as np

from zoo.inference.recording_separator import RecordingSeparator


class FixedLengthSeparator(RecordingSeparator):
    """Separates recordings with a network that takes a few lengths only.

    A recording is repeated until it fills the next of the lengths, and its estimates
    are cut: a network that normalizes over time sees the statistics of the recording,
    which silence in place of the repetition would change. A recording longer than all
    is separated in chunks of the longest.

    Args:
        run: Maps a mixture `(1, samples)` of one of the lengths to estimates
            `(1, speakers, samples)`, both float32.
        lengths: The lengths, in samples.
        sample_rate: Of the network, in Hz.
        num_speakers: Number of its estimates.

    Raises:
        ValueError: If there is no length, or if one is not positive.

    Example:

    >>> separator = FixedLengthSeparator(lambda x: x[np.newaxis], [8000], 8000, 1)
    >>> separator.separate(np.ones((44100, 2)), sample_rate=44100).shape
    (1, 44100)
    """

    def __init__(
        self,
        run: Callable[[np.ndarray], np.ndarray],
        lengths: Sequence[int],
        sample_rate: int,
        num_speakers: int,
    ) -> None:
        if not lengths or min(lengths) < 1:
            raise ValueError(
                "`lengths` must hold numbers of samples, 1 or more. "
                f"Received: lengths={lengths}."
            )
        self.run = run
        self.lengths = tuple(sorted(set(lengths)))
        self.sample_rate = sample_rate
        self.chunk_seconds = self.lengths[-1] / sample_rate
        self.overlap_seconds = min(self.overlap_seconds, self.chunk_seconds / 4)
        self._num_speakers = num_speakers

    @property
    def num_speakers(self) -> int:
        """Number of estimates per mixture."""
        return self._num_speakers

    def separate_chunk(self, mixture: np.ndarray) -> np.ndarray:
        extended = repeated(mixture, self.lengths)
        return self.run(extended[np.newaxis])[0][:, : len(mixture)]


def repeated(mixture: np.ndarray, lengths: Sequence[int]) -> np.ndarray:
    """Repeats a mixture `(samples,)` until it fills the next of the lengths.

    Args:
        mixture: Samples, at least one.
        lengths: In ascending order.

    Raises:
        ValueError: If it is longer than all of them.

    Example:

    >>> repeated(np.arange(3), [2, 5, 7])
    array([0, 1, 2, 0, 1])
    """
    for length in lengths:
        if len(mixture) <= length:
            return np.resize(mixture, length)
    raise ValueError(
        f"A chunk must have at most {lengths[-1]} samples, as the model takes no more. "
        f"Received: {len(mixture)}. Reduce `chunk_seconds`."
    )
