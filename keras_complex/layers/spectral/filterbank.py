"""Bands of hearing, pooled from the bins of a spectrogram."""

from typing import Any

import keras
import numpy as np
from keras import ops

from keras_complex.filterbanks import erb_filterbank, mel_filterbank
from keras_complex.layers.base import BaseLayer, at_least_float32
from keras_complex.types import Shape, Tensor


class _Filterbank(BaseLayer):
    """Multiplies the axis of bins, the one before the last, by a fixed matrix."""

    def __init__(self, inverse: bool, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.inverse = inverse
        self.supports_masking = True

    def build(self, input_shape: Shape) -> None:
        size = len(self._checked_matrix())
        if len(input_shape) < 2 or input_shape[-2] not in (None, size):
            kind = "bands" if self.inverse else "bins"
            raise ValueError(
                f"Layer {self.name!r} expects {size} {kind} on the axis before the "
                f"last. Received: input_shape={tuple(input_shape)}."
            )

    def call(self, inputs: Tensor) -> Tensor:
        dtype = at_least_float32(self.compute_dtype)
        matrix = ops.convert_to_tensor(self._checked_matrix(), dtype=dtype)
        x = ops.swapaxes(ops.cast(inputs, dtype), -1, -2)
        y = ops.swapaxes(ops.matmul(x, matrix), -1, -2)
        return ops.cast(y, self.compute_dtype)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        size = self._checked_matrix().shape[1]
        return (*input_shape[:-2], size, input_shape[-1])

    def _checked_matrix(self) -> np.ndarray:
        matrix = self._matrix()
        return np.linalg.pinv(matrix) if self.inverse else matrix

    def _matrix(self) -> np.ndarray:
        raise NotImplementedError


@keras.saving.register_keras_serializable(package="keras_complex")
class MelFilterbank(_Filterbank):
    """Pools the bins of a spectrogram by triangular filters on the mel scale.

        y[b] = sum_k M[k, b] x[k]

    with the matrix `M` of `keras_complex.ops.mel_filterbank`. Magnitudes and powers
    come from `Magnitude`; packed complex spectrograms are pooled with their phase.
    Float32 is used under every precision policy.

    Args:
        num_bands: Number of filters.
        sample_rate: In Hz.
        fft_length: Length of the transform, in samples, even, as in `STFT`.
        low_hz: Lower end of the first filter, in Hz.
        high_hz: Upper end of the last filter, in Hz; half of `sample_rate` by default.
        scale: `"htk"` for `2595 log10(1 + f / 700)`, or `"slaney"`, linear below 1 kHz
            and logarithmic above.
        normalization: `None` for peaks of 1, or `"slaney"` for the same area under all
            filters.
        inverse: Whether to go from bands back to bins by the pseudo-inverse of `M`,
            whose result may be negative.
        **kwargs: Arguments of `keras.layers.Layer`, such as `name` and `dtype`.

    Raises:
        ValueError: If an argument is out of range, if a filter lies between two bins,
            or if the input has another number of bins.

    Input shape:
        `(..., bins, channels)`, real or packed, with `bins = fft_length // 2 + 1`; of
        the inverse `(..., num_bands, channels)`.

    Output shape:
        `(..., num_bands, channels)`; of the inverse `(..., bins, channels)`.

    Example:

    >>> from keras_complex.layers import STFT, Magnitude
    >>> x = Magnitude()(STFT()(np.zeros((1, 8000))))
    >>> tuple(MelFilterbank(40, 8000, 256)(x).shape)
    (1, 64, 40, 1)
    """

    def __init__(
        self,
        num_bands: int,
        sample_rate: int,
        fft_length: int,
        low_hz: float = 0.0,
        high_hz: float | None = None,
        scale: str = "htk",
        normalization: str | None = None,
        inverse: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(inverse, **kwargs)
        self.num_bands = num_bands
        self.sample_rate = sample_rate
        self.fft_length = fft_length
        self.low_hz = low_hz
        self.high_hz = high_hz
        self.scale = scale
        self.normalization = normalization
        self._matrix()

    def _matrix(self) -> np.ndarray:
        return mel_filterbank(
            self.num_bands,
            self.sample_rate,
            self.fft_length,
            self.low_hz,
            self.high_hz,
            self.scale,
            self.normalization,
        )


@keras.saving.register_keras_serializable(package="keras_complex")
class ERBFilterbank(_Filterbank):
    """Averages the bins of a spectrogram over bands of equal width in hearing.

        y[b] = mean of x[k] over the bins k of band b

    with the bands of `keras_complex.ops.erb_filterbank`. The inverse copies the value
    of a band to its bins, so gains of bands become gains of bins. Float32 is used
    under every precision policy.

    Args:
        num_bands: Number of bands.
        sample_rate: In Hz.
        fft_length: Length of the transform, in samples, even, as in `STFT`.
        min_bins: Least width of a band, in bins.
        inverse: Whether to go from bands back to bins.
        **kwargs: Arguments of `keras.layers.Layer`, such as `name` and `dtype`.

    Raises:
        ValueError: If an argument is out of range, if there are more bands than bins
            to fill them, or if the input has another number of bins.

    Input shape:
        That of `MelFilterbank`.

    Output shape:
        That of `MelFilterbank`.

    Example:

    >>> from keras_complex.layers import STFT, Magnitude
    >>> x = Magnitude()(STFT()(np.zeros((1, 8000))))
    >>> gains = ERBFilterbank(24, 8000, 256)(x)
    >>> tuple(gains.shape)
    (1, 64, 24, 1)
    >>> tuple(ERBFilterbank(24, 8000, 256, inverse=True)(gains).shape)
    (1, 64, 129, 1)

    Reference:

    - [Schroeter et al., 2022, DeepFilterNet](https://arxiv.org/abs/2110.05588)
    """

    def __init__(
        self,
        num_bands: int,
        sample_rate: int,
        fft_length: int,
        min_bins: int = 2,
        inverse: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(inverse, **kwargs)
        self.num_bands = num_bands
        self.sample_rate = sample_rate
        self.fft_length = fft_length
        self.min_bins = min_bins
        self._matrix()

    def _matrix(self) -> np.ndarray:
        return erb_filterbank(
            self.num_bands, self.sample_rate, self.fft_length, self.min_bins
        )
