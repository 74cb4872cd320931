"""Complex-valued 2-D convolution."""

from typing import Any

import keras
from keras import ops

from keras_complex.initializers import ComplexRayleigh
from keras_complex.ops.convolution import convolve
from keras_complex.types import InitializerLike, RegularizerLike, Shape, Tensor


@keras.saving.register_keras_serializable(package="keras_complex")
class ComplexConv2D(keras.layers.Layer):
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
            has `ceil(input size / stride)` bins.
        use_bias: Whether to add the complex bias `b`.
        kernel_initializer: Initializer of the packed kernel. The default,
            `ComplexRayleigh(mode="he")`, gives `W_r` and `W_i` the variance
            `1 / fan_in` each, with `fan_in` in complex inputs, so that
            `E|W|^2 = 2 / fan_in`: the complex He criterion (Trabelsi et al.,
            2018, Section 3.6).
        kernel_regularizer: Penalty on the packed kernel. L2 sums `|W|^2`.
        **kwargs: Arguments of `keras.layers.Layer`, such as `name` and `dtype`.

    Raises:
        ValueError: If an argument is out of range, or if the input has an odd
            or unknown number of real channels.

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

    def __init__(
        self,
        filters: int,
        kernel_size: int | tuple[int, int],
        strides: int | tuple[int, int] = 1,
        padding: str = "valid",
        use_bias: bool = True,
        kernel_initializer: InitializerLike | None = None,
        kernel_regularizer: RegularizerLike = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if filters < 1:
            raise ValueError(
                f"`filters` must be at least 1. Received: filters={filters}."
            )
        if padding not in ("valid", "same"):
            raise ValueError(
                f'`padding` must be "valid" or "same". Received: padding={padding!r}.'
            )
        self.filters = filters
        self.kernel_size = _pair("kernel_size", kernel_size)
        self.strides = _pair("strides", strides)
        self.padding = padding
        self.use_bias = use_bias
        self.kernel_initializer = (
            ComplexRayleigh(mode="he")
            if kernel_initializer is None
            else keras.initializers.get(kernel_initializer)
        )
        self.kernel_regularizer = keras.regularizers.get(kernel_regularizer)
        self.input_spec = keras.InputSpec(ndim=4)

    def build(self, input_shape: Shape) -> None:
        channels = input_shape[-1]
        if channels is None or channels % 2:
            raise ValueError(
                f"Layer {self.name!r} expects complex input packed as "
                "[real, imag] on the last axis, hence an even, known number "
                f"of channels. Received: input_shape={tuple(input_shape)}. "
                "Pack with `keras_complex.ops.pack`."
            )
        self.kernel = self.add_weight(
            name="kernel",
            shape=(*self.kernel_size, channels // 2, 2 * self.filters),
            initializer=self.kernel_initializer,
            regularizer=self.kernel_regularizer,
        )
        self.bias = None
        if self.use_bias:
            self.bias = self.add_weight(
                name="bias", shape=(2 * self.filters,), initializer="zeros"
            )
        self.input_spec = keras.InputSpec(ndim=4, axes={-1: channels})

    def call(self, inputs: Tensor) -> Tensor:
        outputs = convolve(
            inputs, ops.convert_to_tensor(self.kernel), self.strides, self.padding
        )
        return outputs if self.bias is None else ops.add(outputs, self.bias)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        kernel_shape = (*self.kernel_size, input_shape[-1] // 2, 2 * self.filters)
        return ops.conv(
            keras.KerasTensor((*input_shape[:-1], input_shape[-1] // 2)),
            keras.KerasTensor(kernel_shape),
            self.strides,
            self.padding,
            "channels_last",
        ).shape

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "filters": self.filters,
            "kernel_size": self.kernel_size,
            "strides": self.strides,
            "padding": self.padding,
            "use_bias": self.use_bias,
            "kernel_initializer": keras.initializers.serialize(self.kernel_initializer),
            "kernel_regularizer": keras.regularizers.serialize(self.kernel_regularizer),
        }


def _pair(name: str, value: int | tuple[int, int]) -> tuple[int, int]:
    """Standardizes `value` to a pair of positive integers."""
    pair = tuple(value) if isinstance(value, (tuple, list)) else (value, value)
    if len(pair) != 2 or not all(isinstance(v, int) and v > 0 for v in pair):
        raise ValueError(
            f"`{name}` must be a positive integer or a pair of them. "
            f"Received: {name}={value!r}."
        )
    return pair
