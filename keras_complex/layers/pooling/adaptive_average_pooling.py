"""Averages of as many windows as the output shall have values."""

import keras
from keras import ops

from keras_complex.layers.pooling.base import BaseResizingPooling, multiply_along
from keras_complex.types import Tensor


class _AdaptiveAveragePooling(BaseResizingPooling):
    def pool(self, inputs: Tensor, output_size: int, axis: int) -> Tensor:
        size = ops.shape(inputs)[axis]
        window = ops.expand_dims(ops.arange(output_size, dtype="int32"), 1)
        place = ops.expand_dims(ops.arange(size, dtype="int32"), 0)
        start = window * size // output_size
        end = ((window + 1) * size + output_size - 1) // output_size
        inside = ops.logical_and(ops.greater_equal(place, start), ops.less(place, end))
        matrix = ops.cast(inside, "float32") / ops.cast(end - start, "float32")
        return ops.cast(multiply_along(matrix, inputs, axis), inputs.dtype)


@keras.saving.register_keras_serializable(package="keras_complex")
class ComplexAdaptiveAveragePooling2D(_AdaptiveAveragePooling):
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

    rank = 2


@keras.saving.register_keras_serializable(package="keras_complex")
class ComplexAdaptiveAveragePooling1D(_AdaptiveAveragePooling):
    """Averages steps to a size that does not depend on the input's.

    As `ComplexAdaptiveAveragePooling2D`, of sequences.

    Input shape:
        `(batch, steps, 2 * channels)`, last axis `[real, imag]`.

    Output shape:
        `(batch, output_size, 2 * channels)`.

    Example:

    >>> layer = ComplexAdaptiveAveragePooling1D(7)
    >>> tuple(layer(np.zeros((1, 10, 6), "float32")).shape)
    (1, 7, 6)
    """

    rank = 1
