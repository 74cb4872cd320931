"""Pooling of complex maps in the frequency domain."""

from typing import Any

import keras

from keras_complex.layers.base_pooling import BaseResizingPooling
from keras_complex.ops.pooling import spectral_pool
from keras_complex.types import Tensor


@keras.saving.register_keras_serializable(package="keras_complex")
class ComplexSpectralPooling1D(BaseResizingPooling):
    """Reduces the steps by keeping the lowest frequencies.

        y = IDFT(crop(DFT(x))) m / n

    where `crop` keeps the coefficients from `-(m // 2)` to `(m - 1) // 2` of `n`,
    and the factor keeps constants what they are. Unlike a maximum or an average of
    windows, the output has any size `m`, and without loss of what varies slowly.
    The layer is linear over complex scalars.

    Args:
        output_size: Number of steps to keep, `m`, at most those of the input.
        **kwargs: Arguments of `keras.layers.Layer`, such as `name` and `dtype`.

    Raises:
        ValueError: If `output_size` is not positive or exceeds the input, or if the
            input has an odd or unknown number of real channels.

    Input shape:
        `(batch, steps, 2 * channels)`, last axis `[real, imag]`.

    Output shape:
        `(batch, output_size, 2 * channels)`.

    Example:

    >>> tuple(ComplexSpectralPooling1D(7)(np.zeros((1, 10, 6), "float32")).shape)
    (1, 7, 6)

    Reference:

    - [Rippel et al., 2015, Spectral Representations for Convolutional Neural
      Networks](https://arxiv.org/abs/1506.03767), Algorithm 1
    """

    def __init__(self, output_size: int | tuple[int], **kwargs: Any) -> None:
        super().__init__(1, output_size, **kwargs)

    def call(self, inputs: Tensor) -> Tensor:
        return spectral_pool(inputs, self.output_size[0], axis=1)


@keras.saving.register_keras_serializable(package="keras_complex")
class ComplexSpectralPooling2D(BaseResizingPooling):
    """Reduces height and width by keeping the lowest frequencies of both.

        y = IDFT(crop(DFT(x))) m / n    along height, then along width

    where `crop` keeps the coefficients from `-(m // 2)` to `(m - 1) // 2` of `n`,
    and the factor keeps constants what they are. Unlike a maximum or an average of
    windows, the output has any size `m`, and without loss of what varies slowly.
    The layer is linear over complex scalars.

    Args:
        output_size: Height and width to keep, at most those of the input.
        **kwargs: Arguments of `keras.layers.Layer`, such as `name` and `dtype`.

    Raises:
        ValueError: If `output_size` is not positive or exceeds the input, or if the
            input has an odd or unknown number of real channels.

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

    def __init__(self, output_size: int | tuple[int, int], **kwargs: Any) -> None:
        super().__init__(2, output_size, **kwargs)

    def call(self, inputs: Tensor) -> Tensor:
        height, width = self.output_size
        return spectral_pool(spectral_pool(inputs, height, axis=1), width, axis=2)
