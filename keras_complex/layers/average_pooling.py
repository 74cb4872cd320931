"""Averages of windows of complex values."""

from typing import Any

import keras

from keras_complex.layers.base_pooling import BasePooling
from keras_complex.ops.pooling import average_pool
from keras_complex.types import Tensor


@keras.saving.register_keras_serializable(package="keras_complex")
class ComplexAveragePooling1D(BasePooling):
    """Averages complex values over windows of steps.

        y = mean of x over the window

    Real and imaginary part are averaged alike: the layer is linear over complex
    scalars. As in Keras, padding does not count.

    Args:
        pool_size: Size of the window along the steps.
        strides: Distance of two windows; `pool_size`, which leaves neither gaps
            nor overlaps, if `None`.
        padding: `"valid"` for whole windows only, or `"same"`, where windows may
            reach beyond the ends, such that there are `ceil(input size / stride)`.
        **kwargs: Arguments of `keras.layers.Layer`, such as `name` and `dtype`.

    Raises:
        ValueError: If an argument is out of range, if no window fits, or if the
            input has an odd or unknown number of real channels.

    Input shape:
        `(batch, steps, 2 * channels)`, last axis `[real, imag]`.

    Output shape:
        `(batch, new_steps, 2 * channels)`.

    Example:

    >>> tuple(ComplexAveragePooling1D()(np.zeros((1, 10, 6), "float32")).shape)
    (1, 5, 6)
    """

    def __init__(
        self,
        pool_size: int | tuple[int] = 2,
        strides: int | tuple[int] | None = None,
        padding: str = "valid",
        **kwargs: Any,
    ) -> None:
        super().__init__(1, pool_size, strides, padding, **kwargs)

    def call(self, inputs: Tensor) -> Tensor:
        return average_pool(inputs, self.pool_size, self.strides, self.padding)


@keras.saving.register_keras_serializable(package="keras_complex")
class ComplexAveragePooling2D(BasePooling):
    """Averages complex values over windows of height and width.

        y = mean of x over the window

    Real and imaginary part are averaged alike: the layer is linear over complex
    scalars. As in Keras, padding does not count.

    Args:
        pool_size: Size of the window along height and width.
        strides: Distance of two windows; `pool_size`, which leaves neither gaps
            nor overlaps, if `None`.
        padding: `"valid"` for whole windows only, or `"same"`, where windows may
            reach beyond the ends, such that there are `ceil(input size / stride)`.
        **kwargs: Arguments of `keras.layers.Layer`, such as `name` and `dtype`.

    Raises:
        ValueError: If an argument is out of range, if no window fits, or if the
            input has an odd or unknown number of real channels.

    Input shape:
        `(batch, height, width, 2 * channels)`, last axis `[real, imag]`.

    Output shape:
        `(batch, new_height, new_width, 2 * channels)`.

    Example:

    >>> tuple(ComplexAveragePooling2D()(np.zeros((1, 10, 8, 6), "float32")).shape)
    (1, 5, 4, 6)
    """

    def __init__(
        self,
        pool_size: int | tuple[int, int] = 2,
        strides: int | tuple[int, int] | None = None,
        padding: str = "valid",
        **kwargs: Any,
    ) -> None:
        super().__init__(2, pool_size, strides, padding, **kwargs)

    def call(self, inputs: Tensor) -> Tensor:
        return average_pool(inputs, self.pool_size, self.strides, self.padding)


@keras.saving.register_keras_serializable(package="keras_complex")
class ComplexAveragePooling3D(BasePooling):
    """Averages complex values over windows of depth, height and width.

        y = mean of x over the window

    Real and imaginary part are averaged alike: the layer is linear over complex
    scalars. As in Keras, padding does not count.

    Args:
        pool_size: Size of the window along depth, height and width.
        strides: Distance of two windows; `pool_size`, which leaves neither gaps
            nor overlaps, if `None`.
        padding: `"valid"` for whole windows only, or `"same"`, where windows may
            reach beyond the ends, such that there are `ceil(input size / stride)`.
        **kwargs: Arguments of `keras.layers.Layer`, such as `name` and `dtype`.

    Raises:
        ValueError: If an argument is out of range, if no window fits, or if the
            input has an odd or unknown number of real channels.

    Input shape:
        `(batch, depth, height, width, 2 * channels)`, last axis `[real, imag]`.

    Output shape:
        `(batch, new_depth, new_height, new_width, 2 * channels)`.

    Example:

    >>> tuple(ComplexAveragePooling3D()(np.zeros((1, 4, 10, 8, 6), "float32")).shape)
    (1, 2, 5, 4, 6)
    """

    def __init__(
        self,
        pool_size: int | tuple[int, int, int] = 2,
        strides: int | tuple[int, int, int] | None = None,
        padding: str = "valid",
        **kwargs: Any,
    ) -> None:
        super().__init__(3, pool_size, strides, padding, **kwargs)

    def call(self, inputs: Tensor) -> Tensor:
        return average_pool(inputs, self.pool_size, self.strides, self.padding)
