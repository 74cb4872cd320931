"""Power-law compression of complex spectrograms."""

from typing import Any

import keras
from keras import ops

from keras_complex.layers.packed_input import (
    at_least_float32,
    cast_packed,
    complex_channels,
)
from keras_complex.ops.spectral import check_exponent, compress_power
from keras_complex.types import Shape, Tensor


@keras.saving.register_keras_serializable(package="keras_complex")
class PowerCompression(keras.layers.Layer):
    """Raises magnitudes to a power and keeps the phase.

        y = |x|^exponent x / |x|

    Magnitudes below 1e-6 are scaled like that of 1e-6, so that the gradient at 0 is
    finite. `PowerCompression(1 / exponent)` inverts the layer. Float32 is used under
    every precision policy.

    Args:
        exponent: Positive. The default is that of most speech enhancers.
        **kwargs: Arguments of `keras.layers.Layer`, such as `name` and `dtype`.

    Raises:
        ValueError: If `exponent` is not positive, or if the input has an odd or
            unknown number of real channels.

    Input shape:
        `(..., 2 * channels)`, last axis `[real, imag]`.

    Output shape:
        The shape of the input.

    Example:

    >>> x = np.array([[0.0, 4.0]])
    >>> np.asarray(PowerCompression(0.5)(x)).tolist()
    [[0.0, 2.0]]

    Reference:

    - [Braun & Tashev, 2020, A consolidated view of loss functions for supervised deep
      learning-based speech enhancement](https://arxiv.org/abs/2009.12286)
    """

    def __init__(self, exponent: float = 0.3, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        check_exponent(exponent)
        self.exponent = exponent
        self.supports_masking = True

    def build(self, input_shape: Shape) -> None:
        complex_channels(self.name, input_shape)

    def call(self, inputs: Tensor) -> Tensor:
        x = cast_packed(inputs, at_least_float32(self.compute_dtype))
        return ops.cast(compress_power(x, self.exponent), self.compute_dtype)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        return tuple(input_shape)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "exponent": self.exponent}
