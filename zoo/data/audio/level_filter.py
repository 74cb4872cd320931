"""The filter in front of VOICEBOX's level meter, and so of wsj0-2mix."""

import functools
import math

import numpy as np

_CUTOFF_HZ = 200.0
_ORDER = 5
_RIPPLE_DB = 0.25
_STOP_DB = 50.0


def highpass_200_hz(waveform: np.ndarray, sample_rate: int) -> np.ndarray:
    """Removes what lies below the band in which VOICEBOX measures speech.

    It is a Chebyshev filter of type II and order 5, at -50 dB in its stopband, whose
    edge is such that it is at -0.25 dB at 200 Hz.

    Args:
        waveform: `(samples,)`.
        sample_rate: In Hz, more than 400.

    Returns:
        The filtered waveform, of the same length.

    Reference:

    - M. Brookes, VOICEBOX: Speech processing toolbox for MATLAB, `v_activlev`,
      http://www.ee.ic.ac.uk/hp/staff/dmb/voicebox/voicebox.html
    """
    import scipy.signal

    return scipy.signal.sosfilt(_sections(sample_rate), waveform)


@functools.cache
def _sections(sample_rate: int) -> np.ndarray:
    # SciPy's filters take most of a second to import.
    import scipy.signal

    # T_5(w / edge) = sqrt((10^5 - 1) / (10^0.025 - 1)) at w = tan(pi 200 Hz / f_s).
    polynomial = math.sqrt((10 ** (_STOP_DB / 10) - 1) / (10 ** (_RIPPLE_DB / 10) - 1))
    edge = math.tan(math.pi * _CUTOFF_HZ / sample_rate)
    edge /= math.cosh(math.acosh(polynomial) / _ORDER)
    return scipy.signal.cheby2(
        _ORDER,
        _STOP_DB,
        sample_rate / math.pi * math.atan(edge),
        "highpass",
        fs=sample_rate,
        output="sos",
    )
