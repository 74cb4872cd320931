"""The mixture of a recording that comes block by block."""

from collections import deque
from collections.abc import Iterable, Iterator

import numpy as np


class MixtureStream:
    """Yields checked blocks of a mixture, channels averaged, and remembers them.

    Args:
        blocks: Real samples `(samples,)` or `(samples, channels)`.
        keep: Whether `take` is to be used. What it has not returned yet is kept.

    Attributes:
        samples: How many have come so far.
    """

    def __init__(self, blocks: Iterable[np.ndarray], keep: bool = False) -> None:
        self.samples = 0
        self._blocks = blocks
        self._keep = keep
        self._kept: deque[np.ndarray] = deque()

    def __iter__(self) -> Iterator[np.ndarray]:
        """Yields float32 `(samples,)`.

        Raises:
            ValueError: If a block is not finite or has another shape, or all are
                empty.
        """
        for block in self._blocks:
            mono = mono_samples(block)
            self.samples += len(mono)
            if self._keep:
                self._kept.append(mono)
            yield mono
        if not self.samples:
            raise ValueError("`blocks` must hold at least one sample. Received: none.")

    def take(self, samples: int) -> np.ndarray:
        """Returns the next samples of the mixture."""
        taken = []
        while samples:
            block = self._kept.popleft()
            if len(block) > samples:
                self._kept.appendleft(block[samples:])
            taken.append(block[:samples])
            samples -= len(taken[-1])
        return np.concatenate(taken)


def mono_samples(waveform: np.ndarray) -> np.ndarray:
    """Checks samples and averages their channels.

    Args:
        waveform: Real `(samples,)` or `(samples, channels)`.

    Returns:
        Float32 `(samples,)`.

    Raises:
        ValueError: If the samples are not finite, or not real, or of another shape.
    """
    waveform = np.asarray(waveform)
    if waveform.ndim not in (1, 2) or waveform.dtype.kind not in "fiu":
        raise ValueError(
            "`waveform` must hold real samples (samples,) or (samples, channels). "
            f"Received: shape={waveform.shape}, dtype={waveform.dtype}."
        )
    if waveform.ndim == 2:
        if not waveform.shape[1]:
            raise ValueError(
                "`waveform` must have at least one channel. "
                f"Received: shape={waveform.shape}."
            )
        waveform = waveform.mean(axis=1)
    waveform = waveform.astype("float32")
    if not np.all(np.isfinite(waveform)):
        raise ValueError(
            "`waveform` must be finite. Received: NaN or infinite samples, "
            f"{np.count_nonzero(~np.isfinite(waveform))} of {len(waveform)}."
        )
    return waveform


def fit_length(
    blocks: Iterable[np.ndarray], mixture: MixtureStream
) -> Iterator[np.ndarray]:
    """Cuts or pads estimates to the length of their mixture.

    Args:
        blocks: Estimates `(speakers, samples)` of what came of `mixture` so far.
        mixture: The mixture, read to its end when the blocks have ended.

    Yields:
        Blocks, none of them empty, with as many samples in all.
    """
    samples, speakers = 0, 0
    for block in blocks:
        speakers = len(block)
        # Rounding of the rates may give a sample too many at the end.
        block = block[:, : mixture.samples - samples]
        samples += block.shape[1]
        if block.shape[1]:
            yield block
    if mixture.samples > samples:
        yield np.zeros((speakers, mixture.samples - samples), "float32")
