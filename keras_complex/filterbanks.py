"""Matrices that pool the bins of a spectrogram into bands of hearing."""

import numpy as np

from keras_complex.checks import check_choice

# The scale of Slaney's Auditory Toolbox: linear to 1 kHz, logarithmic above.
SLANEY_HZ_PER_MEL = 200 / 3
SLANEY_BREAK_HZ = 1000.0
SLANEY_LOG_STEP = np.log(6.4) / 27


def hz_to_mel(frequency_hz: np.ndarray | float, scale: str = "htk") -> np.ndarray:
    """Returns frequencies on the mel scale.

    Args:
        frequency_hz: Frequencies, in Hz, not negative.
        scale: `"htk"` for `2595 log10(1 + f / 700)`, or `"slaney"`, linear below
            1 kHz and logarithmic above.

    Returns:
        Mel, float64.

    Raises:
        ValueError: If there is no such scale.

    Example:

    >>> [round(float(hz_to_mel(1000.0, scale)), 2) for scale in ("htk", "slaney")]
    [999.99, 15.0]

    Reference:

    - O'Shaughnessy, 1987, Speech communication: human and machine
    - [Slaney, 1998, Auditory toolbox, version 2](
      https://engineering.purdue.edu/~malcolm/interval/1998-010/)
    """
    check_choice("scale", scale, ("htk", "slaney"))
    frequency = np.asarray(frequency_hz, "float64")
    if scale == "htk":
        return 2595.0 * np.log10(1.0 + frequency / 700.0)
    above = np.maximum(frequency, SLANEY_BREAK_HZ) / SLANEY_BREAK_HZ
    linear = np.minimum(frequency, SLANEY_BREAK_HZ) / SLANEY_HZ_PER_MEL
    return linear + np.log(above) / SLANEY_LOG_STEP


def mel_to_hz(mel: np.ndarray | float, scale: str = "htk") -> np.ndarray:
    """Inverts `hz_to_mel`."""
    check_choice("scale", scale, ("htk", "slaney"))
    mel = np.asarray(mel, "float64")
    if scale == "htk":
        return 700.0 * (10.0 ** (mel / 2595.0) - 1.0)
    corner = SLANEY_BREAK_HZ / SLANEY_HZ_PER_MEL
    above = np.exp(SLANEY_LOG_STEP * np.maximum(mel - corner, 0.0))
    return np.minimum(mel, corner) * SLANEY_HZ_PER_MEL * above


def hz_to_erb(frequency_hz: np.ndarray | float) -> np.ndarray:
    """Returns the number of equivalent rectangular bandwidths below a frequency.

        E = 21.4 log10(1 + 0.00437 f)

    Args:
        frequency_hz: Frequencies, in Hz, not negative.

    Reference:

    - [Glasberg & Moore, 1990, Derivation of auditory filter shapes from notched-noise
      data](https://doi.org/10.1016/0378-5955(90)90170-T), Equation 4
    """
    return 21.4 * np.log10(1.0 + 0.00437 * np.asarray(frequency_hz, "float64"))


def erb_to_hz(erb: np.ndarray | float) -> np.ndarray:
    """Inverts `hz_to_erb`."""
    return (10.0 ** (np.asarray(erb, "float64") / 21.4) - 1.0) / 0.00437


def mel_filterbank(
    num_bands: int,
    sample_rate: int,
    fft_length: int,
    low_hz: float = 0.0,
    high_hz: float | None = None,
    scale: str = "htk",
    normalization: str | None = None,
) -> np.ndarray:
    """Makes triangular filters of equal width on the mel scale.

    Args:
        num_bands: Number of filters.
        sample_rate: In Hz.
        fft_length: Length of the transform, in samples, even.
        low_hz: Lower end of the first filter, in Hz.
        high_hz: Upper end of the last filter, in Hz; half of `sample_rate` by default.
        scale: As in `hz_to_mel`.
        normalization: `None` for peaks of 1, or `"slaney"` for the same area under
            all filters: a weight of 2 over the width in Hz.

    Returns:
        Matrix, float64 `(bins, num_bands)`, with `bins = fft_length // 2 + 1`.

    Raises:
        ValueError: If an argument is out of range, or if a filter lies between two
            bins.

    Example:

    >>> mel_filterbank(40, 16000, 512).shape
    (257, 40)
    """
    high_hz = sample_rate / 2 if high_hz is None else high_hz
    _check_bands(num_bands, sample_rate, fft_length)
    if not 0 <= low_hz < high_hz <= sample_rate / 2:
        raise ValueError(
            "The filters must lie between 0 and half of `sample_rate`. Received: "
            f"low_hz={low_hz}, high_hz={high_hz}, sample_rate={sample_rate}."
        )
    if normalization not in (None, "slaney"):
        raise ValueError(
            '`normalization` must be None or "slaney". '
            f"Received: normalization={normalization!r}."
        )
    low, high = hz_to_mel(low_hz, scale), hz_to_mel(high_hz, scale)
    corners = mel_to_hz(np.linspace(low, high, num_bands + 2), scale)
    lower, centre, upper = corners[:-2], corners[1:-1], corners[2:]
    frequency = np.arange(fft_length // 2 + 1)[:, None] * (sample_rate / fft_length)
    rise = (frequency - lower) / (centre - lower)
    fall = (upper - frequency) / (upper - centre)
    matrix = np.maximum(np.minimum(rise, fall), 0.0)
    if not np.all(np.any(matrix > 0, axis=0)):
        raise ValueError(
            "Every filter must cover a bin. Received: "
            f"num_bands={num_bands}, fft_length={fft_length}, whose bins are "
            f"{sample_rate / fft_length:g} Hz apart. Reduce `num_bands` or increase "
            "`fft_length`."
        )
    return matrix if normalization is None else matrix * (2.0 / (upper - lower))


def erb_filterbank(
    num_bands: int, sample_rate: int, fft_length: int, min_bins: int = 2
) -> np.ndarray:
    """Makes rectangular bands of equal width on the scale of `hz_to_erb`.

    Each bin belongs to one band, whose mean the product with the matrix gives. Low
    bands, narrower than `min_bins`, are widened, and those above start later.

    Args:
        num_bands: Number of bands.
        sample_rate: In Hz.
        fft_length: Length of the transform, in samples, even.
        min_bins: Least width of a band, in bins.

    Returns:
        Matrix, float64 `(bins, num_bands)`, with `bins = fft_length // 2 + 1`.

    Raises:
        ValueError: If an argument is out of range, or if there are more bands than
            bins to fill them.

    Example:

    >>> erb_filterbank(32, 48000, 960).shape
    (481, 32)

    Reference:

    - [Schroeter et al., 2022, DeepFilterNet](https://arxiv.org/abs/2110.05588)
    """
    _check_bands(num_bands, sample_rate, fft_length)
    bins = fft_length // 2 + 1
    if min_bins < 1 or num_bands * min_bins > bins:
        raise ValueError(
            f"Each band must have `min_bins` of the {bins} bins, 1 or more. Received: "
            f"num_bands={num_bands}, min_bins={min_bins}."
        )
    ends_hz = erb_to_hz(np.linspace(0, hz_to_erb(sample_rate / 2), num_bands + 1))
    ends = np.round(ends_hz * fft_length / sample_rate).astype(int)
    ends[-1] = bins
    for band in range(num_bands):
        ends[band + 1] = max(ends[band + 1], ends[band] + min_bins)
    # Bands that were pushed beyond the last bin give way from there.
    for band in range(num_bands, 0, -1):
        ends[band] = min(ends[band], bins - (num_bands - band) * min_bins)
    index = np.arange(bins)[:, None]
    member = (index >= ends[:-1]) & (index < ends[1:])
    return member / np.diff(ends)


def _check_bands(num_bands: int, sample_rate: int, fft_length: int) -> None:
    if num_bands < 1 or sample_rate < 1 or fft_length < 2 or fft_length % 2:
        raise ValueError(
            "`num_bands` and `sample_rate` must be positive and `fft_length` even. "
            f"Received: num_bands={num_bands}, sample_rate={sample_rate}, "
            f"fft_length={fft_length}."
        )
