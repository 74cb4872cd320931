"""Discrete Fourier transform of packed complex tensors, as matrix products."""

import functools
import math
from typing import Any

import numpy as np
from keras import ops

from keras_complex.ops.packing import join_parts, split_parts
from keras_complex.types import Tensor

# Smaller transforms are as fast by one matrix: measured on CPU.
SPLIT_FROM = 256


def fft(x: Tensor, axis: int = -2) -> Tensor:
    """Computes the orthonormal discrete Fourier transform along an axis.

        y_k = sum_n x_n e^(-2 pi i k n / N) / sqrt(N)

    As products with matrices, it runs in every backend and converts to TFLite with
    built-in operations only. A known size `N = P Q` is transformed by matrices of the
    sizes `P` and `Q`, as near to one another as can be, with rotations in between
    (Cooley & Tukey, 1965): `4 (P + Q)` real multiplications per complex value. A
    prime size, or one known at run time only, takes one matrix: `4 N`.

    Args:
        x: Packed tensor `(..., 2 * channels)`.
        axis: Axis of the transform, other than the last.

    Returns:
        Packed tensor of the shape of `x`, in float32.

    Example:

    >>> x = np.array([[1.0, 0.0], [0.0, 1.0]], "float32")  # 1 and i.
    >>> keras.ops.convert_to_numpy(fft(x)).round(2).tolist()  # (1 + i, 1 - i) / sqrt 2
    [[0.7..., 0.7...], [0.7..., -0.7...]]

    Reference:

    - [Cooley & Tukey, 1965, An Algorithm for the Machine Calculation of Complex
      Fourier Series](https://doi.org/10.1090/S0025-5718-1965-0178586-1)
    """
    return _transform(x, axis, 1.0)


def ifft(x: Tensor, axis: int = -2) -> Tensor:
    """Computes the inverse of `fft`: `x_n = sum_k y_k e^(2 pi i k n / N) / sqrt(N)`.

    Args:
        x: Packed tensor `(..., 2 * channels)`.
        axis: Axis of the transform, other than the last.

    Returns:
        Packed tensor of the shape of `x`, in float32.
    """
    return _transform(x, axis, -1.0)


def roots_of_unity(
    a: np.ndarray | int | Tensor, b: np.ndarray | int | Tensor, order: int | Tensor
) -> tuple[Any, Any]:
    """Returns cosine and sine of `2 pi a b / order`, `(len(a), len(b))` each.

    The products are reduced modulo the order before the cosine: exact angles.

    Args:
        a: Integers, or a number for those from 0 up to it.
        b: As `a`.
        order: Number, or a tensor for one that is known in the graph only.

    Returns:
        NumPy arrays in float64, or in the graph tensors in float32.
    """
    if isinstance(order, int):
        a, b = (n if isinstance(n, np.ndarray) else np.arange(n) for n in (a, b))
        angles = np.outer(a, b) % order * (2 * math.pi / order)
        return np.cos(angles), np.sin(angles)
    a, b = (n if isinstance(n, np.ndarray) else ops.arange(n) for n in (a, b))
    a, b = ops.cast(a, "int32"), ops.cast(b, "int32")
    turns = ops.mod(ops.expand_dims(a, 1) * ops.expand_dims(b, 0), order)
    angles = ops.cast(turns, "float32") * (2 * math.pi) / ops.cast(order, "float32")
    return ops.cos(angles), ops.sin(angles)


def _transform(x: Tensor, axis: int, sign: float) -> Tensor:
    """Transforms with the roots `e^(-sign 2 pi i / N)`."""
    parts = split_parts(ops.cast(x, "float32"))
    shape = ops.shape(parts[0])
    axis %= len(shape)
    flat = (math.prod(shape[:axis]), shape[axis], math.prod(shape[axis + 1 :]))
    real, imag = (ops.reshape(part, flat) for part in parts)
    real, imag = _transform_parts(real, imag, sign)
    return join_parts(ops.reshape(real, shape), ops.reshape(imag, shape))


def _transform_parts(real: Tensor, imag: Tensor, sign: float) -> tuple[Tensor, Tensor]:
    """Transforms the middle axis of both parts, `(lead, size, trail)`."""
    lead, size, trail = ops.shape(real)
    first = _divisor(size) if isinstance(size, int) and size >= SPLIT_FROM else 1
    if first == 1:
        return _transform_directly(real, imag, sign)
    second = size // first
    # With n = second * p + q: first over p, rotated by q k / N, then over q.
    over_p, over_q = (lead, first, second * trail), (lead * first, second, trail)
    real, imag = (ops.reshape(part, over_p) for part in (real, imag))
    real, imag = _transform_parts(real, imag, sign)
    grid = (lead, first, second, trail)
    real, imag = (ops.reshape(part, grid) for part in (real, imag))
    cosines, sines = (
        ops.convert_to_tensor(part, dtype="float32")
        for part in _rotations(first, second)
    )
    sines = ops.multiply(sines, sign)
    real, imag = real * cosines + imag * sines, imag * cosines - real * sines
    real, imag = (ops.reshape(part, over_q) for part in (real, imag))
    parts = _transform_parts(real, imag, sign)
    real, imag = (
        ops.reshape(
            ops.transpose(ops.reshape(part, grid), (0, 2, 1, 3)), (lead, size, trail)
        )
        for part in parts
    )
    return real, imag


def _transform_directly(
    real: Tensor, imag: Tensor, sign: float
) -> tuple[Tensor, Tensor]:
    """Transforms the middle axis by one matrix."""
    size = ops.shape(real)[1]
    matrix = _matrix(size) if isinstance(size, int) else _computed_matrix(size)
    matrix = ops.convert_to_tensor(matrix, "float32")
    (cr, sr), (ci, si) = (
        ops.split(ops.matmul(matrix, part), 2, axis=1) for part in (real, imag)
    )
    return cr + sign * si, ci - sign * sr


@functools.lru_cache(maxsize=64)
def _divisor(size: int) -> int:
    """Returns the largest divisor up to the square root."""
    return max(d for d in range(1, math.isqrt(size) + 1) if size % d == 0)


@functools.lru_cache(maxsize=64)
def _matrix(size: int) -> np.ndarray:
    """Returns cosines over sines, over the root of the size, `(2 * size, size)`."""
    return np.concatenate(roots_of_unity(size, size, size)) / math.sqrt(size)


def _computed_matrix(size: Tensor) -> Tensor:
    """As `_matrix`, of a size that is known in the graph only."""
    scale = ops.rsqrt(ops.cast(size, "float32"))
    return ops.concatenate(roots_of_unity(size, size, size)) * scale


@functools.lru_cache(maxsize=64)
def _rotations(first: int, second: int) -> tuple[np.ndarray, np.ndarray]:
    """Returns cosines and sines of the angles between two transforms."""
    turns = np.outer(np.arange(first), np.arange(second))[..., None]
    angles = turns * (2 * math.pi / (first * second))
    return np.cos(angles), np.sin(angles)
