"""Up-sampling of complex sequences, maps and volumes."""

from collections.abc import Sequence
from typing import Any, ClassVar

import keras
from keras import ops

from keras_complex.checks import check_choice, per_axis
from keras_complex.layers.base import PackedLayer
from keras_complex.ops.resizing import upsample_bilinear, upsample_nearest
from keras_complex.types import Shape, Tensor


class _UpSampling(PackedLayer):
    """Enlargement of `rank` axes between batch and channels by whole factors."""

    rank: ClassVar[int]

    def __init__(self, size: int | Sequence[int] = 2, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.size = per_axis("size", size, self.rank)
        self.input_spec = keras.InputSpec(ndim=self.rank + 2)

    def call(self, inputs: Tensor) -> Tensor:
        outputs = inputs
        for axis, size in enumerate(self.size, start=1):
            outputs = self.enlarge(outputs, axis, size)
        return outputs

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        enlarged = (
            None if size is None else factor * size
            for size, factor in zip(input_shape[1:-1], self.size, strict=True)
        )
        return (input_shape[0], *enlarged, input_shape[-1])

    def enlarge(self, x: Tensor, axis: int, size: int) -> Tensor:
        """Enlarges one axis."""
        return upsample_nearest(x, axis, size)


@keras.saving.register_keras_serializable(package="keras_complex")
class ComplexUpSampling1D(_UpSampling):
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

    rank = 1


@keras.saving.register_keras_serializable(package="keras_complex")
class ComplexUpSampling2D(_UpSampling):
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

    rank = 2

    def __init__(
        self,
        size: int | Sequence[int] = 2,
        interpolation: str = "bilinear",
        align_corners: bool = True,
        **kwargs: Any,
    ) -> None:
        super().__init__(size, **kwargs)
        check_choice("interpolation", interpolation, ("bilinear", "nearest"))
        self.interpolation = interpolation
        self.align_corners = align_corners

    def call(self, inputs: Tensor) -> Tensor:
        # XLA's resizing operation takes wrong places for odd factors.
        if (
            self.interpolation == "bilinear"
            and not self.align_corners
            and all(size % 2 == 0 or size == 1 for size in self.size)
        ):
            return self._resize(inputs)
        return super().call(inputs)

    def enlarge(self, x: Tensor, axis: int, size: int) -> Tensor:
        if self.interpolation == "nearest":
            return super().enlarge(x, axis, size)
        return upsample_bilinear(x, axis, size, self.align_corners)

    def _resize(self, x: Tensor) -> Tensor:
        height, width = ops.shape(x)[1:3]
        size = (self.size[0] * height, self.size[1] * width)
        y = ops.image.resize(x, size, "bilinear", data_format="channels_last")
        # TensorFlow interpolates in float32.
        return ops.cast(y, x.dtype)


@keras.saving.register_keras_serializable(package="keras_complex")
class ComplexUpSampling3D(_UpSampling):
    """Repeats complex values along depth, height and width.

    As `ComplexUpSampling1D`, of volumes.

    Input shape:
        `(batch, depth, height, width, 2 * channels)`, last axis `[real, imag]`.

    Output shape:
        `(batch, *new_sizes, 2 * channels)`, each `size` times as large.

    Example:

    >>> tuple(ComplexUpSampling3D()(np.zeros((1, 4, 3, 2, 6), "float32")).shape)
    (1, 8, 6, 4, 6)
    """

    rank = 3
