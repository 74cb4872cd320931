"""Unitary matrices with few parameters."""

import math

import numpy as np
from keras import ops

from keras_complex.ops.arithmetic import multiply
from keras_complex.ops.convolution import block_kernel
from keras_complex.ops.packing import join_parts, split_parts
from keras_complex.types import Tensor


def structured_unitary(
    phases: Tensor, reflections: Tensor, permutation: Tensor
) -> Tensor:
    """Composes a unitary matrix of diagonal matrices, reflections and transforms.

        W = D_3 R_2 F^(-1) D_2 P R_1 F D_1
        D = diag(e^(i phases)),    R = I - 2 v v^H / |v|^2

    with the unitary discrete Fourier transform `F` and the permutation `P`.

    Args:
        phases: Phases of `D_1`, `D_2` and `D_3` in radians, `(3, units)`.
        reflections: Packed vectors `v` of `R_1` and `R_2`, `(2, 2 * units)`, not 0.
        permutation: Integers; `P` moves `x[permutation[k]]` to `k`.

    Returns:
        The transposed matrix as a packed kernel `(units, 2 * units)`, by which rows
        are multiplied.

    Reference:

    - [Arjovsky et al., 2016, Unitary Evolution Recurrent Neural Networks](
      https://arxiv.org/abs/1511.06464), Equation 7
    """
    units = phases.shape[-1]
    rotation = join_parts(ops.cos(phases), ops.sin(phases))
    grid = np.outer(np.arange(units), np.arange(units)) % units
    angle = 2 * math.pi / units * grid
    parts = [np.cos(angle), -np.sin(angle)]
    forward, inverse = (
        ops.cast(np.hstack([parts[0], s * parts[1]]) / math.sqrt(units), phases.dtype)
        for s in (1, -1)
    )
    # Each row of the identity becomes a column of the matrix.
    x = ops.cast(np.eye(units, 2 * units), phases.dtype)
    x = ops.matmul(multiply(x, rotation[0]), block_kernel(forward))
    x = _reflect(x, reflections[0])
    x = join_parts(*(ops.take(part, permutation, axis=-1) for part in split_parts(x)))
    x = ops.matmul(multiply(x, rotation[1]), block_kernel(inverse))
    x = _reflect(x, reflections[1])
    return multiply(x, rotation[2])


def _reflect(x: Tensor, v: Tensor) -> Tensor:
    """Reflects the rows of `x` at the complex hyperplane that `v` is normal to."""
    v = ops.expand_dims(v, axis=0)
    # The real part of x conj(v) is the sum of products, the imaginary that with i v.
    real, imag = split_parts(v)
    projections = [
        ops.sum(ops.multiply(x, w), axis=-1, keepdims=True)
        for w in (v, join_parts(ops.negative(imag), real))
    ]
    squared = ops.maximum(ops.sum(ops.square(v), axis=-1, keepdims=True), 1e-12)
    factor = ops.divide(join_parts(*projections), squared)
    return ops.subtract(x, ops.multiply(multiply(factor, v), 2.0))
