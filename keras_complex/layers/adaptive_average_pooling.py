"""Averages of as many windows as the output shall have values."""

from typing import Any

import keras

from keras_complex.layers.base_pooling import BaseResizingPooling
from keras_complex.ops.pooling import adaptive_average_pool
from keras_complex.types import Tensor


@keras.saving.register_keras_serializable(package="keras_complex")
class ComplexAdaptiveAveragePooling1D(BaseResizingPooling):
    """Averages steps to a size that does not depend on the input's.

        y_i = mean of x_k,    floor(i n / m) <= k < ceil((i + 1) n / m)

    for the `m` outputs of `n` inputs along an axis. Real and imaginary part are
    averaged alike: the layer is linear over complex scalars. The windows are those
    of `keras.layers.AdaptiveAveragePooling1D`; here, sizes may be unknown before
    the layer runs.

    Args:
        output_size: Number of steps to keep, at most those of the input.
        **kwargs: Arguments of `keras.layers.Layer`, such as `name` and `dtype`.

    Raises:
        ValueError: If `output_size` is not positive or exceeds the input, or if the
            input has an odd or unknown number of real channels.

    Input shape:
        `(batch, steps, 2 * channels)`, last axis `[real, imag]`.

    Output shape:
        `(batch, output_size, 2 * channels)`.

    Example:

    >>> layer = ComplexAdaptiveAveragePooling1D(7)
    >>> tuple(layer(np.zeros((1, 10, 6), "float32")).shape)
    (1, 7, 6)
    """

    def __init__(self, output_size: int | tuple[int], **kwargs: Any) -> None:
        super().__init__(1, output_size, **kwargs)

    def call(self, inputs: Tensor) -> Tensor:
        return adaptive_average_pool(inputs, self.output_size[0], axis=1)


@keras.saving.register_keras_serializable(package="keras_complex")
class ComplexAdaptiveAveragePooling2D(BaseResizingPooling):
    """Averages height and width to a size that does not depend on the input's.

        y_i = mean of x_k,    floor(i n / m) <= k < ceil((i + 1) n / m)

    for the `m` outputs of `n` inputs along an axis. Real and imaginary part are
    averaged alike: the layer is linear over complex scalars. The windows are those
    of `keras.layers.AdaptiveAveragePooling2D`; here, sizes may be unknown before
    the layer runs.

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

    >>> layer = ComplexAdaptiveAveragePooling2D((7, 5))
    >>> tuple(layer(np.zeros((1, 10, 8, 6), "float32")).shape)
    (1, 7, 5, 6)
    """

    def __init__(self, output_size: int | tuple[int, int], **kwargs: Any) -> None:
        super().__init__(2, output_size, **kwargs)

    def call(self, inputs: Tensor) -> Tensor:
        height, width = self.output_size
        outputs = adaptive_average_pool(inputs, height, axis=1)
        return adaptive_average_pool(outputs, width, axis=2)
