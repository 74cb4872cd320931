"""What complex depthwise convolutions of all ranks share."""

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
from keras_complex.ops.convolution import depthwise_convolve
from keras_complex.types import InitializerLike, RegularizerLike, Shape, Tensor


class BaseDepthwiseConv(keras.layers.Layer):
    """Abstract depthwise convolution of `rank` axes between batch and channels."""

    rank: ClassVar[int]
    paddings: ClassVar[tuple[str, ...]] = ("valid", "same")

    def __init__(
        self,
        kernel_size: int | Sequence[int],
        strides: int | Sequence[int] = 1,
        padding: str = "valid",
        depth_multiplier: int = 1,
        dilation_rate: int | Sequence[int] = 1,
        use_bias: bool = True,
        depthwise_initializer: InitializerLike | None = None,
        depthwise_regularizer: RegularizerLike = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        check_positive(depth_multiplier=depth_multiplier)
        check_choice("padding", padding, self.paddings)
        self.kernel_size = per_axis("kernel_size", kernel_size, self.rank)
        self.strides = per_axis("strides", strides, self.rank)
        check_equal_strides(self.strides)
        self.padding = padding
        self.depth_multiplier = depth_multiplier
        self.dilation_rate = per_axis("dilation_rate", dilation_rate, self.rank)
        check_strides_and_dilation(self.strides, self.dilation_rate)
        self.use_bias = use_bias
        self.depthwise_initializer = (
            ComplexRayleigh(mode="he")
            if depthwise_initializer is None
            else keras.initializers.get(depthwise_initializer)
        )
        self.depthwise_regularizer = keras.regularizers.get(depthwise_regularizer)
        self.input_spec = keras.InputSpec(ndim=self.rank + 2)

    def build(self, input_shape: Shape) -> None:
        channels = complex_channels(self.name, input_shape)
        shape = (*self.kernel_size, channels, self.depth_multiplier)
        self.kernel = self.add_weight(
            name="kernel",
            shape=(*shape[:-1], 2 * self.depth_multiplier),
            initializer=with_layout(
                self.depthwise_initializer, depthwise_layout(shape)
            ),
            regularizer=self.depthwise_regularizer,
        )
        self.bias = None
        if self.use_bias:
            self.bias = self.add_weight(
                name="bias",
                shape=(2 * channels * self.depth_multiplier,),
                initializer="zeros",
            )
        self.input_spec = keras.InputSpec(ndim=self.rank + 2, axes={-1: 2 * channels})

    def call(self, inputs: Tensor) -> Tensor:
        outputs = depthwise_convolve(
            inputs,
            ops.convert_to_tensor(self.kernel),
            self.strides,
            self.padding,
            self.dilation_rate,
        )
        return outputs if self.bias is None else ops.add(outputs, self.bias)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        arguments = (self.kernel_size, self.strides, self.padding, self.dilation_rate)
        sizes = convolved_sizes(input_shape[1:-1], *arguments)
        channels = complex_channels(self.name, input_shape)
        return (input_shape[0], *sizes, 2 * channels * self.depth_multiplier)

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "kernel_size": self.kernel_size,
            "strides": self.strides,
            "padding": self.padding,
            "depth_multiplier": self.depth_multiplier,
            "dilation_rate": self.dilation_rate,
            "use_bias": self.use_bias,
            "depthwise_initializer": keras.initializers.serialize(
                self.depthwise_initializer
            ),
            "depthwise_regularizer": keras.regularizers.serialize(
                self.depthwise_regularizer
            ),
        }
