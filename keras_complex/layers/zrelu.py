"""Rectifier of the first quadrant."""

import keras

from keras_complex.activations import zrelu
from keras_complex.layers.base_activation import BaseActivation
from keras_complex.types import Tensor


@keras.saving.register_keras_serializable(package="keras_complex")
class ZReLU(BaseActivation):
    """Keeps the values whose phase is in [0, pi / 2], and no other.

        zReLU(z) = z  if Re z >= 0 and Im z >= 0,  else 0

    Not phase-equivariant. Of circular noise a quarter of the values passes.

    Args:
        **kwargs: Arguments of `keras.layers.Layer`, such as `name` and `dtype`.

    Raises:
        ValueError: If the input has an odd or unknown number of real channels.

    Input shape:
        `(..., 2 * channels)`, last axis `[real, imag]`.

    Output shape:
        The shape of the input.

    Example:

    >>> x = np.array([[1.0, 3.0, 2.0, -4.0]], "float32")  # 1 + 2i, 3 - 4i
    >>> np.asarray(ZReLU()(x)).tolist()
    [[1.0, 0.0, 2.0, 0.0]]

    Reference:

    - [Guberman, 2016, On Complex Valued Convolutional Neural Networks](
      https://arxiv.org/abs/1602.09046), Section 4.2.1
    """

    def call(self, inputs: Tensor) -> Tensor:
        return zrelu(inputs)
