"""Separation of recordings of any length, in overlapping chunks."""

import itertools
from collections.abc import Callable, Iterable

import numpy as np


def separate_in_chunks(
    separate: Callable[[np.ndarray], np.ndarray],
    mixture: np.ndarray,
    chunk_samples: int,
    overlap_samples: int,
    progress: Callable[[list[int]], Iterable[int]] = iter,
) -> np.ndarray:
    """Separates a mixture chunk by chunk, with the speakers kept in order.

    A separator gives the speakers of each chunk in an order of its own. Where two
    chunks overlap, the order of the second is the one whose signals correlate best
    with those of the first; then the two are cross-faded. All chunks have the same
    length, so a compiled model is compiled once.

    Args:
        separate: Maps a mixture `(samples,)` to estimates `(speakers, samples)`.
        mixture: Waveform `(samples,)`. One that fits into a chunk is separated in
            one piece.
        chunk_samples: Length of a chunk, in samples.
        overlap_samples: Least overlap of two chunks, in samples: at least one, at
            most half of `chunk_samples`, so that no more than two chunks meet.
        progress: Wraps the list of starts, as a progress bar does.

    Returns:
        Estimates `(speakers, samples)`, float32.

    Raises:
        ValueError: If the overlap is out of range.
    """
    if not 1 <= overlap_samples <= chunk_samples // 2:
        raise ValueError(
            "The overlap must last at least one sample and at most half a chunk. "
            f"Received: chunk_samples={chunk_samples}, "
            f"overlap_samples={overlap_samples}."
        )
    samples = len(mixture)
    result, end = np.zeros((0, samples), "float32"), 0
    for start in progress(chunk_starts(samples, chunk_samples, overlap_samples)):
        chunk = separate(mixture[start : start + chunk_samples])
        if start == 0:
            result = np.zeros((len(chunk), samples), "float32")
        else:
            chunk = chunk[best_order(result[:, start:end], chunk[:, : end - start])]
            fade_in = _fade_in(end - start)
            result[:, start:end] *= 1 - fade_in
            chunk[:, : end - start] *= fade_in
        end = start + chunk.shape[1]
        result[:, start:end] += chunk
    return result


def chunk_starts(samples: int, chunk_samples: int, overlap_samples: int) -> list[int]:
    """Returns the first sample of each chunk, evenly spaced.

    Chunks overlap by at least `overlap_samples`, and the last ends with the signal.
    """
    if samples <= chunk_samples:
        return [0]
    steps = -(-(samples - chunk_samples) // (chunk_samples - overlap_samples))
    return [i * (samples - chunk_samples) // steps for i in range(steps + 1)]


def best_order(references: np.ndarray, estimates: np.ndarray) -> list[int]:
    """Returns the order of the estimates that fits the references best.

    It maximises the sum over speakers of the normalised correlation

        <reference_s, estimate_order(s)> / (|reference_s| |estimate_order(s)|)

    which is zero where either is silent. Signals that tell nothing stay in place.

    Args:
        references: Signals `(speakers, samples)`.
        estimates: Signals `(speakers, samples)`.

    Returns:
        Indices of `estimates`, one per reference.
    """
    correlation = _normalise(references) @ _normalise(estimates).T
    speakers = np.arange(len(correlation))
    return list(
        max(
            itertools.permutations(range(len(correlation))),
            key=lambda order: float(correlation[speakers, list(order)].sum()),
        )
    )


def _normalise(signals: np.ndarray) -> np.ndarray:
    signals = signals.astype("float64")
    return signals / np.maximum(np.linalg.norm(signals, axis=1, keepdims=True), 1e-12)


def _fade_in(samples: int) -> np.ndarray:
    """Rises from 0 to 1; it and its mirror image sum to one."""
    phase = np.pi * (np.arange(samples, dtype="float32") + 0.5) / samples
    return 0.5 - 0.5 * np.cos(phase)
