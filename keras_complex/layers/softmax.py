"""Softmax over magnitudes that keeps the phases."""

from typing import Any

import keras

from keras_complex.activations import polar_softmax
from keras_complex.layers.base_activation import BaseActivation
from keras_complex.types import Tensor


@keras.saving.register_keras_serializable(package="keras_complex")
class ComplexSoftmax(BaseActivation):
    """Makes the magnitudes sum to 1 and keeps the phases.

        y = softmax(|z|) z / |z|

    Equivariant to a rotation of each value alone. A value of 0 has no phase and
    stays 0. For probabilities see `RealSoftmax`.

    Args:
        axis: Axis of the sum; -1 stands for the complex channels.
        **kwargs: Arguments of `keras.layers.Layer`, such as `name` and `dtype`.

    Raises:
        ValueError: If the input has an odd or unknown number of real channels.

    Input shape:
        `(..., 2 * channels)`, last axis `[real, imag]`.

    Output shape:
        The shape of the input.

    Example:

    >>> x = np.array([[2.0, 0.0, 0.0, -2.0]], "float32")  # 2, -2i
    >>> np.round(np.asarray(ComplexSoftmax()(x)), 3).tolist()
    [[0.5, 0.0, 0.0, -0.5]]
    """

    def __init__(self, axis: int = -1, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.axis = axis

    def call(self, inputs: Tensor) -> Tensor:
        return polar_softmax(inputs, self.axis)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "axis": self.axis}
