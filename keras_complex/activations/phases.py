"""Activations that choose by the phase and never change it."""

import keras
from keras import ops

from keras_complex.activations.magnitudes import scale
from keras_complex.ops.arithmetic import magnitude
from keras_complex.ops.packing import split_parts, swap_parts
from keras_complex.types import Tensor

_register = keras.saving.register_keras_serializable(package="keras_complex")


@_register
def zrelu(x: Tensor) -> Tensor:
    """Returns `z` where its phase is in [0, pi / 2], else 0.

    Of real values it is the ReLU. Phase-equivariant: no.
    Conjugation-equivariant: no.

    Reference:

    - [Guberman, 2016, On Complex Valued Convolutional Neural Networks](
      https://arxiv.org/abs/1602.09046), Section 4.2.1
    """
    x = ops.convert_to_tensor(x)
    return ops.where(ops.minimum(x, swap_parts(x)) >= 0, x, 0)


@_register
def cardioid(x: Tensor) -> Tensor:
    """Scales `z` by the cosine of its phase: `z (1 + cos(phase)) / 2`.

    Of real values it is the ReLU. Phase-equivariant: no.
    Conjugation-equivariant: yes.

    Reference:

    - [Virtue et al., 2017, Better than Real: Complex-valued Neural Nets for MRI
      Fingerprinting](https://arxiv.org/abs/1707.00070), Equation 3
    """

    def gain(z: Tensor) -> Tensor:
        real, _ = split_parts(z)
        return 0.5 + 0.5 * real / magnitude(z)

    return scale(x, gain)
