"""Activations of real and imaginary part, each alone."""

from collections.abc import Callable

import keras
from keras import ops

from keras_complex.ops.packing import join_parts, split_parts
from keras_complex.types import Tensor

_register = keras.saving.register_keras_serializable(package="keras_complex")


def split(x: Tensor, activation: Callable[[Tensor], Tensor]) -> Tensor:
    """Applies a real activation to both parts: `f(Re z) + i f(Im z)`.

    Args:
        x: Packed tensor `(..., 2 * channels)`.
        activation: Function of a real tensor `(..., channels)`, such as one of
            `keras.activations`; it keeps the shape.

    Returns:
        Packed tensor of the shape of `x`.
    """
    real, imag = split_parts(x)
    return join_parts(activation(real), activation(imag))


@_register
def crelu(x: Tensor) -> Tensor:
    """Rectifies both parts: `ReLU(Re z) + i ReLU(Im z)`.

    Phase-equivariant: no. Conjugation-equivariant: no. The output lies in the
    first quadrant.

    Reference:

    - [Trabelsi et al., 2018, Deep Complex Networks](
      https://arxiv.org/abs/1705.09792), Section 3.4
    """
    return split(x, ops.relu)


@_register
def split_elu(x: Tensor) -> Tensor:
    """Applies ELU, `x` above 0 and `e^x - 1` below, to both parts.

    Phase-equivariant: no. Conjugation-equivariant: no.
    """
    return split(x, ops.elu)


@_register
def split_gelu(x: Tensor) -> Tensor:
    """Applies GELU, `x Phi(x)` with the normal distribution `Phi`, to both parts.

    Phase-equivariant: no. Conjugation-equivariant: no.
    """
    return split(x, lambda part: ops.gelu(part, approximate=False))


@_register
def split_sigmoid(x: Tensor) -> Tensor:
    """Applies the logistic function to both parts.

    Phase-equivariant: no. Conjugation-equivariant: no. As a bound of masks, it
    leaves the first quadrant only: the form BDSS of the reference.

    Reference:

    - [Choi et al., 2019, Phase-aware Speech Enhancement with Deep Complex U-Net](
      https://arxiv.org/abs/1903.03107), Section 3.2
    """
    return split(x, ops.sigmoid)


@_register
def split_silu(x: Tensor) -> Tensor:
    """Applies SiLU, `x sigmoid(x)`, to both parts.

    Phase-equivariant: no. Conjugation-equivariant: no.
    """
    return split(x, ops.silu)


@_register
def split_tanh(x: Tensor) -> Tensor:
    """Applies tanh to both parts: `tanh(Re z) + i tanh(Im z)`.

    Phase-equivariant: no. Conjugation-equivariant: yes. The output lies in the
    square of side 2 about 0.
    """
    return split(x, ops.tanh)
