"""Complex-valued separable convolutions of one and two dimensions."""

from collections.abc import Sequence
from typing import Any

import keras
from keras import ops

from keras_complex.checks import check_positive
from keras_complex.initializers.layout import convolution_layout, depthwise_layout
from keras_complex.layers.base import complex_channels, get_initializer
from keras_complex.layers.convolutional.base import BaseConv
from keras_complex.ops.convolution import convolve, depthwise_convolve
from keras_complex.types import InitializerLike, Shape, Tensor


class _SeparableConv(BaseConv):
    """Depthwise convolution, then one with a single tap."""

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
        super().__init__(
            kernel_size, strides, padding, dilation_rate, use_bias, **kwargs
        )
        self.check_equal_strides()
        check_positive(filters=filters, depth_multiplier=depth_multiplier)
        self.filters = filters
        self.depth_multiplier = depth_multiplier
        self.depthwise_initializer = get_initializer(depthwise_initializer, "glorot")
        self.pointwise_initializer = get_initializer(pointwise_initializer)

    def build(self, input_shape: Shape) -> None:
        channels = complex_channels(self.name, input_shape)
        layout = depthwise_layout((*self.kernel_size, channels, self.depth_multiplier))
        self.depthwise_kernel = self.add_kernel(
            "depthwise_kernel", layout, self.depthwise_initializer
        )
        mix = (*(1,) * self.rank, channels * self.depth_multiplier, self.filters)
        self.pointwise_kernel = self.add_kernel(
            "pointwise_kernel", convolution_layout(mix), self.pointwise_initializer
        )
        super().build(input_shape)

    def call(self, inputs: Tensor) -> Tensor:
        maps = depthwise_convolve(
            inputs,
            ops.convert_to_tensor(self.depthwise_kernel),
            self.strides,
            self.padding,
            self.dilation_rate,
        )
        kernel = ops.convert_to_tensor(self.pointwise_kernel)
        return self.with_bias(convolve(maps, kernel, (1,) * self.rank))


@keras.saving.register_keras_serializable(package="keras_complex")
class ComplexSeparableConv2D(_SeparableConv):
    """2-D convolution of each complex channel, then a mix of the channels.

        y = P (D * x) + b

    with the depthwise kernel `D` of `ComplexDepthwiseConv2D` and the complex matrix
    `P`, `(channels * depth_multiplier, filters)`.

    Arguments and errors are those of `ComplexDepthwiseConv2D`, but for regularizers,
    and:

    Args:
        filters: Number of complex output channels.
        depthwise_initializer: Initializer of the packed `D`. The default,
            `ComplexRayleigh(mode="glorot")`, multiplies the power by
            `2 / (1 + depth_multiplier)`: nothing follows that would halve it.
        pointwise_initializer: Initializer of the packed `P`. The default,
            `ComplexRayleigh(mode="he")`, doubles the power.

    Input shape:
        `(batch, height, width, 2 * channels)`, last axis `[real, imag]`.

    Output shape:
        `(batch, new_height, new_width, 2 * filters)`, last axis `[real, imag]`.

    Example:

    >>> layer = ComplexSeparableConv2D(filters=8, kernel_size=3, padding="same")
    >>> tuple(layer(keras.random.normal((1, 100, 129, 2 * 4))).shape)
    (1, 100, 129, 16)

    Reference:

    - [Chollet, 2017, Xception: Deep Learning with Depthwise Separable
      Convolutions](https://arxiv.org/abs/1610.02357)
    """

    rank = 2


@keras.saving.register_keras_serializable(package="keras_complex")
class ComplexSeparableConv1D(_SeparableConv):
    """1-D convolution of each complex channel, then a mix of the channels.

    As `ComplexSeparableConv2D`, of sequences. `padding` may also be `"causal"`, for
    zeros in front such that no output depends on later inputs.

    Input shape:
        `(batch, frames, 2 * channels)`, last axis `[real, imag]`.

    Output shape:
        `(batch, new_frames, 2 * filters)`, last axis `[real, imag]`.

    Example:

    >>> layer = ComplexSeparableConv1D(filters=8, kernel_size=3, padding="causal")
    >>> tuple(layer(keras.random.normal((1, 100, 2 * 4))).shape)
    (1, 100, 16)
    """

    rank = 1
    paddings = ("valid", "same", "causal")
