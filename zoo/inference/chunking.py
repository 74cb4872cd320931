"""Separation of recordings of any length, in overlapping chunks."""

from collections.abc import Callable, Iterable, Iterator

import numpy as np

from zoo.inference.speaker_order import SpeakerOrder


def separate_in_chunks(
    separate: Callable[[np.ndarray], np.ndarray],
    blocks: Iterable[np.ndarray],
    chunk_samples: int,
    overlap_samples: int,
    sample_rate: float,
    progress: Callable[[int], None] | None = None,
) -> Iterator[np.ndarray]:
    """Separates a mixture chunk by chunk, with the speakers kept in order.

    A separator gives the speakers of each chunk in an order of its own, which
    `zoo.inference.speaker_order.SpeakerOrder` finds. Chunks in order are cross-faded.
    No more than the chunks that wait for their order are kept.

    Args:
        separate: Maps a mixture `(samples,)` to estimates `(speakers, samples)`.
        blocks: The mixture, in blocks `(samples,)` of any lengths. One that fits into
            a chunk is separated in one piece.
        chunk_samples: Length of a chunk, in samples.
        overlap_samples: Overlap of two chunks, in samples: at least one, at most
            half of `chunk_samples`, so that no more than two chunks meet.
        sample_rate: Of the mixture, in Hz.
        progress: Called after each chunk with the samples that it adds.

    Returns:
        Iterator over blocks of the estimates, float32 `(speakers, samples)`.

    Raises:
        ValueError: If the overlap is out of range.
    """
    if not 1 <= overlap_samples <= chunk_samples // 2:
        raise ValueError(
            "The overlap must last at least one sample and at most half a chunk. "
            f"Received: chunk_samples={chunk_samples}, "
            f"overlap_samples={overlap_samples}."
        )
    chunks = overlapping_chunks(blocks, chunk_samples, overlap_samples)
    estimates = _separated(separate, chunks, overlap_samples, progress)
    order = SpeakerOrder(sample_rate, overlap_samples)
    return _cross_faded(order.sort(estimates), overlap_samples)


def overlapping_chunks(
    blocks: Iterable[np.ndarray], chunk_samples: int, overlap_samples: int
) -> Iterator[tuple[np.ndarray, int]]:
    """Cuts a signal that comes in blocks into chunks of one length.

    All chunks have the same length, so that a compiled model is compiled once: the
    last begins earlier than it needs to, unless it is the only one.

    Args:
        blocks: The signal, in blocks `(samples,)` of any lengths.
        chunk_samples: Length of a chunk.
        overlap_samples: How many samples two chunks share.

    Yields:
        Each chunk and how many samples at its beginning are not needed: without
        them, all overlap by `overlap_samples`.
    """
    step = chunk_samples - overlap_samples
    # What is not part of a chunk yet, after the last chunk, of which the last chunk
    # of all may need samples again.
    waiting, known, start = [np.zeros(0, "float32")], 0, 0
    for block in blocks:
        waiting.append(block)
        known += len(block)
        while known > chunk_samples + start:
            signal = waiting[0] if len(waiting) == 1 else np.concatenate(waiting)
            yield signal[start : start + chunk_samples], 0
            # One chunk is kept: no more can be asked for again.
            signal = signal[start:]
            waiting, known, start = [signal], len(signal), step
    signal = np.concatenate(waiting)
    first = max(0, len(signal) - chunk_samples) if start else 0
    if len(signal):
        yield signal[first:], start - first


def _separated(
    separate: Callable[[np.ndarray], np.ndarray],
    chunks: Iterable[tuple[np.ndarray, int]],
    overlap_samples: int,
    progress: Callable[[int], None] | None,
) -> Iterator[np.ndarray]:
    """Yields the estimates of what is needed of each chunk."""
    known = 0
    for chunk, skipped in chunks:
        estimates = np.asarray(separate(chunk), "float32")[:, skipped:]
        if progress is not None:
            progress(estimates.shape[1] - known)
        known = overlap_samples
        yield estimates


def _cross_faded(
    chunks: Iterable[np.ndarray], overlap_samples: int
) -> Iterator[np.ndarray]:
    """Joins chunks `(speakers, samples)` that overlap."""
    fade_in = _fade_in(overlap_samples)
    end: np.ndarray | None = None
    for chunk in chunks:
        if end is not None:
            yield end * (1 - fade_in) + chunk[:, :overlap_samples] * fade_in
            chunk = chunk[:, overlap_samples:]
        yield chunk[:, :-overlap_samples]
        end = chunk[:, -overlap_samples:]
    if end is not None:
        yield end


def _fade_in(samples: int) -> np.ndarray:
    """Rises from 0 to 1; it and its mirror image sum to one."""
    phase = np.pi * (np.arange(samples, dtype="float32") + 0.5) / samples
    return 0.5 - 0.5 * np.cos(phase)
