"""Activations that choose by the phase and never change it."""

import keras

from keras_complex.activations import cardioid, zrelu
from keras_complex.layers.base import PointwiseLayer
from keras_complex.types import Tensor


@keras.saving.register_keras_serializable(package="keras_complex")
class ZReLU(PointwiseLayer):
    """Keeps the values whose phase is in [0, pi / 2], and no other.

        zReLU(z) = z  if Re z >= 0 and Im z >= 0,  else 0

    Not phase-equivariant. Of circular noise a quarter of the values passes.

    Arguments and errors are those of `CReLU`.

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


@keras.saving.register_keras_serializable(package="keras_complex")
class Cardioid(PointwiseLayer):
    """Keeps the phase and scales by its cosine.

        y = z (1 + cos(phase)) / 2

    Of real values it is the ReLU. Not phase-equivariant, but
    conjugation-equivariant.

    Arguments and errors are those of `CReLU`.

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
