"""Pooling of complex maps in the frequency domain."""

import keras
import numpy as np
from keras import ops

from keras_complex.layers.pooling.base import BaseResizingPooling, multiply_along
from keras_complex.ops.arithmetic import times_i
from keras_complex.ops.fourier import roots_of_unity
from keras_complex.types import Tensor


class _SpectralPooling(BaseResizingPooling):
    def pool(self, inputs: Tensor, output_size: int, axis: int) -> Tensor:
        size = ops.shape(inputs)[axis]
        frequencies = np.arange(output_size) - output_size // 2
        (a_real, a_imag), (s_real, s_imag) = (
            [ops.convert_to_tensor(part, "float32") for part in roots]
            for roots in (
                roots_of_unity(frequencies, size, size),
                roots_of_unity(output_size, frequencies, output_size),
            )
        )
        # One analyses with conjugate roots of unity.
        real = ops.matmul(s_real, a_real) + ops.matmul(s_imag, a_imag)
        imag = ops.matmul(s_imag, a_real) - ops.matmul(s_real, a_imag)
        matrix = ops.concatenate([real, imag]) / ops.cast(size, "float32")
        outputs = multiply_along(matrix, inputs, axis)
        # The imaginary part of the matrix multiplies by `i`.
        real, imag = ops.split(outputs, 2, axis=axis)
        return ops.cast(real + times_i(imag), inputs.dtype)


@keras.saving.register_keras_serializable(package="keras_complex")
class ComplexSpectralPooling2D(_SpectralPooling):
    """Reduces height and width by keeping the lowest frequencies of both.

        y = IDFT(crop(DFT(x))) m / n    along height, then along width

    where `crop` keeps the coefficients from `-(m // 2)` to `(m - 1) // 2` of `n`,
    and the factor keeps constants what they are. Unlike a maximum or an average of
    windows, the output has any size `m`, and without loss of what varies slowly.
    The layer is linear over complex scalars.

    The argument and errors are those of `ComplexAdaptiveAveragePooling2D`.

    Input shape:
        `(batch, height, width, 2 * channels)`, last axis `[real, imag]`.

    Output shape:
        `(batch, *output_size, 2 * channels)`.

    Example:

    >>> layer = ComplexSpectralPooling2D((7, 5))
    >>> tuple(layer(np.zeros((1, 10, 8, 6), "float32")).shape)
    (1, 7, 5, 6)

    Reference:

    - [Rippel et al., 2015, Spectral Representations for Convolutional Neural
      Networks](https://arxiv.org/abs/1506.03767), Algorithm 1
    """

    rank = 2


@keras.saving.register_keras_serializable(package="keras_complex")
class ComplexSpectralPooling1D(_SpectralPooling):
    """Reduces the steps by keeping the lowest frequencies.

    As `ComplexSpectralPooling2D`, of sequences.

    Input shape:
        `(batch, steps, 2 * channels)`, last axis `[real, imag]`.

    Output shape:
        `(batch, output_size, 2 * channels)`.

    Example:

    >>> tuple(ComplexSpectralPooling1D(7)(np.zeros((1, 10, 6), "float32")).shape)
    (1, 7, 6)
    """

    rank = 1
