"""From native complex tensors to packed ones, and back."""

from typing import Any

import keras
from keras import ops

from keras_complex.layers.base import BaseLayer, PackedLayer, complex_channels
from keras_complex.ops.packing import pack, unpack
from keras_complex.types import Shape, Tensor


def ComplexInput(
    shape: Shape, batch_size: int | None = None, name: str | None = None
) -> keras.KerasTensor:
    """Makes an input of a model for native complex64 data.

    It is `keras.Input` with `dtype="complex64"`. An input of another type loses the
    imaginary part of complex data, with a warning at most; this one keeps it. `Pack`
    comes next.

    Args:
        shape: Shape of an example in complex values, without the batch axis.
        batch_size: Size of the batch, if it is fixed.
        name: Name of the input.

    Returns:
        A symbolic complex64 tensor `(batch, *shape)`.

    Example:

    >>> from keras_complex.layers import CReLU, Pack, Unpack
    >>> model = keras.Sequential([ComplexInput((3,)), Pack(), CReLU(), Unpack()])
    >>> z = np.array([[1 + 2j, -1 + 2j, 3j - 5]], "complex64")
    >>> model.predict(z, verbose=0).tolist()
    [[(1+2j), 2j, 3j]]
    """
    return keras.Input(shape, batch_size=batch_size, dtype="complex64", name=name)


@keras.saving.register_keras_serializable(package="keras_complex")
class Pack(BaseLayer):
    """Packs native complex tensors: the entry to all other layers.

    See `ComplexInput`. Real tensors become complex ones with imaginary part 0.

    Args:
        **kwargs: Arguments of `keras.layers.Layer`, such as `name` and `dtype`.

    Input shape:
        `(..., channels)`, complex64 or real.

    Output shape:
        `(..., 2 * channels)`, last axis `[real, imag]`, of the layer's compute type.

    Example:

    >>> np.asarray(Pack()(np.array([[1 + 3j, 2 + 4j]], "complex64"))).tolist()
    [[1.0, 2.0, 3.0, 4.0]]
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(autocast=False, **kwargs)

    def call(self, inputs: Tensor) -> Tensor:
        return ops.cast(pack(inputs), self.compute_dtype)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        channels = input_shape[-1]
        return (*input_shape[:-1], None if channels is None else 2 * channels)


@keras.saving.register_keras_serializable(package="keras_complex")
class Unpack(PackedLayer):
    """Unpacks to native complex64 tensors: the way out for those who need them.

    Losses and metrics of Keras drop imaginary parts; those of `keras_complex` take
    packed tensors. So train without `Unpack`, and append it for inference.

    Args:
        **kwargs: Arguments of `keras.layers.Layer`, such as `name`.

    Raises:
        ValueError: If the input has an odd or unknown number of real channels.

    Input shape:
        `(..., 2 * channels)`, last axis `[real, imag]`.

    Output shape:
        `(..., channels)`, complex64 under every precision policy.

    Example:

    >>> np.asarray(Unpack()(np.array([[1.0, 2.0, 3.0, 4.0]]))).tolist()
    [[(1+3j), (2+4j)]]
    """

    def call(self, inputs: Tensor) -> Tensor:
        return unpack(ops.cast(inputs, "float32"))

    def compute_output_spec(self, inputs: keras.KerasTensor) -> keras.KerasTensor:
        shape = self.compute_output_shape(inputs.shape)
        return keras.KerasTensor(shape, dtype="complex64")

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        return (*input_shape[:-1], complex_channels(self.name, input_shape))
