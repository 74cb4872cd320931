"""Resampling of recordings that come block by block."""

import math
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import soxr


def resampled_blocks(
    blocks: Iterable[np.ndarray], old_rate: float, new_rate: float
) -> Iterator[np.ndarray]:
    """Resamples a recording block by block.

    Together the blocks are what `soxr.resample` makes of the whole at its highest
    quality: without delay, and the same for blocks of any length.

    Args:
        blocks: Float32, all `(samples,)` or all `(channels, samples)`. Too few
            samples for one at the new rate are padded with zeros.
        old_rate: Sample rate of the blocks, in Hz.
        new_rate: Sample rate to reach, in Hz.

    Yields:
        Blocks of the same number of axes, float32, of any lengths.
    """
    if old_rate == new_rate:
        yield from blocks
        return
    stream: soxr.ResampleStream | None = None
    shape: tuple[int, ...] = ()
    samples = 0
    for block in blocks:
        if stream is None:
            shape = block.shape[:-1]
            stream = _stream(old_rate, new_rate, shape)
        samples += block.shape[-1]
        yield stream.resample_chunk(np.ascontiguousarray(block.T)).T
    if stream is not None:
        missing = max(0, math.ceil(old_rate / new_rate) - samples)
        silence = np.zeros((missing, *shape), "float32")
        yield stream.resample_chunk(silence, last=True).T


def _stream(
    old_rate: float, new_rate: float, shape: tuple[int, ...]
) -> "soxr.ResampleStream":
    # Late, as many recordings do without.
    import soxr

    return soxr.ResampleStream(
        old_rate, new_rate, math.prod(shape), dtype="float32", quality="VHQ"
    )
