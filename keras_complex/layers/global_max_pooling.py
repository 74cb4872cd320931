"""Values of largest magnitude of whole complex maps."""

from typing import Any

import keras

from keras_complex.layers.base_pooling import BaseGlobalPooling
from keras_complex.ops.pooling import global_max_pool
from keras_complex.types import Tensor


@keras.saving.register_keras_serializable(package="keras_complex")
class ComplexGlobalMaxPooling1D(BaseGlobalPooling):
    """Picks the value of largest magnitude over steps.

        y = x_k,    k = argmax |x_k|

    Real and imaginary part stay together, and a rotation of the input rotates the
    output. Of several largest magnitudes the first in row-major order counts, and
    it alone receives the gradient.

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

    >>> layer = ComplexGlobalMaxPooling1D()
    >>> tuple(layer(np.zeros((1, 10, 6), "float32")).shape)
    (1, 6)
    """

    def __init__(self, keepdims: bool = False, **kwargs: Any) -> None:
        super().__init__(1, keepdims, **kwargs)

    def call(self, inputs: Tensor) -> Tensor:
        return global_max_pool(inputs, keepdims=self.keepdims)


@keras.saving.register_keras_serializable(package="keras_complex")
class ComplexGlobalMaxPooling2D(BaseGlobalPooling):
    """Picks the value of largest magnitude over height and width.

        y = x_k,    k = argmax |x_k|

    Real and imaginary part stay together, and a rotation of the input rotates the
    output. Of several largest magnitudes the first in row-major order counts, and
    it alone receives the gradient.

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

    >>> layer = ComplexGlobalMaxPooling2D()
    >>> tuple(layer(np.zeros((1, 10, 8, 6), "float32")).shape)
    (1, 6)
    """

    def __init__(self, keepdims: bool = False, **kwargs: Any) -> None:
        super().__init__(2, keepdims, **kwargs)

    def call(self, inputs: Tensor) -> Tensor:
        return global_max_pool(inputs, keepdims=self.keepdims)


@keras.saving.register_keras_serializable(package="keras_complex")
class ComplexGlobalMaxPooling3D(BaseGlobalPooling):
    """Picks the value of largest magnitude over depth, height and width.

        y = x_k,    k = argmax |x_k|

    Real and imaginary part stay together, and a rotation of the input rotates the
    output. Of several largest magnitudes the first in row-major order counts, and
    it alone receives the gradient.

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

    >>> layer = ComplexGlobalMaxPooling3D()
    >>> tuple(layer(np.zeros((1, 4, 10, 8, 6), "float32")).shape)
    (1, 6)
    """

    def __init__(self, keepdims: bool = False, **kwargs: Any) -> None:
        super().__init__(3, keepdims, **kwargs)

    def call(self, inputs: Tensor) -> Tensor:
        return global_max_pool(inputs, keepdims=self.keepdims)
