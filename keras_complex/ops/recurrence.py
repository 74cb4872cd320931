"""Gates of complex recurrent networks."""

import keras
from keras import ops

from keras_complex.ops.packing import split_parts
from keras_complex.types import Tensor


@keras.saving.register_keras_serializable(package="keras_complex")
def product_sigmoid(x: Tensor) -> Tensor:
    """Returns the real gate `sigmoid(Re x) sigmoid(Im x)` of a packed tensor.

    Args:
        x: Packed tensor `(..., 2 * units)`.

    Returns:
        Real tensor `(..., units)` with values between 0 and 1.

    Reference:

    - [Wolter and Yao, 2018, Complex Gated Recurrent Neural Networks](
      https://arxiv.org/abs/1806.08267)
    """
    real, imag = split_parts(ops.sigmoid(x))
    return ops.multiply(real, imag)
