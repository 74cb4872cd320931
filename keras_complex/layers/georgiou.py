"""Saturation of the magnitude by a quotient."""

from typing import Any

import keras

from keras_complex.activations import georgiou
from keras_complex.layers.base_activation import BaseActivation
from keras_complex.types import Tensor


@keras.saving.register_keras_serializable(package="keras_complex")
class Georgiou(BaseActivation):
    """Saturates the magnitude at `r` and keeps the phase.

        y = z / (c + |z| / r)

    Phase- and conjugation-equivariant.

    Args:
        c: Positive number; small magnitudes are divided by it.
        r: Positive number, the limit of large magnitudes.
        **kwargs: Arguments of `keras.layers.Layer`, such as `name` and `dtype`.

    Raises:
        ValueError: If an argument is not positive, or if the input has an odd or
            unknown number of real channels.

    Input shape:
        `(..., 2 * channels)`, last axis `[real, imag]`.

    Output shape:
        The shape of the input.

    Example:

    >>> np.asarray(Georgiou()(np.array([[3.0, 4.0]], "float32"))).tolist()
    [[0.5, 0.66666...]]

    Reference:

    - [Georgiou and Koutsougeras, 1992, Complex Domain Backpropagation](
      https://ieeexplore.ieee.org/document/142037), Equation 20
    """

    def __init__(self, c: float = 1.0, r: float = 1.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if c <= 0 or r <= 0:
            raise ValueError(f"`c` and `r` must be positive. Received: c={c}, r={r}.")
        self.c = c
        self.r = r

    def call(self, inputs: Tensor) -> Tensor:
        return georgiou(inputs, self.c, self.r)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "c": self.c, "r": self.r}
