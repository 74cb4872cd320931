"""What complex transposed convolutions of all ranks share."""

from collections.abc import Sequence
from typing import Any, ClassVar

import keras
from keras import ops

from keras_complex.initializers import ComplexRayleigh
from keras_complex.initializers.base import with_layout
from keras_complex.initializers.layout import transposed_layout
from keras_complex.layers.arguments import check_choice, check_positive, per_axis
from keras_complex.layers.packed_input import complex_channels
from keras_complex.ops.convolution import convolve_transpose, transposed_margins
from keras_complex.types import InitializerLike, RegularizerLike, Shape, Tensor


class BaseConvTranspose(keras.layers.Layer):
    """Abstract transposed convolution of `rank` axes between batch and channels."""

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
        self.kernel_initializer = (
            ComplexRayleigh(mode="he")
            if kernel_initializer is None
            else keras.initializers.get(kernel_initializer)
        )
        self.kernel_regularizer = keras.regularizers.get(kernel_regularizer)
        self.input_spec = keras.InputSpec(ndim=self.rank + 2)

    def build(self, input_shape: Shape) -> None:
        channels = complex_channels(self.name, input_shape)
        shape = (*self.kernel_size, self.filters, channels)
        self.kernel = self.add_weight(
            name="kernel",
            shape=(*shape[:-1], 2 * channels),
            initializer=with_layout(
                self.kernel_initializer, transposed_layout(shape, self.strides)
            ),
            regularizer=self.kernel_regularizer,
        )
        self.bias = None
        if self.use_bias:
            self.bias = self.add_weight(
                name="bias", shape=(2 * self.filters,), initializer="zeros"
            )
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

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "filters": self.filters,
            "kernel_size": self.kernel_size,
            "strides": self.strides,
            "padding": self.padding,
            "output_padding": self.output_padding,
            "use_bias": self.use_bias,
            "kernel_initializer": keras.initializers.serialize(self.kernel_initializer),
            "kernel_regularizer": keras.regularizers.serialize(self.kernel_regularizer),
        }

    def _check_output_padding(self, output_padding: tuple[int, ...]) -> None:
        pairs = zip(output_padding, self.strides, strict=True)
        if any(extra >= step for extra, step in pairs):
            raise ValueError(
                "`output_padding` must be less than `strides`. Received: "
                f"output_padding={output_padding} and strides={self.strides}."
            )
