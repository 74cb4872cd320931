"""Up-sampling of complex volumes."""

from typing import Any

import keras

from keras_complex.layers.arguments import per_axis
from keras_complex.layers.packed_input import complex_channels
from keras_complex.ops.resizing import upsample_nearest
from keras_complex.types import Shape, Tensor


@keras.saving.register_keras_serializable(package="keras_complex")
class ComplexUpSampling3D(keras.layers.Layer):
    """Repeats complex values along depth, height and width.

        y_i = x_k,    k = floor(i / size)

    Args:
        size: How often to repeat each value, along each of the axes.
        **kwargs: Arguments of `keras.layers.Layer`, such as `name` and `dtype`.

    Raises:
        ValueError: If `size` is not positive, or if the input has an odd or unknown
            number of real channels.

    Input shape:
        `(batch, depth, height, width, 2 * channels)`, last axis `[real, imag]`.

    Output shape:
        `(batch, *new_sizes, 2 * channels)`, each `size` times as large.

    Example:

    >>> tuple(ComplexUpSampling3D()(np.zeros((1, 4, 3, 2, 6), "float32")).shape)
    (1, 8, 6, 4, 6)
    """

    def __init__(self, size: int | tuple[int, int, int] = 2, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.size = per_axis("size", size, 3)
        self.input_spec = keras.InputSpec(ndim=5)

    def build(self, input_shape: Shape) -> None:
        complex_channels(self.name, input_shape)

    def call(self, inputs: Tensor) -> Tensor:
        outputs = inputs
        for axis, size in enumerate(self.size, start=1):
            outputs = upsample_nearest(outputs, axis, size)
        return outputs

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        enlarged = (
            None if size is None else factor * size
            for size, factor in zip(input_shape[1:-1], self.size, strict=True)
        )
        return (input_shape[0], *enlarged, input_shape[-1])

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "size": self.size}
