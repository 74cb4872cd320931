"""Level of speech, its pauses left out."""

import math

import numpy as np

_TIME_CONSTANT_SECONDS = 0.03
_HANGOVER_SECONDS = 0.2
_MARGIN_DB = 15.9
_NUM_THRESHOLDS = 24


def active_speech_level_db(waveform: np.ndarray, sample_rate: int) -> float:
    """Computes the active speech level of ITU-T P.56, method B.

    The envelope `q` is the rectified signal after two exponential averages of
    30 ms each. At a threshold `c`, the samples are active on which `q >= c`, now
    or within the last 0.2 s. Their mean power gives the level `A(c)`. The active
    level is the one at which `A(c)` lies 15.9 dB above `c`.

    The thresholds are 6.02 dB apart, as in the recommendation, with linear
    interpolation in dB. They count down from the largest `q` and not from full
    scale, so that the level follows any gain exactly.

    Args:
        waveform: Real `(samples,)`, full scale at 1.
        sample_rate: In Hz.

    Returns:
        Active level in dB relative to an RMS of 1; `-inf` for silence.

    Raises:
        ValueError: If the waveform is empty or not finite, or the rate is not
            positive.

    Example:

    >>> tone = np.sin(np.arange(8000.0))
    >>> pauses = np.zeros(16000)
    >>> round(active_speech_level_db(np.concatenate([tone, pauses]), 8000))
    -4

    Reference:

    - ITU-T, 2011, Recommendation P.56: Objective measurement of active speech
      level, https://www.itu.int/rec/T-REC-P.56, section 5.2 (method B)
    """
    x = np.asarray(waveform, "float64")
    if x.ndim != 1 or not x.size or not np.isfinite(x).all():
        raise ValueError(
            "`waveform` must have shape (samples,) and be finite. "
            f"Received: waveform.shape={x.shape}."
        )
    if sample_rate <= 0:
        raise ValueError(
            f"`sample_rate` must be positive. Received: sample_rate={sample_rate}."
        )
    peak = np.abs(x).max()
    # At a peak of 1 no square underflows.
    x = x / peak if peak else x
    power = np.sum(np.square(x))
    envelope = _envelope(np.abs(x), sample_rate)
    if not power or not envelope.max():
        return -math.inf
    held = _maximum_of_last(envelope, 1 + math.ceil(_HANGOVER_SECONDS * sample_rate))
    steps = np.arange(_NUM_THRESHOLDS)
    thresholds = envelope.max() * 0.5**steps
    active = np.count_nonzero(held[None] >= thresholds[:, None], axis=1)
    levels_db = 10 * np.log10(power / active)
    excess_db = levels_db - 20 * np.log10(thresholds) - _MARGIN_DB
    return _crossing(excess_db, levels_db) + 20 * math.log10(peak)


def _crossing(excess_db: np.ndarray, levels_db: np.ndarray) -> float:
    """Interpolates the level at the lowest threshold whose excess is zero."""
    below = np.flatnonzero(excess_db <= 0)
    if not below.size:  # A click: even the highest threshold is too low.
        return float(levels_db[0])
    high = below[-1]
    low = min(high + 1, len(levels_db) - 1)
    span = excess_db[low] - excess_db[high]
    weight = -excess_db[high] / span if span else 0.0
    return float(levels_db[high] + weight * (levels_db[low] - levels_db[high]))


def _envelope(rectified: np.ndarray, sample_rate: int) -> np.ndarray:
    """Averages twice: `y[n] = g y[n - 1] + (1 - g) x[n]`."""
    g = math.exp(-1 / (_TIME_CONSTANT_SECONDS * sample_rate))
    # Within a block of about one time constant, y[n] is g^n times a running sum of
    # g^-n x[n], which stays well scaled; only the carry goes from block to block.
    length = max(1, round(_TIME_CONSTANT_SECONDS * sample_rate))
    blocks = -(-len(rectified) // length)
    y = np.zeros(blocks * length)
    y[: len(rectified)] = rectified
    y = y.reshape(blocks, length)
    decay = g ** np.arange(1, length + 1)
    for _ in range(2):
        y = np.cumsum((1 - g) * y / decay, axis=1) * decay
        carries = np.zeros(blocks)
        for block in range(1, blocks):
            carries[block] = y[block - 1, -1] + decay[-1] * carries[block - 1]
        y = y + carries[:, None] * decay
    return y.reshape(-1)[: len(rectified)]


def _maximum_of_last(x: np.ndarray, length: int) -> np.ndarray:
    """Returns the maximum of each sample and the `length - 1` before it."""
    # van Herk, 1992: a window is the end of one block and the start of the next.
    padding = -len(x) % length
    padded = np.concatenate([np.zeros(length), x, np.zeros(padding)])
    blocks = padded.reshape(-1, length)
    starts = np.maximum.accumulate(blocks, axis=1).reshape(-1)
    ends = np.maximum.accumulate(blocks[:, ::-1], axis=1)[:, ::-1].reshape(-1)
    last = np.arange(length, length + len(x))
    return np.maximum(starts[last], ends[last - length + 1])
