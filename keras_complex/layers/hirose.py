"""Saturation of the magnitude by tanh."""

from typing import Any

import keras

from keras_complex.activations import hirose
from keras_complex.layers.base_activation import BaseActivation
from keras_complex.types import Tensor


@keras.saving.register_keras_serializable(package="keras_complex")
class Hirose(BaseActivation):
    """Saturates the magnitude at 1 and keeps the phase.

        y = tanh(|z| / m^2) z / |z|

    Phase- and conjugation-equivariant.

    Args:
        m: Positive number, the square root of the magnitude at which saturation
            sets in. The default is the polar tanh.
        **kwargs: Arguments of `keras.layers.Layer`, such as `name` and `dtype`.

    Raises:
        ValueError: If `m` is not positive, or if the input has an odd or unknown
            number of real channels.

    Input shape:
        `(..., 2 * channels)`, last axis `[real, imag]`.

    Output shape:
        The shape of the input.

    Example:

    >>> y = Hirose(m=2.0)(np.array([[0.0, 4.0]], "float32"))
    >>> np.round(np.asarray(y), 2).tolist()  # tanh(1) i
    [[0.0, 0.75...]]

    Reference:

    - [Hirose and Yoshida, 2012, Generalization Characteristics of Complex-Valued
      Feedforward Neural Networks in Relation to Signal Coherence](
      https://ieeexplore.ieee.org/document/6138313), Equation 15, of `m = 1`
    - [Wolter and Yao, 2018, Complex Gated Recurrent Neural Networks](
      https://arxiv.org/abs/1806.08267)
    """

    def __init__(self, m: float = 1.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if m <= 0:
            raise ValueError(f"`m` must be positive. Received: m={m}.")
        self.m = m

    def call(self, inputs: Tensor) -> Tensor:
        return hirose(inputs, self.m)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "m": self.m}
