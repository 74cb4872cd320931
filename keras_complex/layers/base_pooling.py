"""What the layers that pool windows share."""

from typing import Any

import keras

from keras_complex.layers.arguments import check_choice, per_axis
from keras_complex.layers.packed_input import complex_channels
from keras_complex.types import Shape


class BasePooling(keras.layers.Layer):
    """Checks and remembers the windows of a pooling over one to three axes.

    Args:
        rank: Number of axes between batch and channels.
        pool_size: Size of the window along each of them.
        strides: Distance of two windows; `pool_size` if `None`.
        padding: `"valid"` or `"same"`.
        **kwargs: Arguments of `keras.layers.Layer`.
    """

    def __init__(
        self, rank: int, pool_size: Any, strides: Any, padding: str, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        check_choice("padding", padding, ("valid", "same"))
        self.pool_size = per_axis("pool_size", pool_size, rank)
        self.strides = (
            self.pool_size if strides is None else per_axis("strides", strides, rank)
        )
        self.padding = padding
        self.input_spec = keras.InputSpec(ndim=rank + 2)

    def build(self, input_shape: Shape) -> None:
        complex_channels(self.name, input_shape)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        windows = zip(input_shape[1:-1], self.pool_size, self.strides, strict=True)
        return (
            input_shape[0],
            *(self._windows(*window) for window in windows),
            input_shape[-1],
        )

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "pool_size": self.pool_size,
            "strides": self.strides,
            "padding": self.padding,
        }

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


class BaseGlobalPooling(keras.layers.Layer):
    """Remembers whether a pooling over all places keeps their axes.

    Args:
        rank: Number of axes between batch and channels.
        keepdims: Whether they stay, with size 1.
        **kwargs: Arguments of `keras.layers.Layer`.
    """

    def __init__(self, rank: int, keepdims: bool, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.keepdims = keepdims
        self.input_spec = keras.InputSpec(ndim=rank + 2)

    def build(self, input_shape: Shape) -> None:
        complex_channels(self.name, input_shape)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        ones = (1,) * (len(input_shape) - 2) if self.keepdims else ()
        return (input_shape[0], *ones, input_shape[-1])

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "keepdims": self.keepdims}


class BaseResizingPooling(keras.layers.Layer):
    """Remembers the size that a pooling leaves of the axes.

    Args:
        rank: Number of axes between batch and channels.
        output_size: Size of the output along each of them.
        **kwargs: Arguments of `keras.layers.Layer`.
    """

    def __init__(self, rank: int, output_size: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.output_size = per_axis("output_size", output_size, rank)
        self.input_spec = keras.InputSpec(ndim=rank + 2)

    def build(self, input_shape: Shape) -> None:
        complex_channels(self.name, input_shape)
        for size, kept in zip(input_shape[1:-1], self.output_size, strict=True):
            if size is not None and size < kept:
                raise ValueError(
                    "`output_size` must not exceed the size of the input. Received: "
                    f"output_size={self.output_size} for "
                    f"input_shape={tuple(input_shape)}. Take smaller sizes."
                )

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        return (input_shape[0], *self.output_size, input_shape[-1])

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "output_size": self.output_size}
