"""Activations of the magnitude that keep the phase."""

from collections.abc import Callable

import keras
from keras import ops

from keras_complex.ops.arithmetic import magnitude
from keras_complex.ops.packing import join_parts
from keras_complex.types import Tensor

_register = keras.saving.register_keras_serializable(package="keras_complex")


def scale(x: Tensor, gain: Callable[[Tensor], Tensor]) -> Tensor:
    """Multiplies a packed tensor by a real function of it: `gain(z) z`.

    Half precision is raised to float32 meanwhile, where squares and quotients
    neither overflow nor vanish.

    Args:
        x: Packed tensor `(..., 2 * channels)`.
        gain: Function of the packed tensor that returns `(..., channels)`.

    Returns:
        Packed tensor of the shape and type of `x`.
    """
    x = ops.convert_to_tensor(x)
    dtype = keras.backend.standardize_dtype(x.dtype)
    z = ops.cast(x, keras.backend.result_type(dtype, "float32"))
    factor = gain(z)
    return ops.cast(z * join_parts(factor, factor), dtype)


def polar(x: Tensor, activation: Callable[[Tensor], Tensor]) -> Tensor:
    """Applies a real activation to the magnitude: `f(|z|) z / |z|`.

    Phase and conjugation commute with it. Where `f(0)` is not 0, the value jumps
    at `z = 0`; there it is made continuous, linear in `z` for `|z|` below 1e-6,
    or 1e-4 in float16, which could not hold the gradient `f(0) / |z|`.

    Args:
        x: Packed tensor `(..., 2 * channels)`.
        activation: Function of the positive, real `(..., channels)`, such as one
            of `keras.activations`; it keeps the shape.

    Returns:
        Packed tensor of the shape of `x`.
    """
    x = ops.convert_to_tensor(x)
    float16 = keras.backend.standardize_dtype(x.dtype) == "float16"
    floor = 1e-4 if float16 else 1e-6

    def gain(z: Tensor) -> Tensor:
        modulus = magnitude(z, epsilon=floor**2)
        return activation(modulus) / modulus

    return scale(x, gain)


def modrelu(x: Tensor, bias: Tensor) -> Tensor:
    """Rectifies the shifted magnitude: `ReLU(|z| + b) z / |z|`.

    Phase-equivariant: yes. Conjugation-equivariant: yes. A negative bias makes a
    dead zone of the radius `-b`; with a bias of 0 it is the identity.

    Args:
        x: Packed tensor `(..., 2 * channels)`.
        bias: Real tensor that broadcasts with `(..., channels)`.

    Returns:
        Packed tensor of the shape of `x`.

    Reference:

    - [Arjovsky et al., 2016, Unitary Evolution Recurrent Neural Networks](
      https://arxiv.org/abs/1511.06464), Equation 8
    """
    return polar(x, lambda r: ops.relu(r + ops.cast(bias, r.dtype)))


@_register
def hirose(x: Tensor, m: float = 1.0) -> Tensor:
    """Saturates the magnitude at 1: `tanh(|z| / m^2) z / |z|`.

    Phase-equivariant: yes. Conjugation-equivariant: yes.

    Args:
        x: Packed tensor `(..., 2 * channels)`.
        m: Positive number, the square root of the magnitude at which saturation
            sets in; small magnitudes are divided by its square.

    Returns:
        Packed tensor of the shape of `x`.

    Reference:

    - [Hirose and Yoshida, 2012, Generalization Characteristics of Complex-Valued
      Feedforward Neural Networks in Relation to Signal Coherence](
      https://ieeexplore.ieee.org/document/6138313), Equation 15, of `m = 1`
    - [Wolter and Yao, 2018, Complex Gated Recurrent Neural Networks](
      https://arxiv.org/abs/1806.08267)
    """
    return polar(x, lambda r: ops.tanh(r / m**2))


@_register
def georgiou(x: Tensor, c: float = 1.0, r: float = 1.0) -> Tensor:
    """Saturates the magnitude at `r`: `z / (c + |z| / r)`.

    Phase-equivariant: yes. Conjugation-equivariant: yes.

    Args:
        x: Packed tensor `(..., 2 * channels)`.
        c: Positive number; small magnitudes are divided by it.
        r: Positive number, the limit of large magnitudes.

    Returns:
        Packed tensor of the shape of `x`.

    Reference:

    - [Georgiou and Koutsougeras, 1992, Complex Domain Backpropagation](
      https://ieeexplore.ieee.org/document/142037), Equation 20
    """
    return scale(x, lambda z: 1.0 / (c + magnitude(z) / r))


@_register
def polar_sigmoid(x: Tensor) -> Tensor:
    """Applies the logistic function to the magnitude.

    Phase-equivariant: yes. Conjugation-equivariant: yes. The magnitude of the
    output is between 1/2 and 1, but of `z = 0`, which stays 0.
    """
    return polar(x, ops.sigmoid)


@_register
def polar_silu(x: Tensor) -> Tensor:
    """Gates `z` by the logistic function of its magnitude: `z sigmoid(|z|)`.

    Phase-equivariant: yes. Conjugation-equivariant: yes.
    """
    return polar(x, ops.silu)


@_register
def polar_tanh(x: Tensor) -> Tensor:
    """Applies tanh to the magnitude: `tanh(|z|) z / |z|`.

    Phase-equivariant: yes. Conjugation-equivariant: yes. The output lies in the
    unit disc: as a bound of masks, the form BDT of the reference, and the one of
    DCCRN-E.

    Reference:

    - [Choi et al., 2019, Phase-aware Speech Enhancement with Deep Complex U-Net](
      https://arxiv.org/abs/1903.03107), Section 3.2
    - [Hu et al., 2020, DCCRN](https://arxiv.org/abs/2008.00264)
    """
    return polar(x, ops.tanh)
