"""What complex separable convolutions of all ranks share."""

from collections.abc import Sequence
from typing import Any, ClassVar

import keras
from keras import ops

from keras_complex.initializers import ComplexRayleigh
from keras_complex.initializers.base import with_layout
from keras_complex.initializers.layout import depthwise_layout
from keras_complex.layers.arguments import (
    check_choice,
    check_equal_strides,
    check_positive,
    check_strides_and_dilation,
    per_axis,
)
from keras_complex.layers.base_conv import convolved_sizes
from keras_complex.layers.packed_input import complex_channels
from keras_complex.ops.convolution import convolve, depthwise_convolve
from keras_complex.types import InitializerLike, Shape, Tensor


class BaseSeparableConv(keras.layers.Layer):
    """Abstract separable convolution of `rank` axes between batch and channels."""

    rank: ClassVar[int]
    paddings: ClassVar[tuple[str, ...]] = ("valid", "same")

    def __init__(
        self,
        filters: int,
        kernel_size: int | Sequence[int],
        strides: int | Sequence[int] = 1,
        padding: str = "valid",
        dilation_rate: int | Sequence[int] = 1,
        depth_multiplier: int = 1,
        use_bias: bool = True,
        depthwise_initializer: InitializerLike | None = None,
        pointwise_initializer: InitializerLike | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        check_positive(filters=filters, depth_multiplier=depth_multiplier)
        check_choice("padding", padding, self.paddings)
        self.filters = filters
        self.kernel_size = per_axis("kernel_size", kernel_size, self.rank)
        self.strides = per_axis("strides", strides, self.rank)
        check_equal_strides(self.strides)
        self.padding = padding
        self.dilation_rate = per_axis("dilation_rate", dilation_rate, self.rank)
        check_strides_and_dilation(self.strides, self.dilation_rate)
        self.depth_multiplier = depth_multiplier
        self.use_bias = use_bias
        self.depthwise_initializer = (
            ComplexRayleigh(mode="glorot")
            if depthwise_initializer is None
            else keras.initializers.get(depthwise_initializer)
        )
        self.pointwise_initializer = (
            ComplexRayleigh(mode="he")
            if pointwise_initializer is None
            else keras.initializers.get(pointwise_initializer)
        )
        self.input_spec = keras.InputSpec(ndim=self.rank + 2)

    def build(self, input_shape: Shape) -> None:
        channels = complex_channels(self.name, input_shape)
        shape = (*self.kernel_size, channels, self.depth_multiplier)
        self.depthwise_kernel = self.add_weight(
            name="depthwise_kernel",
            shape=(*shape[:-1], 2 * self.depth_multiplier),
            initializer=with_layout(
                self.depthwise_initializer, depthwise_layout(shape)
            ),
        )
        ones = (1,) * self.rank
        self.pointwise_kernel = self.add_weight(
            name="pointwise_kernel",
            shape=(*ones, channels * self.depth_multiplier, 2 * self.filters),
            initializer=self.pointwise_initializer,
        )
        self.bias = None
        if self.use_bias:
            self.bias = self.add_weight(
                name="bias", shape=(2 * self.filters,), initializer="zeros"
            )
        self.input_spec = keras.InputSpec(ndim=self.rank + 2, axes={-1: 2 * channels})

    def call(self, inputs: Tensor) -> Tensor:
        maps = depthwise_convolve(
            inputs,
            ops.convert_to_tensor(self.depthwise_kernel),
            self.strides,
            self.padding,
            self.dilation_rate,
        )
        kernel = ops.convert_to_tensor(self.pointwise_kernel)
        outputs = convolve(maps, kernel, (1,) * self.rank)
        return outputs if self.bias is None else ops.add(outputs, self.bias)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        arguments = (self.kernel_size, self.strides, self.padding, self.dilation_rate)
        sizes = convolved_sizes(input_shape[1:-1], *arguments)
        return (input_shape[0], *sizes, 2 * self.filters)

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "filters": self.filters,
            "kernel_size": self.kernel_size,
            "strides": self.strides,
            "padding": self.padding,
            "dilation_rate": self.dilation_rate,
            "depth_multiplier": self.depth_multiplier,
            "use_bias": self.use_bias,
            "depthwise_initializer": keras.initializers.serialize(
                self.depthwise_initializer
            ),
            "pointwise_initializer": keras.initializers.serialize(
                self.pointwise_initializer
            ),
        }
