"""Complex activation by its name."""

from collections.abc import Callable
from typing import Any

import keras

from keras_complex import activations
from keras_complex.layers.base import PointwiseLayer
from keras_complex.types import Tensor


@keras.saving.register_keras_serializable(package="keras_complex")
class ComplexActivation(PointwiseLayer):
    """Applies an activation of `keras_complex.activations`.

        y = f(z)

    Args:
        activation: Name of an activation that needs no other argument:
            `"cardioid"`, `"crelu"`, `"georgiou"`, `"hirose"`, `"polar_sigmoid"`,
            `"polar_silu"`, `"polar_softmax"`, `"polar_tanh"`, `"split_elu"`,
            `"split_gelu"`, `"split_sigmoid"`, `"split_silu"`, `"split_tanh"` or
            `"zrelu"`; or a function of packed tensors that keeps their shape, which
            files hold if it is registered with Keras.
        **kwargs: Arguments of `keras.layers.Layer`, such as `name` and `dtype`.

    Raises:
        ValueError: If no activation has that name, or if the input has an odd or
            unknown number of real channels.

    Input shape:
        `(..., 2 * channels)`, last axis `[real, imag]`.

    Output shape:
        The shape of the input.

    Example:

    >>> mask = ComplexActivation("polar_tanh")  # Of a magnitude below 1.
    >>> y = mask(np.array([[30.0, 40.0]], "float32"))
    >>> np.round(np.asarray(y), 3).tolist()
    [[0.6..., 0.8...]]
    """

    def __init__(
        self, activation: str | Callable[[Tensor], Tensor], **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.activation = activations.get(activation)

    def call(self, inputs: Tensor) -> Tensor:
        return self.activation(inputs)
