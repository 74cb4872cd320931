"""Softmax of complex values, with and without their phases."""

from typing import Any

import keras

from keras_complex.activations import polar_softmax, real_softmax
from keras_complex.activations.softmax import KINDS
from keras_complex.checks import check_choice
from keras_complex.layers.base import PointwiseLayer, complex_channels
from keras_complex.types import Shape, Tensor


@keras.saving.register_keras_serializable(package="keras_complex")
class ComplexSoftmax(PointwiseLayer):
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


@keras.saving.register_keras_serializable(package="keras_complex")
class RealSoftmax(PointwiseLayer):
    """Turns complex values into probabilities, as of classes.

        p = softmax(|z|),  softmax(Re z)  or  (softmax(Re z) + softmax(Im z)) / 2

    Args:
        axis: Axis of the sum; -1 stands for the complex channels.
        of: `"magnitude"`, `"real"` or `"mean"`, in the order above. The default
            ignores the phases.
        **kwargs: Arguments of `keras.layers.Layer`, such as `name` and `dtype`.

    Raises:
        ValueError: If `of` is not one of these, or if the input has an odd or
            unknown number of real channels.

    Input shape:
        `(..., 2 * channels)`, last axis `[real, imag]`.

    Output shape:
        `(..., channels)`, real.

    Example:

    >>> x = np.array([[2.0, 0.0, 0.0, -2.0]], "float32")  # 2, -2i
    >>> np.round(np.asarray(RealSoftmax()(x)), 3).tolist()
    [[0.5, 0.5]]
    """

    def __init__(self, axis: int = -1, of: str = "magnitude", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        check_choice("of", of, KINDS)
        self.axis = axis
        self.of = of

    def call(self, inputs: Tensor) -> Tensor:
        return real_softmax(inputs, self.axis, self.of)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        return (*input_shape[:-1], complex_channels(self.name, input_shape))
