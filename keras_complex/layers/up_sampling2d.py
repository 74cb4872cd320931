"""Bilinear up-sampling of complex maps."""

from typing import Any

import keras

from keras_complex.layers.packed_input import complex_channels
from keras_complex.ops.resizing import upsample_bilinear
from keras_complex.types import Shape, Tensor


@keras.saving.register_keras_serializable(package="keras_complex")
class ComplexUpSampling2D(keras.layers.Layer):
    """Doubles height and width by bilinear interpolation, corners aligned.

    Of `n` inputs along an axis, the result `i` lies at `i (n - 1) / (2 n - 1)`.
    Interpolation is linear with real weights, so that it acts on the real and
    the imaginary part alike and is phase-equivariant.

    Args:
        **kwargs: Arguments of `keras.layers.Layer`, such as `name` and `dtype`.

    Raises:
        ValueError: If the input has an odd or unknown number of real channels.

    Input shape:
        `(batch, height, width, 2 * channels)`, last axis `[real, imag]`.

    Output shape:
        `(batch, 2 * height, 2 * width, 2 * channels)`.

    Example:

    >>> tuple(ComplexUpSampling2D()(np.zeros((1, 4, 5, 2), "float32")).shape)
    (1, 8, 10, 2)
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.input_spec = keras.InputSpec(ndim=4)

    def build(self, input_shape: Shape) -> None:
        complex_channels(self.name, input_shape)

    def call(self, inputs: Tensor) -> Tensor:
        return upsample_bilinear(upsample_bilinear(inputs, axis=1), axis=2)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        batch, height, width, channels = input_shape
        return (
            batch,
            None if height is None else 2 * height,
            None if width is None else 2 * width,
            channels,
        )
