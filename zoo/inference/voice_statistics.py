"""Statistics by which voices are known again: running sums over mel-cepstra."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from keras_complex.filterbanks import mel_filterbank

# Distance of two frames.
STEP_SECONDS = 0.01
_FRAME_SECONDS = 0.032
# Enough for the filters, whatever the sample rate is.
_MIN_FRAME_LENGTH = 256
_NUM_BANDS = 24
# Coefficients of the cosine transform of the bands, without the first, the level.
_NUM_CEPSTRA = 18
# Against the power of loud frames: that of frames which count half, and that which
# is added to each band so that noise far below the speech does not matter.
_HALF_POWER = 0.03
_BAND_FLOOR = 1e-4
# Frames at a time, which bounds the memory.
_BLOCK_FRAMES = 512


@dataclass(frozen=True)
class VoiceStatistics:
    """Sums over the frames of separated voices.

    Attributes:
        weights: How many frames hold each voice, `(speakers,)`.
        sums: Sum of the cepstra of each voice, `(speakers, cepstra)`.
        squares: Sum of their outer products over all voices, `(cepstra, cepstra)`.
        power: Mean square of the loud frames.
    """

    weights: np.ndarray
    sums: np.ndarray
    squares: np.ndarray
    power: float

    def scaled(self, factor: float) -> "VoiceStatistics":
        """Returns what as many times the frames would give."""
        return VoiceStatistics(
            factor * self.weights,
            factor * self.sums,
            factor * self.squares,
            self.power,
        )


def voice_statistics(estimates: np.ndarray, sample_rate: float) -> VoiceStatistics:
    """Measures the voices of a chunk.

    A frame of voice `s`, of power `p_s`, counts

        w_s = (p_s / sum_r p_r)^2  p_s / (p_s + 0.03 p)

    with the power `p = sum q^2 / sum q` of the loud frames, where `q = sum_r p_r`:
    pauses, and what is left of another voice, count next to nothing. The cepstra
    are cosine transforms of the logarithm of 24 mel bands. Neither they nor the
    weights depend on the level of the chunk.

    Args:
        estimates: Separated voices `(speakers, samples)`.
        sample_rate: In Hz.

    Returns:
        The sums. A chunk shorter than a frame has none.
    """
    length = max(_MIN_FRAME_LENGTH, 2 * round(_FRAME_SECONDS * sample_rate / 2))
    step = max(1, round(STEP_SECONDS * sample_rate))
    speakers = len(estimates)
    if estimates.shape[1] < length:
        nothing = np.zeros((speakers, _NUM_CEPSTRA))
        return VoiceStatistics(nothing[:, 0], nothing, nothing.T @ nothing, 0.0)
    frames = np.lib.stride_tricks.sliding_window_view(estimates, length, axis=1)
    frames = frames[:, ::step]
    # By the peak first: the squares of very weak samples would underflow.
    peak = max(float(np.abs(estimates).max()), 1e-30)
    powers = np.concatenate(
        [np.square(part / peak).mean(axis=2) for part in _parts(frames)], axis=1
    )
    total = powers.sum(axis=0)
    power = float(np.square(total).sum() / max(total.sum(), 1e-30))
    bands = mel_filterbank(_NUM_BANDS, max(1, round(sample_rate)), length)
    cepstra = np.concatenate(
        [_cepstra(part / peak, bands, power) for part in _parts(frames)], axis=1
    )
    weights = (powers / np.maximum(total, 1e-30)) ** 2
    weights = weights * powers / np.maximum(powers + _HALF_POWER * power, 1e-30)
    weighted = weights[..., np.newaxis] * cepstra
    return VoiceStatistics(
        weights.sum(axis=1),
        weighted.sum(axis=1),
        np.einsum("sfd,sfe->de", weighted, cepstra, optimize=True),
        power * peak**2,
    )


def _parts(frames: np.ndarray) -> Sequence[np.ndarray]:
    return [
        frames[:, start : start + _BLOCK_FRAMES]
        for start in range(0, frames.shape[1], _BLOCK_FRAMES)
    ]


def _cepstra(frames: np.ndarray, bands: np.ndarray, power: float) -> np.ndarray:
    """Returns `(speakers, frames, cepstra)` of frames `(speakers, frames, samples)`."""
    window = np.hanning(frames.shape[-1])
    spectra = np.square(np.abs(np.fft.rfft(frames * window)))
    # A frame of noise of this power has as much in each bin.
    floor = _BAND_FLOOR * power * np.square(window).sum() + 1e-30
    logarithms = np.log(spectra @ bands + floor * bands.sum(axis=0))
    band = np.arange(_NUM_BANDS)[:, np.newaxis] + 0.5
    cosines = np.cos(np.pi / _NUM_BANDS * band * np.arange(1, _NUM_CEPSTRA + 1))
    return np.sqrt(2 / _NUM_BANDS) * logarithms @ cosines
