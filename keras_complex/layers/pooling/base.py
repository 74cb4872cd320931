"""What the layers that pool windows share."""

import math
from collections.abc import Sequence
from typing import Any, ClassVar

import keras
from keras import ops

from keras_complex.checks import check_choice, per_axis
from keras_complex.layers.base import PackedLayer, complex_channels
from keras_complex.types import Shape, Tensor


class BasePooling(PackedLayer):
    """Abstract pooling of `rank` axes between batch and channels, by windows."""

    rank: ClassVar[int]

    def __init__(
        self,
        pool_size: int | Sequence[int] = 2,
        strides: int | Sequence[int] | None = None,
        padding: str = "valid",
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        check_choice("padding", padding, ("valid", "same"))
        self.pool_size = per_axis("pool_size", pool_size, self.rank)
        strides = self.pool_size if strides is None else strides
        self.strides = per_axis("strides", strides, self.rank)
        self.padding = padding
        self.input_spec = keras.InputSpec(ndim=self.rank + 2)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        windows = zip(input_shape[1:-1], self.pool_size, self.strides, strict=True)
        sizes = (self._windows(*window) for window in windows)
        return (input_shape[0], *sizes, input_shape[-1])

    def _windows(self, size: int | None, pool: int, stride: int) -> int | None:
        """Returns the number of windows along one axis."""
        if size is None:
            return None
        if self.padding == "same":
            return -(-size // stride)
        if size < pool:
            raise ValueError(
                "The windows must fit into the input. Received: "
                f"pool_size={self.pool_size} for an axis of size {size}. Take a "
                'smaller `pool_size` or `padding="same"`.'
            )
        return (size - pool) // stride + 1


class BaseGlobalPooling(PackedLayer):
    """Abstract pooling of all `rank` axes between batch and channels."""

    rank: ClassVar[int]

    def __init__(self, keepdims: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.keepdims = keepdims
        self.input_spec = keras.InputSpec(ndim=self.rank + 2)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        ones = (1,) * self.rank if self.keepdims else ()
        return (input_shape[0], *ones, input_shape[-1])


class BaseResizingPooling(PackedLayer):
    """Abstract pooling of `rank` axes, one after the other, to given sizes.

    A subclass provides `pool(inputs, output_size, axis)`.
    """

    rank: ClassVar[int]

    def __init__(self, output_size: int | Sequence[int], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.output_size = per_axis("output_size", output_size, self.rank)
        self.input_spec = keras.InputSpec(ndim=self.rank + 2)

    def build(self, input_shape: Shape) -> None:
        complex_channels(self.name, input_shape)
        for size, kept in zip(input_shape[1:-1], self.output_size, strict=True):
            if size is not None and size < kept:
                raise ValueError(
                    "`output_size` must not exceed the size of the input. Received: "
                    f"output_size={self.output_size} for "
                    f"input_shape={tuple(input_shape)}. Take smaller sizes."
                )

    def call(self, inputs: Tensor) -> Tensor:
        outputs = ops.convert_to_tensor(inputs)
        for axis, size in enumerate(self.output_size, start=1):
            outputs = self.pool(outputs, size, axis)
        return outputs

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        return (input_shape[0], *self.output_size, input_shape[-1])

    def pool(self, inputs: Tensor, output_size: int, axis: int) -> Tensor:
        raise NotImplementedError


def multiply_along(matrix: Tensor, x: Tensor, axis: int) -> Tensor:
    """Multiplies the vectors along an axis by a matrix, in float32."""
    shape = ops.shape(x)
    lead, trail = math.prod(shape[:axis]), math.prod(shape[axis + 1 :])
    flat = ops.reshape(ops.cast(x, "float32"), (lead, shape[axis], trail))
    shape = (*shape[:axis], matrix.shape[0], *shape[axis + 1 :])
    return ops.reshape(ops.matmul(matrix, flat), shape)


def cover(x: Tensor, axis: int, pool: int, stride: int, fill: int) -> Tensor:
    """Pads one axis such that its whole windows are those of `"same"`."""
    size = ops.shape(x)[axis]
    count = (size + stride - 1) // stride
    missing = (count - 1) * stride + pool - size
    # `max(missing, 0) // 2`, of a number or a tensor.
    before = (missing + abs(missing)) // 4
    start = pool - 1 - before
    return pad_and_cut(
        x, axis, pool - 1, pool - 1, fill, start, start + (count - 1) * stride + pool
    )


def pad_and_cut(
    x: Tensor, axis: int, before: int, after: int, fill: int, start: Tensor, end: Tensor
) -> Tensor:
    """Pads one axis by known numbers, and cuts it at places unknown until it runs."""
    width = [[0, 0]] * len(x.shape)
    width[axis] = [before, after]
    index: list[slice] = [slice(None)] * len(x.shape)
    index[axis] = slice(start, end)
    return ops.pad(x, width, constant_values=ops.cast(fill, x.dtype))[tuple(index)]
