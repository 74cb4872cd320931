"""Diagonal linear state-space models of packed complex signals."""

import math

from keras import ops

from keras_complex.ops.arithmetic import conjugate, multiply, squared_magnitude
from keras_complex.ops.fourier import fft, ifft
from keras_complex.ops.packing import join_parts, split_parts
from keras_complex.types import Tensor


def state_space_kernel(
    poles: Tensor, residues: Tensor, step: Tensor, length: int | Tensor
) -> Tensor:
    """Computes the impulse response of diagonal systems whose input is held.

        K_l = sum_n C_n B_n e^(A_n dt l),    B_n = (e^(A_n dt) - 1) / A_n

    Args:
        poles: Packed `A`, `(channels, 2 * states)`, with negative real parts.
        residues: Packed `C`, `(channels, 2 * states)`.
        step: Time `dt` between two samples, real `(channels,)`.
        length: Number of samples `l`, from 0.

    Returns:
        Packed tensor `(length, 2 * channels)`.

    Reference:

    - [Gu et al., 2022, On the Parameterization and Initialization of Diagonal State
      Space Models](https://arxiv.org/abs/2206.11893), Sections 2 and 3
    """
    real, imag = (part * ops.expand_dims(step, 1) for part in split_parts(poles))
    # e^z - 1 without the loss of digits at small z: e^x - 1 = (1 + e^x) tanh(x / 2),
    # cos(y) - 1 = -2 sin(y / 2)^2.
    size = ops.exp(real)
    difference = join_parts(
        (1.0 + size) * ops.tanh(0.5 * real)
        - 2.0 * size * ops.square(ops.sin(0.5 * imag)),
        size * ops.sin(imag),
    )
    power = ops.maximum(squared_magnitude(poles), 1e-12)
    held = multiply(difference, conjugate(poles)) / join_parts(power, power)
    samples = ops.reshape(ops.cast(ops.arange(length), real.dtype), (-1, 1, 1))
    growth, angle = ops.exp(samples * real), samples * imag
    waves = join_parts(growth * ops.cos(angle), growth * ops.sin(angle))
    terms = multiply(waves, multiply(residues, held))
    return join_parts(*(ops.sum(part, axis=-1) for part in split_parts(terms)))


def causal_convolve(x: Tensor, kernel: Tensor) -> Tensor:
    """Convolves each channel with a kernel of the same length, from the past on.

        y_l = sum_(k <= l) K_k x_(l - k)

    as a product of Fourier transforms of at least twice the length.

    Args:
        x: Packed tensor `(batch, length, 2 * channels)`.
        kernel: Packed tensor `(length, 2 * channels)`.

    Returns:
        Packed tensor `(batch, length, 2 * channels)`, in float32.
    """
    length = ops.shape(x)[1]
    kernel = ops.expand_dims(kernel, 0)
    if isinstance(length, int):
        # A square has the best divisors for `fft`.
        size = math.ceil(math.sqrt(2 * length)) ** 2
        behind = ((0, 0), (0, size - length), (0, 0))
        x, kernel = (ops.pad(signal, behind) for signal in (x, kernel))
    else:
        size = 2 * length
        x, kernel = (
            ops.concatenate([signal, ops.zeros_like(signal)], axis=1)
            for signal in (x, kernel)
        )
    y = ifft(multiply(fft(x, 1), fft(kernel, 1)), 1)[:, :length]
    # Orthonormal transforms of a convolution lack this factor.
    return y * ops.sqrt(ops.cast(size, y.dtype))
