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
    # They take most of a second to import.
    import scipy.ndimage
    import scipy.signal

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
    g = math.exp(-1 / (_TIME_CONSTANT_SECONDS * sample_rate))
    envelope = np.abs(x)
    for _ in range(2):  # y[n] = g y[n - 1] + (1 - g) x[n]
        envelope = scipy.signal.lfilter([1 - g], [1, -g], envelope)
    if not power or not envelope.max():
        return -math.inf
    window = 1 + math.ceil(_HANGOVER_SECONDS * sample_rate)
    # With this origin, of each sample and those before it.
    held = scipy.ndimage.maximum_filter1d(
        envelope, window, mode="constant", origin=(window - 1) // 2
    )
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
