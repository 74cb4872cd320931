"""Learned complex gains."""

from typing import Any

import keras
from keras import ops

from keras_complex.layers.base_activation import BaseActivation
from keras_complex.layers.packed_input import complex_channels
from keras_complex.ops.arithmetic import multiply
from keras_complex.ops.packing import join_parts
from keras_complex.types import Shape, Tensor


@keras.saving.register_keras_serializable(package="keras_complex")
class ComplexScaling(BaseActivation):
    """Multiplies each channel by a learned complex gain: `y_c = g_c x_c`.

    The gain changes magnitude and phase: a diagonal complex matrix, where
    `ComplexDense` has a full one. It starts at 1: the layer as the identity. The layer
    is linear over complex scalars. To learn the phase alone, use `PhaseShift`.

    Args:
        **kwargs: Arguments of `keras.layers.Layer`, such as `name` and `dtype`.

    Raises:
        ValueError: If the input has an odd or unknown number of real channels.

    Input shape:
        `(..., 2 * channels)`, last axis `[real, imag]`.

    Output shape:
        The shape of the input.

    Example:

    >>> layer = ComplexScaling()
    >>> layer.build((None, 2))
    >>> layer.set_weights([np.array([0.0, 2.0])])  # 2i
    >>> x = np.array([[3.0, 4.0]], "float32")  # 3 + 4i
    >>> keras.ops.convert_to_numpy(layer(x)).tolist()
    [[-8.0, 6.0]]

    Reference:

    - [Touvron et al., 2021, Going Deeper with Image Transformers](
      https://arxiv.org/abs/2103.17239), Section 2, for the real form
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)

    def build(self, input_shape: Shape) -> None:
        channels = complex_channels(self.name, input_shape)
        self.gain = self.add_weight(
            name="gain", shape=(2 * channels,), initializer=_complex_one
        )

    def call(self, inputs: Tensor) -> Tensor:
        return multiply(inputs, ops.convert_to_tensor(self.gain))


def _complex_one(shape: Shape, dtype: str | None = None) -> Tensor:
    real = ops.ones(((shape[0] or 0) // 2,), dtype)
    return join_parts(real, ops.zeros_like(real))
