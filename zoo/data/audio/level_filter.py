"""The filter in front of VOICEBOX's level meter, and so of wsj0-2mix."""

import math

import numpy as np

_CUTOFF_HZ = 200.0
_ORDER = 5
_RIPPLE_DB = 0.25
_STOP_DB = 50.0


def highpass_200_hz(waveform: np.ndarray, sample_rate: int) -> np.ndarray:
    """Removes what lies below the band in which VOICEBOX measures speech.

    It is a Chebyshev filter of type II,
    `|H(w)|^2 = 1 / (1 + 1 / (e^2 T_5(w / s)^2))`, with `w = tan(pi f / f_s)`
    relative to 200 Hz, `e^2 = 1 / (10^5 - 1)` for a stopband at -50 dB, its edge `s`
    such that it is at -0.25 dB at 200 Hz, and without its phase.

    Args:
        waveform: `(samples,)`.
        sample_rate: In Hz, more than 400.

    Returns:
        The filtered waveform, of the same length.

    Reference:

    - M. Brookes, VOICEBOX: Speech processing toolbox for MATLAB, `v_activlev`,
      http://www.ee.ic.ac.uk/hp/staff/dmb/voicebox/voicebox.html
    """
    # A second of zeros keeps the end of the filter's response off the start.
    length = len(waveform) + sample_rate
    frequencies_hz = np.fft.rfftfreq(length, 1 / sample_rate)
    # At half the sample rate, tan is huge, which serves as infinity.
    w = np.tan(np.pi * frequencies_hz / sample_rate)
    w = np.abs(w) / math.tan(math.pi * _CUTOFF_HZ / sample_rate)
    inverse_e = math.sqrt(10 ** (_STOP_DB / 10) - 1)
    at_cutoff = inverse_e / math.sqrt(10 ** (_RIPPLE_DB / 10) - 1)
    chebyshev = np.polynomial.chebyshev.Chebyshev.basis(_ORDER)
    t = chebyshev(w * math.cosh(math.acosh(at_cutoff) / _ORDER)) / inverse_e
    magnitude = np.abs(t) / np.hypot(1, t)
    spectrum = np.fft.rfft(waveform, length) * magnitude
    return np.fft.irfft(spectrum, length)[: len(waveform)]
