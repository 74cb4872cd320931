"""Real activation of both parts."""

from collections.abc import Callable
from typing import Any

import keras

from keras_complex.activations import split
from keras_complex.layers.base_activation import BaseActivation
from keras_complex.types import Tensor


@keras.saving.register_keras_serializable(package="keras_complex")
class SplitActivation(BaseActivation):
    """Applies a real activation to the real and the imaginary part.

        y = f(Re z) + i f(Im z)

    Not phase-equivariant, whatever `f`, unless it is linear. Conjugation-equivariant
    if `f` is odd.

    Args:
        activation: What `keras.activations.get` takes: a name, such as `"gelu"`,
            or a function that keeps the shape of a real tensor.
        **kwargs: Arguments of `keras.layers.Layer`, such as `name` and `dtype`.

    Raises:
        ValueError: If no activation has that name, or if the input has an odd or
            unknown number of real channels.

    Input shape:
        `(..., 2 * channels)`, last axis `[real, imag]`.

    Output shape:
        The shape of the input.

    Example:

    >>> y = SplitActivation("relu6")(np.array([[-1.0, 8.0]], "float32"))
    >>> np.asarray(y).tolist()
    [[0.0, 6.0]]
    """

    def __init__(
        self, activation: str | Callable[[Tensor], Tensor], **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.activation = keras.activations.get(activation)

    def call(self, inputs: Tensor) -> Tensor:
        return split(inputs, self.activation)

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "activation": keras.activations.serialize(self.activation),
        }
