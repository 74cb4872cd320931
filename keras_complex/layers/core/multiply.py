"""Complex product, as of a mask and a spectrogram."""

import keras
from keras import ops

from keras_complex.layers.base import BaseLayer, complex_channels
from keras_complex.ops.arithmetic import multiply
from keras_complex.types import Shape, Tensor


@keras.saving.register_keras_serializable(package="keras_complex")
class ComplexMultiply(BaseLayer):
    """Multiplies two complex inputs, as a mask `M` and a spectrogram `X`.

        Y = M X = (M_r X_r - M_i X_i) + i (M_r X_i + M_i X_r)

    The masks are neither bounded nor normalised. An input of one channel
    multiplies every channel of the other: several masks for one mixture.

    Args:
        **kwargs: Arguments of `keras.layers.Layer`, such as `name` and `dtype`.

    Raises:
        ValueError: If the inputs are not two, if one has an odd or unknown
            number of real channels, or if their channels differ and none of
            them has a single one.

    Input shape:
        A list of two packed tensors, `(..., 2 * channels)` each.

    Output shape:
        `(..., 2 * channels)` with the larger number of channels.

    Example:

    >>> i = np.array([[0.0, 1.0]], "float32")
    >>> np.asarray(ComplexMultiply()([i, i])).tolist()
    [[-1.0, 0.0]]
    """

    def build(self, input_shape: list[Shape]) -> None:
        if len(input_shape) != 2 or not isinstance(input_shape[0], (list, tuple)):
            raise ValueError(
                f"Layer {self.name!r} expects a list of two inputs. "
                f"Received: input_shape={input_shape}."
            )
        first, second = (complex_channels(self.name, s) for s in input_shape)
        if first != second and 1 not in (first, second):
            raise ValueError(
                f"The inputs of layer {self.name!r} must have the same number "
                "of complex channels, or one of them a single channel. "
                f"Received: {first} and {second} channels."
            )

    def call(self, inputs: list[Tensor]) -> Tensor:
        return multiply(inputs[0], inputs[1])

    def compute_output_shape(self, input_shape: list[Shape]) -> Shape:
        first, second = (keras.KerasTensor(shape[:-1]) for shape in input_shape)
        channels = max(shape[-1] or 0 for shape in input_shape)
        return (*ops.add(first, second).shape, channels)
