"""Rectifier of real and imaginary parts."""

import keras
from keras import ops

from keras_complex.layers.base_activation import BaseActivation
from keras_complex.ops.packing import check_real
from keras_complex.types import Tensor


@keras.saving.register_keras_serializable(package="keras_complex")
class CReLU(BaseActivation):
    """Rectifies the real and the imaginary part separately.

        CReLU(z) = ReLU(Re z) + i ReLU(Im z)

    Not phase-equivariant: the output lies in the first quadrant.

    Args:
        **kwargs: Arguments of `keras.layers.Layer`, such as `name` and `dtype`.

    Raises:
        ValueError: If the input has an odd or unknown number of real channels.

    Input shape:
        `(..., 2 * channels)`, last axis `[real, imag]`.

    Output shape:
        The shape of the input.

    Example:

    >>> np.asarray(CReLU()(np.array([[1.0, -2.0]], "float32"))).tolist()
    [[1.0, 0.0]]

    Reference:

    - [Trabelsi et al., 2018, Deep Complex Networks](
      https://arxiv.org/abs/1705.09792), Section 3.4
    """

    def call(self, inputs: Tensor) -> Tensor:
        check_real(inputs)
        return ops.relu(inputs)
