"""Discrete Fourier transforms as layers."""

from typing import Any, ClassVar

import keras
from keras import ops

from keras_complex.layers.base import PackedLayer, at_least_float32
from keras_complex.ops.fourier import fft, ifft
from keras_complex.ops.packing import cast_packed
from keras_complex.types import Tensor


class _FFT(PackedLayer):
    """Transforms the last `rank` axes before the channels."""

    rank: ClassVar[int] = 1
    transform = staticmethod(fft)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.input_spec = keras.InputSpec(min_ndim=self.rank + 2)

    def call(self, inputs: Tensor) -> Tensor:
        x = cast_packed(inputs, at_least_float32(self.compute_dtype))
        for axis in range(-1 - self.rank, -1):
            x = self.transform(x, axis)
        return ops.cast(x, self.compute_dtype)


@keras.saving.register_keras_serializable(package="keras_complex")
class ComplexFFT(_FFT):
    """Computes the discrete Fourier transform of each channel.

        y_k = sum_n x_n e^(-2 pi i k n / N) / sqrt(N)

    over the `N` steps of the axis before the channels. The transform is unitary: it
    keeps the power (Parseval), and `ComplexIFFT` inverts it. It is linear over complex
    scalars.

    Made of products with fixed matrices, in float32 under every precision policy, it
    runs on TFLite with built-in operations. A known number of steps may be large, if
    it has divisors near its root, such as 4096 = 64 * 64; an unknown or prime one takes
    a matrix of `N^2` values (`keras_complex.ops.fft`).

    Args:
        **kwargs: Arguments of `keras.layers.Layer`, such as `name` and `dtype`.

    Raises:
        ValueError: If the input has fewer than three axes, or an odd or unknown
            number of real channels.

    Input shape:
        `(batch, ..., steps, 2 * channels)`, last axis `[real, imag]`.

    Output shape:
        The shape of the input.

    Example:

    >>> x = np.zeros((1, 4, 2), "float32")
    >>> x[0, 0, 0] = 2.0  # An impulse, 2, 0, 0, 0.
    >>> keras.ops.convert_to_numpy(ComplexFFT()(x))[0, :, 0].round(3).tolist()
    [1.0, 1.0, 1.0, 1.0]

    Reference:

    - Oppenheim & Schafer, 2010, Discrete-Time Signal Processing, Section 8.5, with
      the scale that makes it unitary
    """


@keras.saving.register_keras_serializable(package="keras_complex")
class ComplexIFFT(_FFT):
    """Computes the inverse discrete Fourier transform of each channel.

        x_n = sum_k y_k e^(2 pi i k n / N) / sqrt(N)

    over the `N` values of the axis before the channels: the inverse of `ComplexFFT`,
    which see, and its adjoint.

    Input shape:
        `(batch, ..., steps, 2 * channels)`, last axis `[real, imag]`.

    Output shape:
        The shape of the input.

    Example:

    >>> x = keras.random.normal((1, 100, 2 * 3))
    >>> difference = ComplexIFFT()(ComplexFFT()(x)) - x
    >>> bool(keras.ops.max(keras.ops.abs(difference)) < 1e-5)
    True
    """

    transform = staticmethod(ifft)


@keras.saving.register_keras_serializable(package="keras_complex")
class ComplexFFT2D(_FFT):
    """Computes the two-dimensional discrete Fourier transform of each channel.

        y_kl = sum_mn x_mn e^(-2 pi i (k m / M + l n / N)) / sqrt(M N)

    over height `M` and width `N`: `ComplexFFT`, which see, along the one and then the
    other.

    Input shape:
        `(batch, ..., height, width, 2 * channels)`, last axis `[real, imag]`.

    Output shape:
        The shape of the input.

    Example:

    >>> maps = keras.random.normal((1, 16, 20, 2 * 3))
    >>> tuple(ComplexFFT2D()(maps).shape)
    (1, 16, 20, 6)
    """

    rank = 2


@keras.saving.register_keras_serializable(package="keras_complex")
class ComplexIFFT2D(_FFT):
    """Computes the inverse two-dimensional discrete Fourier transform.

        x_mn = sum_kl y_kl e^(2 pi i (k m / M + l n / N)) / sqrt(M N)

    over height `M` and width `N`: the inverse of `ComplexFFT2D`, and its adjoint.

    Input shape:
        `(batch, ..., height, width, 2 * channels)`, last axis `[real, imag]`.

    Output shape:
        The shape of the input.

    Example:

    >>> maps = keras.random.normal((1, 16, 20, 2 * 3))
    >>> difference = ComplexIFFT2D()(ComplexFFT2D()(maps)) - maps
    >>> bool(keras.ops.max(keras.ops.abs(difference)) < 1e-5)
    True
    """

    rank = 2
    transform = staticmethod(ifft)
