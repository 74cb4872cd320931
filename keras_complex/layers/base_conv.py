"""What complex convolutions of all ranks share."""

from collections.abc import Sequence
from typing import Any, ClassVar

import keras
from keras import ops

from keras_complex.initializers import ComplexRayleigh
from keras_complex.initializers.base import with_layout
from keras_complex.initializers.layout import convolution_layout
from keras_complex.layers.arguments import (
    check_choice,
    check_positive,
    check_strides_and_dilation,
    per_axis,
)
from keras_complex.layers.packed_input import complex_channels
from keras_complex.ops.convolution import convolve
from keras_complex.types import InitializerLike, RegularizerLike, Shape, Tensor


class BaseConv(keras.layers.Layer):
    """Abstract convolution of `rank` axes between batch and channels."""

    rank: ClassVar[int]
    paddings: ClassVar[tuple[str, ...]] = ("valid", "same")

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
        super().__init__(**kwargs)
        check_positive(filters=filters, groups=groups)
        check_choice("padding", padding, self.paddings)
        if filters % groups:
            raise ValueError(
                "`filters` must be a multiple of `groups`. Received: "
                f"filters={filters} and groups={groups}."
            )
        self.filters = filters
        self.kernel_size = per_axis("kernel_size", kernel_size, self.rank)
        self.strides = per_axis("strides", strides, self.rank)
        self.padding = padding
        self.dilation_rate = per_axis("dilation_rate", dilation_rate, self.rank)
        check_strides_and_dilation(self.strides, self.dilation_rate)
        self.groups = groups
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
        if channels % self.groups:
            raise ValueError(
                f"The complex channels of layer {self.name!r} must be a multiple of "
                f"`groups`. Received: {channels} channels and groups={self.groups}."
            )
        shape = (*self.kernel_size, channels // self.groups, self.filters)
        self.kernel = self.add_weight(
            name="kernel",
            shape=(*shape[:-1], 2 * self.filters),
            initializer=with_layout(
                self.kernel_initializer, convolution_layout(shape, self.groups)
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
        outputs = convolve(
            inputs,
            ops.convert_to_tensor(self.kernel),
            self.strides,
            self.padding,
            self.dilation_rate,
            self.groups,
        )
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
            "groups": self.groups,
            "use_bias": self.use_bias,
            "kernel_initializer": keras.initializers.serialize(self.kernel_initializer),
            "kernel_regularizer": keras.regularizers.serialize(self.kernel_regularizer),
        }


def convolved_sizes(
    sizes: Shape,
    kernel_size: Sequence[int],
    strides: Sequence[int],
    padding: str,
    dilation_rate: Sequence[int],
) -> Shape:
    """Returns the sizes of what `convolve` makes of `sizes`.

    Raises:
        ValueError: If an axis is shorter than the kernel, without padding.
    """
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
