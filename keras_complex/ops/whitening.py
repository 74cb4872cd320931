"""Statistics of complex values and the 2 x 2 matrices that whiten them.

A real 2 x 2 matrix `M` that acts on `[real, imag]` is kept as two packed tensors, its
diagonal `d = [m_rr, m_ii]` and the rest `a = [m_ri, m_ir]`, each `(..., 2 * channels)`:

    M x = d x + a swap(x),    swap([real, imag]) = [imag, real].

No tensor has more axes than TFLite takes, no time goes into products of millions of
tiny matrices, and both rows of a matrix are one operation.
"""

from collections.abc import Sequence
from typing import TypeAlias

from keras import ops

from keras_complex.ops.packing import join_parts, split_parts, swap_parts
from keras_complex.types import Tensor

Matrix: TypeAlias = tuple[Tensor, Tensor]


def covariance(
    x: Tensor, axis: Sequence[int], epsilon: float = 0.0
) -> tuple[Tensor, Matrix]:
    """Computes mean and 2 x 2 covariance of real and imaginary parts.

    Args:
        x: Packed tensor `(..., 2 * channels)`.
        axis: Non-negative axes over which to average. The last one stands for
            the complex channels: parts are never averaged together.
        epsilon: Added to both variances.

    Returns:
        The packed mean, and the biased covariance as the packed tensors `[v_rr, v_ii]`
        and `[v_ri, v_ri]`, each `(..., 2 * channels)`. Averaged axes have size 1, but
        channels are repeated.
    """
    x = ops.convert_to_tensor(x)

    def packed_average(packed: Tensor) -> Tensor:
        if len(x.shape) - 1 not in axis:
            return average(packed, axis)
        parts = split_parts(packed)
        return join_parts(*(average(p, axis) * ops.ones_like(p) for p in parts))

    mean = packed_average(x)
    centred = x - mean
    variances = packed_average(ops.square(centred)) + epsilon
    return mean, (variances, packed_average(centred * swap_parts(centred)))


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
    products = [ops.square(centred), centred * swap_parts(centred)]
    means = mean_of(weights * ops.concatenate(products, axis=-1)) / total
    variances, covariances = ops.split(means, 2, axis=-1)
    return mean, (variances + epsilon, covariances)


def symmetric_matrix(entries: Tensor) -> Matrix:
    """Makes the matrix of its entries `m_rr`, `m_ri` and `m_ii`, `(3, channels)`."""
    m_rr, m_ri, m_ii = ops.unstack(entries, 3)
    return join_parts(m_rr, m_ii), join_parts(m_ri, m_ri)


def symmetric_entries(matrix: Matrix) -> Tensor:
    """Returns the entries `m_rr`, `m_ri` and `m_ii`, `(3, ..., channels)`."""
    m_rr, m_ii = split_parts(matrix[0])
    return ops.stack([m_rr, split_parts(matrix[1])[0], m_ii])


def inverse_square_root(v: Matrix) -> Matrix:
    """Computes the symmetric inverse square root of 2 x 2 covariances.

    With `s = sqrt(det V)` and `t = sqrt(trace V + 2 s)`,

        V^(-1/2) = [[v_ii + s, -v_ri], [-v_ri, v_rr + s]] / (s t).

    The determinant is floored at 1e-7 of its largest possible value, the
    resolution of float32, so that the result is finite for perfectly correlated
    parts.

    Args:
        v: Symmetric matrix with positive variances, as from `covariance`.

    Returns:
        The symmetric matrix `V^(-1/2)`.

    Reference:

    - [Trabelsi et al., 2018, Deep Complex Networks](
      https://arxiv.org/abs/1705.09792), Section 3.5
    """
    return inverse_square_root_and_invariants(v)[0]


def inverse_square_root_and_invariants(v: Matrix) -> tuple[Matrix, Tensor, Tensor]:
    """Computes `V^(-1/2)`, and determinant `s` and trace `t` of `V^(1/2)`.

    Returns:
        The matrix, as from `inverse_square_root`, and `s` and `t`, packed: both parts
        are equal.
    """
    variances, covariances = v
    swapped = swap_parts(variances)
    product = variances * swapped
    s = ops.sqrt(ops.maximum(product - ops.square(covariances), 1e-7 * product))
    t = ops.sqrt(variances + swapped + 2.0 * s)
    scale = 1.0 / (s * t)
    return ((swapped + s) * scale, ops.negative(covariances) * scale), s, t


def inverse_square_root_gradient(g: Matrix, w: Matrix, s: Tensor, t: Tensor) -> Matrix:
    """Takes the gradient of `W = V^(-1/2)` to that of `V`.

    For symmetric 2 x 2 matrices, `M N M = trace(M N) M - det(M) adj(N)`, and `X` with
    `V^(1/2) X + X V^(1/2) = A` is `(A + x s W - trace(A) / 2) / t` for
    `x = trace(A W) / 2`. With `G` symmetric, `A = -W G W`, `k = trace(W G)` and
    `u = trace(G)`, this is

        dL/dV = (u + k t) / (2 s t) - G / (s t) + ((u - k t) / (2 s) - k / (2 t)) W.

    Args:
        g: Symmetric part of `G = dL/dW`.
        w: `W`, as from `inverse_square_root_and_invariants`.
        s: As from there.
        t: As from there.

    Returns:
        A symmetric matrix, whose `ri` is half of the derivative with respect to the
        covariance `v_ri`.
    """
    half_t = 0.5 * t
    u = 0.5 * _sum_of_parts(g[0])
    k = _sum_of_parts(w[0] * g[0] + w[1] * g[1])
    half_kt = half_t * k
    inverse_s, inverse_t = 1.0 / s, 1.0 / t
    of_g = inverse_s * inverse_t
    of_w = (u - half_kt) * inverse_s - 0.5 * k * inverse_t
    return (
        (u + half_kt - g[0]) * of_g + of_w * w[0],
        of_w * w[1] - of_g * g[1],
    )


def matrix_product(m: Matrix, n: Matrix) -> Matrix:
    """Multiplies 2 x 2 matrices: `M N`."""
    (m_d, m_a), (n_d, n_a) = m, n
    return m_d * n_d + m_a * swap_parts(n_a), m_d * n_a + m_a * swap_parts(n_d)


def transpose(m: Matrix) -> Matrix:
    """Returns `M^T`."""
    return m[0], swap_parts(m[1])


def symmetric_part(m: Matrix) -> Matrix:
    """Returns `(M + M^T) / 2`."""
    return m[0], 0.5 * _sum_of_parts(m[1])


def affine(x: Tensor, center: Tensor, matrix: Matrix, shift: Tensor) -> Tensor:
    """Computes `M (x - center) + shift` for every channel.

    Args:
        x: Packed tensor `(..., 2 * channels)`.
        center: Packed values that broadcast with `x`.
        matrix: `M`, as the packed `[m_rr, m_ii]` and `[m_ri, m_ir]`, broadcasting
            likewise.
        shift: Packed values that broadcast with `x`.

    Returns:
        Packed tensor of the shape of `x`.
    """
    return transform(x - center, matrix) + shift


def transform(x: Tensor, matrix: Matrix) -> Tensor:
    """Computes `M x` for every channel of a packed tensor; see `affine`."""
    return x * matrix[0] + swap_parts(x) * matrix[1]


def average(x: Tensor, axis: Sequence[int]) -> Tensor:
    """Averages one axis after the other; all of them stay, with size 1.

    Short sums keep float32 rounding small, which the difference in the
    determinant of strongly correlated parts would magnify.
    """
    for a in sorted(axis, reverse=True):
        x = ops.mean(x, axis=a, keepdims=True)
    return x


def _sum_of_parts(x: Tensor) -> Tensor:
    """Adds the parts of a packed tensor; both parts of the result are the sum."""
    return x + swap_parts(x)
