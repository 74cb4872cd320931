"""Values of largest magnitude in windows of complex values."""

from typing import Any

import keras

from keras_complex.layers.base_pooling import BasePooling
from keras_complex.ops.pooling import max_pool
from keras_complex.types import Tensor


@keras.saving.register_keras_serializable(package="keras_complex")
class ComplexMaxPooling1D(BasePooling):
    """Picks the value of largest magnitude from windows of steps.

        y = x_k,    k = argmax |x_k| over the window

    Real and imaginary part stay together, so that the phase is that of an input,
    and a rotation of the input rotates the output. Of several largest magnitudes
    the first in row-major order counts, and it alone receives the gradient.

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

    >>> tuple(ComplexMaxPooling1D()(np.zeros((1, 10, 6), "float32")).shape)
    (1, 5, 6)

    Reference:

    - [Zhang et al., 2017, Complex-Valued Convolutional Neural Network and Its
      Application in Polarimetric SAR Image Classification](
      https://doi.org/10.1109/TGRS.2017.2743222), for pooling of complex maps
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
        return max_pool(inputs, self.pool_size, self.strides, self.padding)


@keras.saving.register_keras_serializable(package="keras_complex")
class ComplexMaxPooling2D(BasePooling):
    """Picks the value of largest magnitude from windows of height and width.

        y = x_k,    k = argmax |x_k| over the window

    Real and imaginary part stay together, so that the phase is that of an input,
    and a rotation of the input rotates the output. Of several largest magnitudes
    the first in row-major order counts, and it alone receives the gradient.

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

    >>> tuple(ComplexMaxPooling2D()(np.zeros((1, 10, 8, 6), "float32")).shape)
    (1, 5, 4, 6)

    Reference:

    - [Zhang et al., 2017, Complex-Valued Convolutional Neural Network and Its
      Application in Polarimetric SAR Image Classification](
      https://doi.org/10.1109/TGRS.2017.2743222), for pooling of complex maps
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
        return max_pool(inputs, self.pool_size, self.strides, self.padding)


@keras.saving.register_keras_serializable(package="keras_complex")
class ComplexMaxPooling3D(BasePooling):
    """Picks the value of largest magnitude from windows of depth, height and width.

        y = x_k,    k = argmax |x_k| over the window

    Real and imaginary part stay together, so that the phase is that of an input,
    and a rotation of the input rotates the output. Of several largest magnitudes
    the first in row-major order counts, and it alone receives the gradient.

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

    >>> tuple(ComplexMaxPooling3D()(np.zeros((1, 4, 10, 8, 6), "float32")).shape)
    (1, 2, 5, 4, 6)

    Reference:

    - [Zhang et al., 2017, Complex-Valued Convolutional Neural Network and Its
      Application in Polarimetric SAR Image Classification](
      https://doi.org/10.1109/TGRS.2017.2743222), for pooling of complex maps
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
        return max_pool(inputs, self.pool_size, self.strides, self.padding)
