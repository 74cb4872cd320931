"""Complex-valued dense layer."""

from typing import Any

import keras
from keras import ops

from keras_complex.checks import check_positive
from keras_complex.layers.base import PointwiseLayer, complex_channels, get_initializer
from keras_complex.ops.linear import linear
from keras_complex.types import InitializerLike, RegularizerLike, Shape, Tensor


@keras.saving.register_keras_serializable(package="keras_complex")
class ComplexDense(PointwiseLayer):
    """Multiplies complex vectors by a complex matrix.

    With the input `x = x_r + i x_i`, a row, and the matrix `W = W_r + i W_i`,

        y = x W + b = x_r W + x_i (i W) + b

    along the last axis, as in `keras.layers.Dense`. Narrow layers run as one real
    product, wide ones as three of half the width (`keras_complex.ops.linear`). An
    activation is a layer of its own.

    Args:
        units: Number of complex outputs.
        use_bias: Whether to add the complex bias `b`.
        kernel_initializer: Initializer of the packed kernel, `(channels,
            2 * units)`. The default, `ComplexRayleigh(mode="he")`, gives
            `E|W|^2 = 2 / channels`; a CReLU halves the power that this doubles.
        kernel_regularizer: Penalty on the packed kernel. L2 sums `|W|^2`.
        **kwargs: Arguments of `keras.layers.Layer`, such as `name` and `dtype`.

    Raises:
        ValueError: If `units` is less than 1, or if the input has an odd or unknown
            number of real channels.

    Input shape:
        `(batch, ..., 2 * channels)`, last axis `[real, imag]`.

    Output shape:
        `(batch, ..., 2 * units)`, last axis `[real, imag]`.

    Example:

    >>> layer = ComplexDense(units=8)
    >>> tuple(layer(keras.random.normal((1, 100, 2 * 3))).shape)
    (1, 100, 16)

    Reference:

    - [Trabelsi et al., 2018, Deep Complex Networks](
      https://arxiv.org/abs/1705.09792), Sections 3.2 and 3.6
    """

    def __init__(
        self,
        units: int,
        use_bias: bool = True,
        kernel_initializer: InitializerLike | None = None,
        kernel_regularizer: RegularizerLike = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        check_positive(units=units)
        self.units = units
        self.use_bias = use_bias
        self.kernel_initializer = get_initializer(kernel_initializer)
        self.kernel_regularizer = keras.regularizers.get(kernel_regularizer)
        self.input_spec = keras.InputSpec(min_ndim=2)

    def build(self, input_shape: Shape) -> None:
        channels = complex_channels(self.name, input_shape)
        self.kernel = self.add_weight(
            name="kernel",
            shape=(channels, 2 * self.units),
            initializer=self.kernel_initializer,
            regularizer=self.kernel_regularizer,
        )
        self.bias = self.add_bias(self.units)
        self.input_spec = keras.InputSpec(min_ndim=2, axes={-1: 2 * channels})

    def call(self, inputs: Tensor) -> Tensor:
        outputs = linear(inputs, ops.convert_to_tensor(self.kernel))
        return outputs if self.bias is None else ops.add(outputs, self.bias)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        return (*input_shape[:-1], 2 * self.units)
