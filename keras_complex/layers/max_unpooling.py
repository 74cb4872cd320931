"""Inverse of the pooling of largest magnitudes."""

from typing import Any

import keras

from keras_complex.layers.arguments import per_axis
from keras_complex.layers.packed_input import complex_channels
from keras_complex.ops.pooling import max_unpool
from keras_complex.types import Shape, Tensor


@keras.saving.register_keras_serializable(package="keras_complex")
class ComplexMaxUnpooling2D(keras.layers.Layer):
    """Puts values where `ComplexMaxPooling2D` found those of largest magnitude.

        y_k = x    at k = argmax |reference_k| over each window, and 0 elsewhere

    The places are found again in the map that was pooled, so that no tensor of
    integers has to pass through a network, where half precision would round it.
    No gradient goes to that map.

    Args:
        pool_size: Height and width of the windows of the pooling, which must
            neither overlap nor be padded.
        **kwargs: Arguments of `keras.layers.Layer`, such as `name` and `dtype`.

    Raises:
        ValueError: If `pool_size` is not positive, or if an input has an odd or
            unknown number of real channels.

    Input shape:
        A list of the values, `(batch, new_height, new_width, 2 * channels)`, and
        the map that was pooled to this shape, `(batch, height, width, 2 * channels)`.

    Output shape:
        `(batch, height, width, 2 * channels)`.

    Example:

    >>> before = keras.random.normal((1, 9, 8, 6))
    >>> after = keras.layers.AveragePooling2D(2)(before)  # Of the same shape.
    >>> tuple(ComplexMaxUnpooling2D(2)([after, before]).shape)
    (1, 9, 8, 6)

    Reference:

    - [Zeiler & Fergus, 2014, Visualizing and Understanding Convolutional Networks](
      https://arxiv.org/abs/1311.2901), Section 2.1
    """

    def __init__(self, pool_size: int | tuple[int, int] = 2, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.pool_size = per_axis("pool_size", pool_size, 2)

    def build(self, input_shape: list[Shape]) -> None:
        for shape in input_shape:
            complex_channels(self.name, shape)

    def call(self, inputs: list[Tensor]) -> Tensor:
        values, reference = inputs
        return max_unpool(values, reference, self.pool_size)

    def compute_output_shape(self, input_shape: list[Shape]) -> Shape:
        return tuple(input_shape[1])

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "pool_size": self.pool_size}
