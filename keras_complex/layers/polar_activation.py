"""Real activation of the magnitude."""

from collections.abc import Callable
from typing import Any

import keras

from keras_complex.activations import polar
from keras_complex.layers.base_activation import BaseActivation
from keras_complex.types import Tensor


@keras.saving.register_keras_serializable(package="keras_complex")
class PolarActivation(BaseActivation):
    """Applies a real activation to the magnitude and keeps the phase.

        y = f(|z|) z / |z|

    Phase- and conjugation-equivariant, whatever `f`. Where `f(0)` is not 0, the
    jump at `z = 0` is made continuous; see `keras_complex.activations.polar`.

    Args:
        activation: What `keras.activations.get` takes: a name, such as
            `"softplus"`, or a function that keeps the shape of a real tensor. Its
            argument is positive, so `"relu"` does nothing: see `ModReLU`.
        **kwargs: Arguments of `keras.layers.Layer`, such as `name` and `dtype`.

    Raises:
        ValueError: If no activation has that name, or if the input has an odd or
            unknown number of real channels.

    Input shape:
        `(..., 2 * channels)`, last axis `[real, imag]`.

    Output shape:
        The shape of the input.

    Example:

    >>> y = PolarActivation("relu6")(np.array([[-30.0, 40.0]], "float32"))
    >>> np.round(np.asarray(y), 3).tolist()
    [[-3.59..., 4.80...]]

    Reference:

    - [Barrachina et al., 2023, Theory and Implementation of Complex-Valued Neural
      Networks](https://arxiv.org/abs/2302.08286), Section 4, type B
    """

    def __init__(
        self, activation: str | Callable[[Tensor], Tensor], **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.activation = keras.activations.get(activation)

    def call(self, inputs: Tensor) -> Tensor:
        return polar(inputs, self.activation)

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "activation": keras.activations.serialize(self.activation),
        }
