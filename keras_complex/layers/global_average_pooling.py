"""Averages of whole complex maps."""

from typing import Any

import keras

from keras_complex.layers.base_pooling import BaseGlobalPooling
from keras_complex.ops.pooling import global_average_pool
from keras_complex.types import Tensor


@keras.saving.register_keras_serializable(package="keras_complex")
class ComplexGlobalAveragePooling1D(BaseGlobalPooling):
    """Averages complex values over steps.

        y = mean of x

    Real and imaginary part are averaged alike: the layer is linear over complex
    scalars. Steps that a mask excludes do not count.

    Args:
        keepdims: Whether the axes pooled stay, with size 1.
        **kwargs: Arguments of `keras.layers.Layer`, such as `name` and `dtype`.

    Raises:
        ValueError: If the input has an odd or unknown number of real channels.

    Input shape:
        `(batch, steps, 2 * channels)`, last axis `[real, imag]`.

    Output shape:
        `(batch, 2 * channels)`, or `(batch, 1, 2 * channels)` with `keepdims`.

    Example:

    >>> layer = ComplexGlobalAveragePooling1D()
    >>> tuple(layer(np.zeros((1, 10, 6), "float32")).shape)
    (1, 6)
    """

    def __init__(self, keepdims: bool = False, **kwargs: Any) -> None:
        super().__init__(1, keepdims, **kwargs)
        self.supports_masking = True

    def call(self, inputs: Tensor, mask: Tensor | None = None) -> Tensor:
        return global_average_pool(inputs, mask, self.keepdims)

    def compute_mask(self, inputs: Tensor, mask: Tensor | None = None) -> None:
        return None


@keras.saving.register_keras_serializable(package="keras_complex")
class ComplexGlobalAveragePooling2D(BaseGlobalPooling):
    """Averages complex values over height and width.

        y = mean of x

    Real and imaginary part are averaged alike: the layer is linear over complex
    scalars.

    Args:
        keepdims: Whether the axes pooled stay, with size 1.
        **kwargs: Arguments of `keras.layers.Layer`, such as `name` and `dtype`.

    Raises:
        ValueError: If the input has an odd or unknown number of real channels.

    Input shape:
        `(batch, height, width, 2 * channels)`, last axis `[real, imag]`.

    Output shape:
        `(batch, 2 * channels)`, or `(batch, 1, 1, 2 * channels)` with `keepdims`.

    Example:

    >>> layer = ComplexGlobalAveragePooling2D()
    >>> tuple(layer(np.zeros((1, 10, 8, 6), "float32")).shape)
    (1, 6)
    """

    def __init__(self, keepdims: bool = False, **kwargs: Any) -> None:
        super().__init__(2, keepdims, **kwargs)

    def call(self, inputs: Tensor) -> Tensor:
        return global_average_pool(inputs, keepdims=self.keepdims)


@keras.saving.register_keras_serializable(package="keras_complex")
class ComplexGlobalAveragePooling3D(BaseGlobalPooling):
    """Averages complex values over depth, height and width.

        y = mean of x

    Real and imaginary part are averaged alike: the layer is linear over complex
    scalars.

    Args:
        keepdims: Whether the axes pooled stay, with size 1.
        **kwargs: Arguments of `keras.layers.Layer`, such as `name` and `dtype`.

    Raises:
        ValueError: If the input has an odd or unknown number of real channels.

    Input shape:
        `(batch, depth, height, width, 2 * channels)`, last axis `[real, imag]`.

    Output shape:
        `(batch, 2 * channels)`, or `(batch, 1, 1, 1, 2 * channels)` with `keepdims`.

    Example:

    >>> layer = ComplexGlobalAveragePooling3D()
    >>> tuple(layer(np.zeros((1, 4, 10, 8, 6), "float32")).shape)
    (1, 6)
    """

    def __init__(self, keepdims: bool = False, **kwargs: Any) -> None:
        super().__init__(3, keepdims, **kwargs)

    def call(self, inputs: Tensor) -> Tensor:
        return global_average_pool(inputs, keepdims=self.keepdims)
