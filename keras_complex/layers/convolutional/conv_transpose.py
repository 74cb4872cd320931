"""Complex-valued transposed convolutions of one to three dimensions."""

from collections.abc import Sequence
from typing import Any, ClassVar

import keras
from keras import ops

from keras_complex.checks import check_choice, check_positive, per_axis
from keras_complex.initializers.layout import transposed_layout
from keras_complex.layers.base import PackedLayer, complex_channels, get_initializer
from keras_complex.ops.convolution import convolve_transpose, transposed_margins
from keras_complex.types import InitializerLike, RegularizerLike, Shape, Tensor


class _ConvTranspose(PackedLayer):
    """Transposed convolution of `rank` axes between batch and channels."""

    rank: ClassVar[int]

    def __init__(
        self,
        filters: int,
        kernel_size: int | Sequence[int],
        strides: int | Sequence[int] = 1,
        padding: str = "valid",
        output_padding: int | Sequence[int] | None = None,
        use_bias: bool = True,
        kernel_initializer: InitializerLike | None = None,
        kernel_regularizer: RegularizerLike = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        check_positive(filters=filters)
        check_choice("padding", padding, ("valid", "same"))
        self.filters = filters
        self.kernel_size = per_axis("kernel_size", kernel_size, self.rank)
        self.strides = per_axis("strides", strides, self.rank)
        self.padding = padding
        self.output_padding = None
        if output_padding is not None:
            self.output_padding = per_axis(
                "output_padding", output_padding, self.rank, minimum=0
            )
            self._check_output_padding(self.output_padding)
        self.use_bias = use_bias
        self.kernel_initializer = get_initializer(kernel_initializer)
        self.kernel_regularizer = keras.regularizers.get(kernel_regularizer)
        self.input_spec = keras.InputSpec(ndim=self.rank + 2)

    def build(self, input_shape: Shape) -> None:
        channels = complex_channels(self.name, input_shape)
        shape = (*self.kernel_size, self.filters, channels)
        layout = transposed_layout(shape, self.strides)
        self.kernel = self.add_kernel(
            "kernel", layout, self.kernel_initializer, self.kernel_regularizer
        )
        self.bias = self.add_bias(self.filters)
        self.input_spec = keras.InputSpec(ndim=self.rank + 2, axes={-1: 2 * channels})

    def call(self, inputs: Tensor) -> Tensor:
        outputs = convolve_transpose(
            inputs,
            ops.convert_to_tensor(self.kernel),
            self.strides,
            self.padding,
            self.output_padding,
        )
        return outputs if self.bias is None else ops.add(outputs, self.bias)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        margins = transposed_margins(
            self.kernel_size, self.strides, self.padding, self.output_padding
        )
        axes = zip(
            input_shape[1:-1], self.kernel_size, self.strides, margins, strict=True
        )
        sizes = (
            None if size is None else (size - 1) * step + max(taps, step) - sum(margin)
            for size, taps, step, margin in axes
        )
        return (input_shape[0], *sizes, 2 * self.filters)

    def _check_output_padding(self, output_padding: tuple[int, ...]) -> None:
        pairs = zip(output_padding, self.strides, strict=True)
        if any(extra >= step for extra, step in pairs):
            raise ValueError(
                "`output_padding` must be less than `strides`. Received: "
                f"output_padding={output_padding} and strides={self.strides}."
            )


@keras.saving.register_keras_serializable(package="keras_complex")
class ComplexConv2DTranspose(_ConvTranspose):
    """Transposed 2-D convolution of complex feature maps, which enlarges them.

    As a matrix, the map is the transpose of the one of `ComplexConv2D` with the same
    packed kernel `W`, `filters` and channels exchanged, and with `conj(W)` it is
    the adjoint:

        <convolve(x, W), y> = <x, convolve_transpose(y, conj(W))>

    (`keras_complex.ops.convolve_transpose`). A bias `b` is added.

    Args:
        filters: Number of complex output channels.
        kernel_size: Height and width of the kernel, in bins.
        strides: Distance of the inputs in the output along height and width, in bins.
        padding: `"valid"` for `(n - 1) stride + max(kernel_size, stride)` outputs
            of `n` inputs, or `"same"` for `n stride`.
        output_padding: Number `p`, less than the stride, for `(n - 1) stride +
            kernel_size + p` (valid) or `(n - 1) stride + kernel_size % 2 + p`
            (same) outputs: chooses one of the sizes that a convolution with the
            same arguments makes `n` of.
        use_bias: Whether to add the complex bias `b`.
        kernel_initializer: Initializer of the packed kernel, `(*kernel_size,
            filters, 2 * channels)`. The default, `ComplexRayleigh(mode="he")`, gives
            `E|W|^2 = 2 / fan_in` with `fan_in = channels * prod(kernel_size) /
            prod(strides)`, the mean number of products in an output value.
        kernel_regularizer: Penalty on the packed kernel. L2 sums `|W|^2`.
        **kwargs: Arguments of `keras.layers.Layer`, such as `name` and `dtype`.

    Raises:
        ValueError: If an argument is out of range, or if the input has an odd or
            unknown number of real channels.

    Input shape:
        `(batch, height, width, 2 * channels)`, last axis `[real, imag]`.

    Output shape:
        `(batch, new_height, new_width, 2 * filters)`, last axis `[real, imag]`.

    Example:

    >>> layer = ComplexConv2DTranspose(4, kernel_size=3, strides=2, padding="same")
    >>> tuple(layer(keras.random.normal((1, 50, 64, 2 * 8))).shape)
    (1, 100, 128, 8)

    Reference:

    - [Dumoulin and Visin, 2016, A guide to convolution arithmetic for deep
      learning](https://arxiv.org/abs/1603.07285), Chapter 4
    """

    rank = 2


@keras.saving.register_keras_serializable(package="keras_complex")
class ComplexConv1DTranspose(_ConvTranspose):
    """Transposed 1-D convolution of complex sequences, which enlarges them.

    As `ComplexConv2DTranspose`, of sequences.

    Input shape:
        `(batch, frames, 2 * channels)`, last axis `[real, imag]`.

    Output shape:
        `(batch, new_frames, 2 * filters)`, last axis `[real, imag]`.

    Example:

    >>> layer = ComplexConv1DTranspose(filters=4, kernel_size=4, strides=2)
    >>> tuple(layer(keras.random.normal((1, 50, 2 * 8))).shape)
    (1, 102, 8)
    """

    rank = 1


@keras.saving.register_keras_serializable(package="keras_complex")
class ComplexConv3DTranspose(_ConvTranspose):
    """Transposed 3-D convolution of complex volumes, which enlarges them.

    As `ComplexConv2DTranspose`, of volumes.

    Input shape:
        `(batch, depth, height, width, 2 * channels)`, last axis `[real, imag]`.

    Output shape:
        `(batch, new_depth, new_height, new_width, 2 * filters)`, last axis
        `[real, imag]`.

    Example:

    >>> layer = ComplexConv3DTranspose(4, kernel_size=2, strides=2)
    >>> tuple(layer(keras.random.normal((1, 4, 5, 6, 2 * 2))).shape)
    (1, 8, 10, 12, 8)
    """

    rank = 3
