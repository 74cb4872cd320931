"""Complex-valued convolutions of one to three dimensions."""

from collections.abc import Sequence
from typing import Any

import keras
from keras import ops

from keras_complex.checks import check_positive
from keras_complex.initializers.layout import convolution_layout
from keras_complex.layers.base import complex_channels, get_initializer
from keras_complex.layers.convolutional.base import BaseConv
from keras_complex.ops.convolution import convolve
from keras_complex.types import InitializerLike, RegularizerLike, Shape, Tensor


class _Conv(BaseConv):
    """Convolution with the kernel `(*kernel_size, channels // groups, filters)`."""

    def __init__(
        self,
        filters: int,
        kernel_size: int | Sequence[int],
        strides: int | Sequence[int] = 1,
        padding: str = "valid",
        dilation_rate: int | Sequence[int] = 1,
        groups: int = 1,
        use_bias: bool = True,
        kernel_initializer: InitializerLike | None = None,
        kernel_regularizer: RegularizerLike = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(
            kernel_size, strides, padding, dilation_rate, use_bias, **kwargs
        )
        check_positive(filters=filters, groups=groups)
        if filters % groups:
            raise ValueError(
                "`filters` must be a multiple of `groups`. Received: "
                f"filters={filters} and groups={groups}."
            )
        self.filters = filters
        self.groups = groups
        self.kernel_initializer = get_initializer(kernel_initializer)
        self.kernel_regularizer = keras.regularizers.get(kernel_regularizer)

    def build(self, input_shape: Shape) -> None:
        channels = complex_channels(self.name, input_shape)
        if channels % self.groups:
            raise ValueError(
                f"The complex channels of layer {self.name!r} must be a multiple of "
                f"`groups`. Received: {channels} channels and groups={self.groups}."
            )
        shape = (*self.kernel_size, channels // self.groups, self.filters)
        layout = convolution_layout(shape, self.groups)
        self.kernel = self.add_kernel(
            "kernel", layout, self.kernel_initializer, self.kernel_regularizer
        )
        super().build(input_shape)

    def call(self, inputs: Tensor) -> Tensor:
        outputs = convolve(
            inputs,
            ops.convert_to_tensor(self.kernel),
            self.strides,
            self.padding,
            self.dilation_rate,
            self.groups,
        )
        return self.with_bias(outputs)


@keras.saving.register_keras_serializable(package="keras_complex")
class ComplexConv2D(_Conv):
    """2-D convolution of complex feature maps with complex kernels.

    With the input `x = x_r + i x_i` and the kernel `W = W_r + i W_i`,

        y = W * x + b = W * x_r + (i W) * x_i + b

    where `*` is the cross-correlation computed by `keras.layers.Conv2D`. Narrow
    layers run as one real convolution, wide ones as three of half the width
    (`keras_complex.ops.convolve`).

    Args:
        filters: Number of complex output channels.
        kernel_size: Height and width of the kernel, in bins.
        strides: Step of the kernel along height and width, in bins.
        padding: `"valid"` for none, or `"same"` for zeros such that the output
            has `ceil(size / stride)` bins.
        dilation_rate: Distance of the taps of the kernel along height and width.
            Either this or `strides` must be 1.
        groups: Number of groups of complex channels, each convolved with
            `filters / groups` filters of its own. They run one after the other:
            for groups of one channel take `ComplexDepthwiseConv2D`.
        use_bias: Whether to add the complex bias `b`.
        kernel_initializer: Initializer of the packed kernel. The default,
            `ComplexRayleigh(mode="he")`, gives `W_r` and `W_i` the variance
            `1 / fan_in` each, with `fan_in` in complex inputs, so that
            `E|W|^2 = 2 / fan_in`: the complex He criterion (Trabelsi et al.,
            2018, Section 3.6).
        kernel_regularizer: Penalty on the packed kernel. L2 sums `|W|^2`.
        **kwargs: Arguments of `keras.layers.Layer`, such as `name` and `dtype`.

    Raises:
        ValueError: If an argument is out of range, if the input has an odd or
            unknown number of real channels, or if `groups` divides neither
            `filters` nor the complex channels.

    Input shape:
        `(batch, height, width, 2 * channels)`, last axis `[real, imag]`.

    Output shape:
        `(batch, new_height, new_width, 2 * filters)`, last axis `[real, imag]`.

    Example:

    >>> layer = ComplexConv2D(filters=8, kernel_size=3, padding="same")
    >>> spectrogram = keras.random.normal((1, 100, 257, 2))  # One channel.
    >>> tuple(layer(spectrogram).shape)
    (1, 100, 257, 16)

    Reference:

    - [Trabelsi et al., 2018, Deep Complex Networks](
      https://arxiv.org/abs/1705.09792)
    """

    rank = 2


@keras.saving.register_keras_serializable(package="keras_complex")
class ComplexConv1D(_Conv):
    """1-D convolution of complex sequences with complex kernels.

    As `ComplexConv2D`, of sequences. `padding` may also be `"causal"`, for zeros in
    front such that no output depends on later inputs.

    Input shape:
        `(batch, frames, 2 * channels)`, last axis `[real, imag]`.

    Output shape:
        `(batch, new_frames, 2 * filters)`, last axis `[real, imag]`.

    Example:

    >>> layer = ComplexConv1D(filters=8, kernel_size=3, padding="causal")
    >>> tuple(layer(keras.random.normal((1, 100, 2 * 4))).shape)
    (1, 100, 16)
    """

    rank = 1
    paddings = ("valid", "same", "causal")


@keras.saving.register_keras_serializable(package="keras_complex")
class ComplexConv3D(_Conv):
    """3-D convolution of complex volumes with complex kernels.

    As `ComplexConv2D`, of volumes.

    Input shape:
        `(batch, depth, height, width, 2 * channels)`, last axis `[real, imag]`.

    Output shape:
        `(batch, new_depth, new_height, new_width, 2 * filters)`, last axis
        `[real, imag]`.

    Example:

    >>> layer = ComplexConv3D(filters=4, kernel_size=3, strides=2)
    >>> tuple(layer(keras.random.normal((1, 9, 9, 9, 2 * 2))).shape)
    (1, 4, 4, 4, 8)
    """

    rank = 3
