"""Statistics of complex values and the 2 x 2 matrices that whiten them.

A 2 x 2 matrix for every channel, which acts on `[real, imag]`, is a tuple of two packed
tensors `(..., 2 * channels)`: its diagonal `[m_rr, m_ii]` and what is off it,
`[m_ri, m_ir]`, so that `M x` is `x * diagonal + swap_parts(x) * off_diagonal`. No
tensor has more axes than TFLite takes, no time goes into products of millions of tiny
matrices, and a graph has few operations of each.
"""

from collections.abc import Sequence
from typing import TypeAlias

from keras import ops

from keras_complex.ops.packing import join_parts
from keras_complex.types import Tensor

Matrix: TypeAlias = tuple[Tensor, Tensor]


def symmetric_matrix(rr: Tensor, ri: Tensor, ii: Tensor) -> Matrix:
    """Returns the symmetric matrices with these entries, each `(..., channels)`."""
    return join_parts(rr, ii), join_parts(ri, ri)


def identity(channels: int, dtype: str) -> Matrix:
    """Returns identity matrices for as many channels."""
    return ops.ones((2 * channels,), dtype), ops.zeros((2 * channels,), dtype)


def covariance(
    x: Tensor, axis: Sequence[int], epsilon: float = 0.0
) -> tuple[Tensor, Matrix]:
    """Computes mean and 2 x 2 covariance of real and imaginary parts.

    Args:
        x: Packed tensor `(..., 2 * channels)`.
        axis: Non-negative axes over which to average, the last not among them.
        epsilon: Added to both variances.

    Returns:
        The packed mean and the biased covariance, a pair of diagonal
        `[v_rr, v_ii]` and `[v_ri, v_ri]`, all `(..., 2 * channels)`. Averaged axes
        have size 1.
    """
    mean, _, _, v = center(ops.convert_to_tensor(x), axis, epsilon)
    return mean, v


def center(
    x: Tensor, axis: Sequence[int], epsilon: float = 0.0
) -> tuple[Tensor, Tensor, Tensor, Matrix]:
    """Subtracts the mean; returns also what the covariance is computed from.

    Arguments are those of `covariance`.

    Returns:
        The mean, `x - mean`, the same with its parts exchanged, and the covariance.
    """
    mean = average(x, axis)
    centred = x - mean
    swapped = swap_parts(centred)
    diagonal = average(ops.square(centred), axis) + epsilon
    return mean, centred, swapped, (diagonal, average(centred * swapped, axis))


def weighted_covariance(
    x: Tensor,
    weights: Tensor,
    axis: Sequence[int],
    epsilon: float = 0.0,
    synchronized: bool = False,
) -> tuple[Tensor, Matrix]:
    """Computes a weighted mean and covariance, if need be of all replicas.

    Args:
        x: Packed tensor `(..., 2 * channels)`.
        weights: Non-negative weights `(..., 1)` that broadcast with `x`, such as
            a mask. Where all are 0, so are the mean and the covariance.
        axis: Non-negative axes over which to average, the last not among them.
        epsilon: Added to both variances.
        synchronized: Whether to average over all replicas of a TensorFlow
            strategy; other backends have none.

    Returns:
        The packed mean and the covariance, as from `covariance`.
    """

    def mean_of(value: Tensor) -> Tensor:
        if not synchronized:
            return average(value, axis)
        return ops.moments(value, axis, keepdims=True, synchronized=True)[0]

    # A mean of weights is at least the inverse of their number, or 0.
    total = ops.maximum(mean_of(weights), 1e-12)
    mean = mean_of(weights * x) / total
    centred = x - mean
    diagonal = mean_of(weights * ops.square(centred)) / total + epsilon
    return mean, (diagonal, mean_of(weights * centred * swap_parts(centred)) / total)


def inverse_square_root(v: Matrix) -> Matrix:
    """Computes the symmetric inverse square root of 2 x 2 covariances.

    With `s = sqrt(det V)` and `t = sqrt(trace V + 2 s)`,

        V^(-1/2) = [[v_ii + s, -v_ri], [-v_ri, v_rr + s]] / (s t).

    The determinant is floored at 1e-7 of its largest possible value, the
    resolution of float32, so that the result is finite for perfectly correlated
    parts.

    Args:
        v: Diagonal `[v_rr, v_ii]` and off-diagonal `[v_ri, v_ri]`, packed, with
            positive variances.

    Returns:
        Diagonal and off-diagonal of the root, packed.

    Reference:

    - [Trabelsi et al., 2018, Deep Complex Networks](
      https://arxiv.org/abs/1705.09792), Section 3.5
    """
    s, t, swapped = _root_invariants(v)
    scale = ops.reciprocal(s * t)
    return (swapped + s) * scale, -v[1] * scale


def times_inverse_square_root(m: Matrix, v: Matrix) -> Matrix:
    """Computes `M V^(-1/2)`; arguments are those of the two functions it combines."""
    s, t, swapped = _root_invariants(v)
    scale = ops.reciprocal(s * t)
    diagonal, off_diagonal = (swapped + s) * scale, v[1] * scale
    return (
        m[0] * diagonal - m[1] * off_diagonal,
        m[1] * ((v[0] + s) * scale) - m[0] * off_diagonal,
    )


def inverse_square_root_gradient(g: Matrix, v: Matrix) -> Matrix:
    """Takes the gradient of `W = V^(-1/2)` to that of `V`.

    With `A = -W sym(G) W`, `s = sqrt(det V)` and `t = trace V^(1/2)`,

        dL/dV = (A + s W A W) / (2 t).

    Args:
        g: `G = dL/dW`, diagonal and off-diagonal.
        v: The covariance, as `inverse_square_root` takes it.

    Returns:
        Diagonal and off-diagonal `[h_ri, h_ri]` of the symmetric gradient: `h_ri` is
        half of the derivative with respect to the covariance `v_ri`.
    """
    w = inverse_square_root(v)
    s, t, _ = _root_invariants(v)
    diagonal, off_diagonal = g
    symmetric = (diagonal, 0.5 * (off_diagonal + swap_parts(off_diagonal)))
    a = _congruence(w, symmetric)
    mirrored = _congruence(w, a)
    scale = -0.5 / t
    return (a[0] + s * mirrored[0]) * scale, (a[1] + s * mirrored[1]) * scale


def multiply_symmetric(m: Matrix, w: Matrix) -> Matrix:
    """Multiplies 2 x 2 matrices by symmetric ones: `M W`.

    Args:
        m: Diagonal `[m_rr, m_ii]` and off-diagonal `[m_ri, m_ir]`, packed.
        w: Diagonal `[w_rr, w_ii]` and off-diagonal `[w_ri, w_ri]`, broadcasting with
            those of `m`.

    Returns:
        Diagonal and off-diagonal of the product, packed.
    """
    return (
        m[0] * w[0] + m[1] * w[1],
        m[0] * w[1] + m[1] * swap_parts(w[0]),
    )


def transpose(m: Matrix) -> Matrix:
    """Transposes 2 x 2 matrices."""
    return m[0], swap_parts(m[1])


def affine(x: Tensor, center: Tensor, matrix: Matrix, shift: Tensor) -> Tensor:
    """Computes `M (x - center) + shift` for every channel.

    Args:
        x: Packed tensor `(..., 2 * channels)`.
        center: Packed values that broadcast with `x`.
        matrix: Diagonal `[m_rr, m_ii]` and off-diagonal `[m_ri, m_ir]` of `M`, packed,
            broadcasting likewise.
        shift: Packed values that broadcast with `x`.

    Returns:
        Packed tensor of the shape of `x`.
    """
    return transform(x - center, matrix) + shift


def transform(x: Tensor, matrix: Matrix) -> Tensor:
    """Computes `M x` for every channel of a packed tensor; see `affine`."""
    diagonal, off_diagonal = matrix
    return x * diagonal + swap_parts(x) * off_diagonal


def swap_parts(x: Tensor) -> Tensor:
    """Exchanges real and imaginary part of a packed tensor."""
    # A third of the time of a split and a concatenation.
    shape = tuple(-1 if size is None else size for size in x.shape)
    if shape.count(-1) > 1:
        shape = ops.shape(x)
    parts = ops.reshape(x, (-1, 2, shape[-1] // 2))
    return ops.reshape(ops.flip(parts, axis=1), shape)


def average(x: Tensor, axis: Sequence[int]) -> Tensor:
    """Averages one axis after the other; all of them stay, with size 1.

    Short sums keep float32 rounding small, which the difference in the
    determinant of strongly correlated parts would magnify.
    """
    for a in sorted(axis, reverse=True):
        x = ops.mean(x, axis=a, keepdims=True)
    return x


def _root_invariants(v: Matrix) -> tuple[Tensor, Tensor, Tensor]:
    """Returns determinant and trace of the root of a covariance, and `[v_ii, v_rr]`."""
    diagonal, off_diagonal = v
    swapped = swap_parts(diagonal)
    product = diagonal * swapped
    s = ops.sqrt(ops.maximum(product - ops.square(off_diagonal), 1e-7 * product))
    return s, ops.sqrt(diagonal + swapped + (s + s)), swapped


def _congruence(w: Matrix, a: Matrix) -> Matrix:
    """Computes `W A W` of symmetric matrices."""
    return multiply_symmetric(multiply_symmetric(w, a), w)
