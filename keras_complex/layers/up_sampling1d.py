"""Up-sampling of complex sequences."""

from typing import Any

import keras

from keras_complex.layers.arguments import per_axis
from keras_complex.layers.packed_input import complex_channels
from keras_complex.ops.resizing import upsample_nearest
from keras_complex.types import Shape, Tensor


@keras.saving.register_keras_serializable(package="keras_complex")
class ComplexUpSampling1D(keras.layers.Layer):
    """Repeats complex values along steps.

        y_i = x_k,    k = floor(i / size)

    Args:
        size: How often to repeat each value.
        **kwargs: Arguments of `keras.layers.Layer`, such as `name` and `dtype`.

    Raises:
        ValueError: If `size` is not positive, or if the input has an odd or unknown
            number of real channels.

    Input shape:
        `(batch, steps, 2 * channels)`, last axis `[real, imag]`.

    Output shape:
        `(batch, size * steps, 2 * channels)`.

    Example:

    >>> tuple(ComplexUpSampling1D()(np.zeros((1, 4, 6), "float32")).shape)
    (1, 8, 6)
    """

    def __init__(self, size: int | tuple[int] = 2, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.size = per_axis("size", size, 1)
        self.input_spec = keras.InputSpec(ndim=3)

    def build(self, input_shape: Shape) -> None:
        complex_channels(self.name, input_shape)

    def call(self, inputs: Tensor) -> Tensor:
        return upsample_nearest(inputs, 1, self.size[0])

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        enlarged = (
            None if size is None else factor * size
            for size, factor in zip(input_shape[1:-1], self.size, strict=True)
        )
        return (input_shape[0], *enlarged, input_shape[-1])

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "size": self.size}
