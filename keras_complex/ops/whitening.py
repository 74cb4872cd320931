"""Statistics of complex values and the 2 x 2 matrices that whiten them.

A symmetric 2 x 2 matrix that acts on `[real, imag]` is a tuple of its entries
`(m_rr, m_ri, m_ii)`, each `(..., channels)`: no tensor has more axes than TFLite
takes, and no time goes into products of millions of tiny matrices.
"""

from collections.abc import Sequence
from typing import TypeAlias

from keras import ops

from keras_complex.ops.packing import join_parts, split_parts
from keras_complex.types import Tensor

SymmetricMatrix: TypeAlias = tuple[Tensor, Tensor, Tensor]
Matrix: TypeAlias = tuple[tuple[Tensor, Tensor], tuple[Tensor, Tensor]]


def covariance(
    x: Tensor, axis: Sequence[int], epsilon: float = 0.0
) -> tuple[Tensor, SymmetricMatrix]:
    """Computes mean and 2 x 2 covariance of real and imaginary parts.

    Args:
        x: Packed tensor `(..., 2 * channels)`.
        axis: Non-negative axes over which to average. The last one stands for
            the complex channels: parts are never averaged together.
        epsilon: Added to both variances.

    Returns:
        The packed mean, `(..., 2 * channels)`, and the biased covariance
        `(v_rr, v_ri, v_ii)`, each `(..., channels)`. Averaged axes have size 1,
        but channels are repeated.
    """
    x = ops.convert_to_tensor(x)
    repeated = len(x.shape) - 1 in axis

    def channel_average(part: Tensor) -> Tensor:
        mean = average(part, axis)
        return mean * ops.ones_like(part) if repeated else mean

    def packed_average(packed: Tensor) -> Tensor:
        if not repeated:
            return average(packed, axis)
        return join_parts(*(channel_average(part) for part in split_parts(packed)))

    mean = packed_average(x)
    centred = x - mean
    real, imag = split_parts(centred)
    v_rr, v_ii = split_parts(packed_average(ops.square(centred)) + epsilon)
    return mean, (v_rr, channel_average(real * imag), v_ii)


def weighted_covariance(
    x: Tensor,
    weights: Tensor,
    axis: Sequence[int],
    epsilon: float = 0.0,
    synchronized: bool = False,
) -> tuple[Tensor, SymmetricMatrix]:
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
    real, imag = split_parts(centred)
    squares = ops.concatenate([ops.square(centred), real * imag], axis=-1)
    v_rr, v_ii, v_ri = ops.split(mean_of(weights * squares) / total, 3, axis=-1)
    return mean, (v_rr + epsilon, v_ri, v_ii + epsilon)


def inverse_square_root(v: SymmetricMatrix) -> SymmetricMatrix:
    """Computes the symmetric inverse square root of 2 x 2 covariances.

    With `s = sqrt(det V)` and `t = sqrt(trace V + 2 s)`,

        V^(-1/2) = [[v_ii + s, -v_ri], [-v_ri, v_rr + s]] / (s t).

    The determinant is floored at 1e-7 of its largest possible value, the
    resolution of float32, so that the result is finite for perfectly correlated
    parts.

    Args:
        v: `(v_rr, v_ri, v_ii)` with positive variances.

    Returns:
        `(w_rr, w_ri, w_ii)`.

    Reference:

    - [Trabelsi et al., 2018, Deep Complex Networks](
      https://arxiv.org/abs/1705.09792), Section 3.5
    """
    v_rr, v_ri, v_ii = v
    s, t = _root_invariants(v)
    scale = 1.0 / (s * t)
    return (v_ii + s) * scale, -v_ri * scale, (v_rr + s) * scale


def inverse_square_root_gradient(g: Matrix, v: SymmetricMatrix) -> SymmetricMatrix:
    """Takes the gradient of `W = V^(-1/2)` to that of `V`.

    With `A = -W sym(G) W`, `s = sqrt(det V)` and `t = trace V^(1/2)`,

        dL/dV = (A + s W A W) / (2 t).

    Args:
        g: Rows of `G = dL/dW`, `((g_rr, g_ri), (g_ir, g_ii))`.
        v: `(v_rr, v_ri, v_ii)`.

    Returns:
        `(h_rr, h_ri, h_ii)`, where `h_ri` is the entry of the symmetric matrix:
        half of the derivative with respect to the covariance `v_ri`.
    """
    w = inverse_square_root(v)
    s, t = _root_invariants(v)
    a = _congruence(w, symmetric_part(g))
    mirrored = _congruence(w, a)
    scale = 0.5 / t
    rr, ri, ii = (-(p + s * q) * scale for p, q in zip(a, mirrored, strict=True))
    return rr, ri, ii


def multiply_symmetric(g: SymmetricMatrix, w: SymmetricMatrix) -> Matrix:
    """Multiplies two symmetric 2 x 2 matrices: `G W`.

    Args:
        g: `(g_rr, g_ri, g_ii)`.
        w: `(w_rr, w_ri, w_ii)`, broadcasting with those of `g`.

    Returns:
        The rows of the product, `((m_rr, m_ri), (m_ir, m_ii))`.
    """
    return matrix_product(rows(g), rows(w))


def matrix_product(a: Matrix, b: Matrix) -> Matrix:
    """Multiplies 2 x 2 matrices given by their rows: `A B`."""
    (a_rr, a_ri), (a_ir, a_ii) = a
    (b_rr, b_ri), (b_ir, b_ii) = b
    return (
        (a_rr * b_rr + a_ri * b_ir, a_rr * b_ri + a_ri * b_ii),
        (a_ir * b_rr + a_ii * b_ir, a_ir * b_ri + a_ii * b_ii),
    )


def rows(m: SymmetricMatrix) -> Matrix:
    """Writes a symmetric 2 x 2 matrix as its rows."""
    m_rr, m_ri, m_ii = m
    return (m_rr, m_ri), (m_ri, m_ii)


def symmetric_part(m: Matrix) -> SymmetricMatrix:
    """Returns `(M + M^T) / 2` of a 2 x 2 matrix given by its rows."""
    (m_rr, m_ri), (m_ir, m_ii) = m
    return m_rr, 0.5 * (m_ri + m_ir), m_ii


def affine(x: Tensor, center: Tensor, matrix: Matrix, shift: Tensor) -> Tensor:
    """Computes `M (x - center) + shift` for every channel.

    Args:
        x: Packed tensor `(..., 2 * channels)`.
        center: Packed values that broadcast with `x`.
        matrix: Rows of `M`, `((m_rr, m_ri), (m_ir, m_ii))`, broadcasting likewise.
        shift: Packed values that broadcast with `x`.

    Returns:
        Packed tensor of the shape of `x`.
    """
    return transform(x - center, matrix) + shift


def transform(x: Tensor, matrix: Matrix) -> Tensor:
    """Computes `M x` for every channel of a packed tensor; see `affine`."""
    (m_rr, m_ri), (m_ir, m_ii) = matrix
    return x * join_parts(m_rr, m_ii) + swap_parts(x) * join_parts(m_ri, m_ir)


def swap_parts(x: Tensor) -> Tensor:
    """Exchanges real and imaginary part of a packed tensor."""
    # A third of the time of a split and a concatenation.
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


def _root_invariants(v: SymmetricMatrix) -> tuple[Tensor, Tensor]:
    """Returns determinant and trace of the square root of a covariance."""
    v_rr, v_ri, v_ii = v
    product = v_rr * v_ii
    s = ops.sqrt(ops.maximum(product - ops.square(v_ri), 1e-7 * product))
    return s, ops.sqrt(v_rr + v_ii + 2.0 * s)


def _congruence(w: SymmetricMatrix, a: SymmetricMatrix) -> SymmetricMatrix:
    """Computes `W A W`."""
    return symmetric_part(matrix_product(multiply_symmetric(w, a), rows(w)))
