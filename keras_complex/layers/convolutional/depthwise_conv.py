"""Complex-valued depthwise convolutions of one and two dimensions."""

from collections.abc import Sequence
from typing import Any

import keras
from keras import ops

from keras_complex.checks import check_positive
from keras_complex.initializers.layout import depthwise_layout
from keras_complex.layers.base import complex_channels, get_initializer
from keras_complex.layers.convolutional.base import BaseConv
from keras_complex.ops.convolution import depthwise_convolve
from keras_complex.types import InitializerLike, RegularizerLike, Shape, Tensor


class _DepthwiseConv(BaseConv):
    """Convolution with the kernel `(*kernel_size, channels, depth_multiplier)`."""

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
        super().__init__(
            kernel_size, strides, padding, dilation_rate, use_bias, **kwargs
        )
        self.check_equal_strides()
        check_positive(depth_multiplier=depth_multiplier)
        self.depth_multiplier = depth_multiplier
        self.depthwise_initializer = get_initializer(depthwise_initializer)
        self.depthwise_regularizer = keras.regularizers.get(depthwise_regularizer)

    def build(self, input_shape: Shape) -> None:
        channels = complex_channels(self.name, input_shape)
        layout = depthwise_layout((*self.kernel_size, channels, self.depth_multiplier))
        self.kernel = self.add_kernel(
            "kernel", layout, self.depthwise_initializer, self.depthwise_regularizer
        )
        super().build(input_shape)

    def call(self, inputs: Tensor) -> Tensor:
        outputs = depthwise_convolve(
            inputs,
            ops.convert_to_tensor(self.kernel),
            self.strides,
            self.padding,
            self.dilation_rate,
        )
        return self.with_bias(outputs)

    def output_channels(self, channels: int) -> int:
        return channels * self.depth_multiplier


@keras.saving.register_keras_serializable(package="keras_complex")
class ComplexDepthwiseConv2D(_DepthwiseConv):
    """2-D convolution of each complex channel with kernels of its own.

        y[c depth_multiplier + q] = W[c, q] * x[c] + b[c depth_multiplier + q]

    for the channels `c` and `q = 0..depth_multiplier - 1`, where `*` is the
    cross-correlation computed by `keras.layers.Conv2D`.

    Args:
        kernel_size: Height and width of the kernel, in bins.
        strides: Step of the kernel, in bins, the same along height and width.
        padding: `"valid"` for none, or `"same"` for zeros such that the output
            has `ceil(size / stride)` bins.
        depth_multiplier: Number of kernels, and outputs, of each channel.
        dilation_rate: Distance of the taps of the kernel along height and width.
            Either this or `strides` must be 1.
        use_bias: Whether to add the complex bias `b`.
        depthwise_initializer: Initializer of the packed kernel, `(*kernel_size,
            channels, 2 * depth_multiplier)`. The default,
            `ComplexRayleigh(mode="he")`, gives `E|W|^2 = 2 / prod(kernel_size)`,
            as every output sums one channel only.
        depthwise_regularizer: Penalty on the packed kernel. L2 sums `|W|^2`.
        **kwargs: Arguments of `keras.layers.Layer`, such as `name` and `dtype`.

    Raises:
        ValueError: If an argument is out of range, or if the input has an odd or
            unknown number of real channels.

    Input shape:
        `(batch, height, width, 2 * channels)`, last axis `[real, imag]`.

    Output shape:
        `(batch, new_height, new_width, 2 * channels * depth_multiplier)`, last axis
        `[real, imag]`.

    Example:

    >>> layer = ComplexDepthwiseConv2D(kernel_size=3, depth_multiplier=2)
    >>> tuple(layer(keras.random.normal((1, 100, 129, 2 * 4))).shape)
    (1, 98, 127, 16)

    Reference:

    - [Chollet, 2017, Xception: Deep Learning with Depthwise Separable
      Convolutions](https://arxiv.org/abs/1610.02357)
    """

    rank = 2


@keras.saving.register_keras_serializable(package="keras_complex")
class ComplexDepthwiseConv1D(_DepthwiseConv):
    """1-D convolution of each complex channel with kernels of its own.

    As `ComplexDepthwiseConv2D`, of sequences. `padding` may also be `"causal"`, for
    zeros in front such that no output depends on later inputs.

    Input shape:
        `(batch, frames, 2 * channels)`, last axis `[real, imag]`.

    Output shape:
        `(batch, new_frames, 2 * channels * depth_multiplier)`, last axis
        `[real, imag]`.

    Example:

    >>> layer = ComplexDepthwiseConv1D(3, padding="causal", dilation_rate=2)
    >>> tuple(layer(keras.random.normal((1, 100, 2 * 4))).shape)
    (1, 100, 8)
    """

    rank = 1
    paddings = ("valid", "same", "causal")
