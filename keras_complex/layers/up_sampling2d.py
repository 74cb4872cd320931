"""Up-sampling of complex maps."""

import functools
from typing import Any

import keras
from keras import ops

from keras_complex.layers.arguments import check_choice, per_axis
from keras_complex.layers.packed_input import complex_channels
from keras_complex.ops.resizing import upsample_bilinear, upsample_nearest
from keras_complex.types import Shape, Tensor


@keras.saving.register_keras_serializable(package="keras_complex")
class ComplexUpSampling2D(keras.layers.Layer):
    """Enlarges height and width by whole factors.

    By bilinear interpolation, of `n` inputs along an axis, the result `i` lies at
    `i (n - 1) / (size n - 1)` with aligned corners, and at `(i + 1/2) / size - 1/2`,
    moved to the nearest input beyond the ends, without. Weights are real, so that
    they act on the real and the imaginary part alike: the layer is linear over
    complex scalars.

    Args:
        size: Factors of height and width; 2, as in the decoder of the published
            deep complex extractors, by default.
        interpolation: `"bilinear"`, or `"nearest"`, which repeats each value.
        align_corners: Whether bilinear interpolation puts the outermost results on
            the outermost inputs, as the published extractors do. Without, it is that
            of `keras.layers.UpSampling2D` and what other libraries of complex layers
            do by default.
        **kwargs: Arguments of `keras.layers.Layer`, such as `name` and `dtype`.

    Raises:
        ValueError: If an argument is out of range, or if the input has an odd or
            unknown number of real channels.

    Input shape:
        `(batch, height, width, 2 * channels)`, last axis `[real, imag]`.

    Output shape:
        `(batch, size[0] * height, size[1] * width, 2 * channels)`.

    Example:

    >>> tuple(ComplexUpSampling2D()(np.zeros((1, 4, 5, 2), "float32")).shape)
    (1, 8, 10, 2)
    """

    def __init__(
        self,
        size: int | tuple[int, int] = 2,
        interpolation: str = "bilinear",
        align_corners: bool = True,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        check_choice("interpolation", interpolation, ("bilinear", "nearest"))
        self.size = per_axis("size", size, 2)
        self.interpolation = interpolation
        self.align_corners = align_corners
        self.input_spec = keras.InputSpec(ndim=4)

    def build(self, input_shape: Shape) -> None:
        complex_channels(self.name, input_shape)

    def call(self, inputs: Tensor) -> Tensor:
        if self.interpolation == "nearest":
            enlarge = upsample_nearest
        elif self.align_corners:
            enlarge = upsample_bilinear
        elif all(size % 2 == 0 or size == 1 for size in self.size):
            return self._resize(inputs)
        else:
            # XLA's resizing operation takes wrong places for odd factors.
            enlarge = functools.partial(upsample_bilinear, align_corners=False)
        return enlarge(enlarge(inputs, 1, self.size[0]), 2, self.size[1])

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        batch, height, width, channels = input_shape
        return (
            batch,
            None if height is None else self.size[0] * height,
            None if width is None else self.size[1] * width,
            channels,
        )

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "size": self.size,
            "interpolation": self.interpolation,
            "align_corners": self.align_corners,
        }

    def _resize(self, x: Tensor) -> Tensor:
        height, width = ops.shape(x)[1:3]
        size = (self.size[0] * height, self.size[1] * width)
        y = ops.image.resize(x, size, "bilinear", data_format="channels_last")
        # TensorFlow interpolates in float32.
        return ops.cast(y, x.dtype)
