"""Softmax from complex values to probabilities."""

from typing import Any

import keras

from keras_complex.activations import real_softmax
from keras_complex.activations.softmax import KINDS
from keras_complex.layers.arguments import check_choice
from keras_complex.layers.packed_input import complex_channels
from keras_complex.types import Shape, Tensor


@keras.saving.register_keras_serializable(package="keras_complex")
class RealSoftmax(keras.layers.Layer):
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
        self.supports_masking = True

    def build(self, input_shape: Shape) -> None:
        complex_channels(self.name, input_shape)

    def call(self, inputs: Tensor) -> Tensor:
        return real_softmax(inputs, self.axis, self.of)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        return (*input_shape[:-1], complex_channels(self.name, input_shape))

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "axis": self.axis, "of": self.of}
