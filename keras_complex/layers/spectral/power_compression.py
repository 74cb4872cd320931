"""Power-law compression of complex spectrograms."""

from typing import Any

import keras
from keras import ops

from keras_complex.checks import check_above_zero
from keras_complex.layers.base import PointwiseLayer, at_least_float32
from keras_complex.ops.arithmetic import magnitude
from keras_complex.ops.packing import cast_packed, join_parts
from keras_complex.types import Tensor

# Of the magnitude, below which all values have the same gain: -120 dB of full scale.
FLOOR = 1e-6


@keras.saving.register_keras_serializable(package="keras_complex")
class PowerCompression(PointwiseLayer):
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
        check_above_zero(exponent=exponent)
        self.exponent = exponent

    def call(self, inputs: Tensor) -> Tensor:
        x = cast_packed(inputs, at_least_float32(self.compute_dtype))
        modulus = magnitude(x, epsilon=FLOOR**2)
        gain = ops.power(modulus, self.exponent - 1.0)
        return ops.cast(x * join_parts(gain, gain), self.compute_dtype)
