"""What complex convolutions share."""

from collections.abc import Sequence
from typing import Any, ClassVar

import keras
from keras import ops

from keras_complex.checks import check_choice, per_axis
from keras_complex.layers.base import PackedLayer, complex_channels
from keras_complex.types import Shape, Tensor


class BaseConv(PackedLayer):
    """Abstract convolution of `rank` axes between batch and channels.

    A subclass has the attribute `filters`, or provides `output_channels`.
    """

    rank: ClassVar[int]
    paddings: ClassVar[tuple[str, ...]] = ("valid", "same")

    def __init__(
        self,
        kernel_size: int | Sequence[int],
        strides: int | Sequence[int],
        padding: str,
        dilation_rate: int | Sequence[int],
        use_bias: bool,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        check_choice("padding", padding, self.paddings)
        self.kernel_size = per_axis("kernel_size", kernel_size, self.rank)
        self.strides = per_axis("strides", strides, self.rank)
        self.padding = padding
        self.dilation_rate = per_axis("dilation_rate", dilation_rate, self.rank)
        # Not all backends implement both.
        if max(self.strides) > 1 and max(self.dilation_rate) > 1:
            raise ValueError(
                "`strides` or `dilation_rate` must be 1. Received: "
                f"strides={self.strides} and dilation_rate={self.dilation_rate}."
            )
        self.use_bias = use_bias
        self.input_spec = keras.InputSpec(ndim=self.rank + 2)

    def build(self, input_shape: Shape) -> None:
        channels = complex_channels(self.name, input_shape)
        self.bias = self.add_bias(self.output_channels(channels))
        self.input_spec = keras.InputSpec(ndim=self.rank + 2, axes={-1: 2 * channels})

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        arguments = (self.kernel_size, self.strides, self.padding, self.dilation_rate)
        sizes = _convolved_sizes(input_shape[1:-1], *arguments)
        channels = self.output_channels(complex_channels(self.name, input_shape))
        return (input_shape[0], *sizes, 2 * channels)

    def output_channels(self, channels: int) -> int:
        """Returns the number of complex channels of the output."""
        return self.filters

    def check_equal_strides(self) -> None:
        """Raises ValueError for what depthwise convolutions of TensorFlow lack."""
        if len(set(self.strides)) > 1:
            raise ValueError(
                "`strides` of a depthwise convolution must be equal along all axes. "
                f"Received: strides={self.strides}."
            )

    def with_bias(self, outputs: Tensor) -> Tensor:
        return outputs if self.bias is None else ops.add(outputs, self.bias)


def _convolved_sizes(
    sizes: Shape,
    kernel_size: Sequence[int],
    strides: Sequence[int],
    padding: str,
    dilation_rate: Sequence[int],
) -> Shape:
    """Returns the sizes of what `convolve` makes of `sizes`, or raises ValueError."""
    result: list[int | None] = []
    axes = zip(sizes, kernel_size, strides, dilation_rate, strict=True)
    for size, taps, step, rate in axes:
        lost = (taps - 1) * rate if padding == "valid" else 0
        if size is not None and size <= lost:
            raise ValueError(
                f"The input must have at least {lost + 1} values along each axis of "
                f"a kernel of {taps} taps at the distance {rate}. Received: "
                f'sizes={tuple(sizes)}. Use `padding="same"` or a smaller kernel.'
            )
        result.append(None if size is None else (size - lost - 1) // step + 1)
    return tuple(result)
