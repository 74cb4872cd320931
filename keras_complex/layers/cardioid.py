"""Scaling of complex values by the cosine of their phase."""

import keras

from keras_complex.activations import cardioid
from keras_complex.layers.base_activation import BaseActivation
from keras_complex.types import Tensor


@keras.saving.register_keras_serializable(package="keras_complex")
class Cardioid(BaseActivation):
    """Keeps the phase and scales by its cosine.

        y = z (1 + cos(phase)) / 2

    Of real values it is the ReLU. Not phase-equivariant, but
    conjugation-equivariant.

    Args:
        **kwargs: Arguments of `keras.layers.Layer`, such as `name` and `dtype`.

    Raises:
        ValueError: If the input has an odd or unknown number of real channels.

    Input shape:
        `(..., 2 * channels)`, last axis `[real, imag]`.

    Output shape:
        The shape of the input.

    Example:

    >>> x = np.array([[0.0, -1.0, 2.0, 0.0]], "float32")  # 2i, -1
    >>> np.asarray(Cardioid()(x)).tolist()
    [[0.0, ...0.0, 1.0, 0.0]]

    Reference:

    - [Virtue et al., 2017, Better than Real: Complex-valued Neural Nets for MRI
      Fingerprinting](https://arxiv.org/abs/1707.00070), Equation 3
    """

    def call(self, inputs: Tensor) -> Tensor:
        return cardioid(inputs)
