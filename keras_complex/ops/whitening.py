"""Whitening of complex values by their 2 x 2 covariance.

A symmetric 2 x 2 matrix that acts on `[real, imag]` is a tuple of its entries
`(m_rr, m_ri, m_ii)`, each `(..., channels)`: no tensor has more axes than TFLite
takes. The gradient, which never goes there, stacks them to `(..., channels, 2, 2)`.
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
    mean = _average(x, axis)
    centred = x - mean
    real, imag = split_parts(centred)
    v_rr, v_ii = split_parts(_average(ops.square(centred), axis) + epsilon)
    v_ri = _average(real * imag, axis, packed=False)
    return mean, (v_rr, v_ri, v_ii)


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


def multiply_symmetric(g: SymmetricMatrix, w: SymmetricMatrix) -> Matrix:
    """Multiplies two symmetric 2 x 2 matrices: `G W`.

    Args:
        g: `(g_rr, g_ri, g_ii)`.
        w: `(w_rr, w_ri, w_ii)`, broadcasting with those of `g`.

    Returns:
        The rows of the product, `((m_rr, m_ri), (m_ir, m_ii))`.
    """
    (g_rr, g_ri, g_ii), (w_rr, w_ri, w_ii) = g, w
    return (
        (g_rr * w_rr + g_ri * w_ri, g_rr * w_ri + g_ri * w_ii),
        (g_ri * w_rr + g_ii * w_ri, g_ri * w_ri + g_ii * w_ii),
    )


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
    (m_rr, m_ri), (m_ir, m_ii) = matrix
    centred = x - center
    return (
        centred * join_parts(m_rr, m_ii)
        + _swap(centred) * join_parts(m_ri, m_ir)
        + shift
    )


def normalize(
    x: Tensor,
    gamma: SymmetricMatrix,
    beta: Tensor,
    axis: Sequence[int],
    epsilon: float = 1e-4,
) -> Tensor:
    """Whitens a packed tensor, then scales and shifts it.

        y = Gamma W (x - mean) + beta,    W = V^(-1/2)

    where `V` contains `epsilon`. The gradient keeps `x` only. With the averages
    `P` of `(dL/dy) (x - mean)^T`, `A = -W sym(Gamma P) W`, `s = sqrt(det V)` and
    `t = trace V^(1/2)`,

        dL/dV = (A + s W A W) / (2 t)
        dL/dx = W Gamma dL/dy - its average + 2 (dL/dV) (x - mean).

    Args:
        x: Packed tensor `(batch, ..., 2 * channels)`.
        gamma: `Gamma` as `(g_rr, g_ri, g_ii)`, each `(channels,)`.
        beta: Packed shift `(2 * channels,)`.
        axis: Non-negative axes of the statistics; see `covariance`.
        epsilon: Added to the variances of both parts.

    Returns:
        Packed tensor of the shape of `x`.

    Reference:

    - [Trabelsi et al., 2018, Deep Complex Networks](
      https://arxiv.org/abs/1705.09792), Section 3.5
    """
    leading = tuple(range(len(x.shape) - 1))
    channel_axis = len(x.shape) - 1
    inner = tuple(a for a in axis if a != channel_axis)

    @ops.custom_gradient
    def compute(x, g_rr, g_ri, g_ii, beta):  # type: ignore[no-untyped-def]
        mean, covariances = covariance(x, axis, epsilon)
        roots = inverse_square_root(covariances)

        def gradient(*args, upstream=None):  # type: ignore[no-untyped-def]
            g = args[0] if upstream is None else upstream
            gamma = _stack((g_rr, g_ri), (g_ri, g_ii))
            w = _stack_symmetric(roots)
            centred = x - mean
            swapped = _swap(centred)
            g_average = _average(g, inner)
            p = _stack_diagonals(
                _average(g * centred, inner), _average(g * swapped, inner)
            )
            direct, cross = _diagonals(ops.matmul(w, gamma))
            g_center = g_average * direct + _swap(g_average) * cross
            g_w = ops.matmul(gamma, p)
            if channel_axis in axis:
                g_center = _average(g_center, (channel_axis,))
                g_w = ops.mean(g_w, axis=-3, keepdims=True)
            g_v = _covariance_gradient(w, g_w, _root_invariants(covariances))
            v_direct, v_cross = _diagonals(2.0 * g_v)
            g_x = (
                (g * direct + _swap(g) * cross - g_center)
                + centred * v_direct
                + swapped * v_cross
            )
            count = ops.cast(ops.size(x) // ops.size(mean), x.dtype)
            g_gamma = count * ops.sum(_symmetric(ops.matmul(p, w)), axis=leading)
            return (
                g_x,
                g_gamma[:, 0, 0],
                2.0 * g_gamma[:, 0, 1],
                g_gamma[:, 1, 1],
                count * ops.sum(g_average, axis=leading),
            )

        matrix = multiply_symmetric((g_rr, g_ri, g_ii), roots)
        return affine(x, mean, matrix, beta), gradient

    arguments = (x, *gamma, beta)
    return compute(*(ops.convert_to_tensor(argument) for argument in arguments))


def _covariance_gradient(
    w: Tensor, g_w: Tensor, invariants: tuple[Tensor, Tensor]
) -> Tensor:
    """Takes the gradient of `W = V^(-1/2)` to that of `V`."""
    a = -ops.matmul(w, ops.matmul(_symmetric(g_w), w))
    mirrored = ops.matmul(w, ops.matmul(a, w))
    s, t = (ops.reshape(value, (*ops.shape(value), 1, 1)) for value in invariants)
    return (a + s * mirrored) / (2.0 * t)


def _root_invariants(v: SymmetricMatrix) -> tuple[Tensor, Tensor]:
    """Returns determinant and trace of the square root of a covariance."""
    v_rr, v_ri, v_ii = v
    product = v_rr * v_ii
    s = ops.sqrt(ops.maximum(product - ops.square(v_ri), 1e-7 * product))
    return s, ops.sqrt(v_rr + v_ii + 2.0 * s)


def _average(x: Tensor, axis: Sequence[int], packed: bool = True) -> Tensor:
    """Averages one axis after the other; channels are repeated.

    Short sums keep float32 rounding small, which the difference in the
    determinant of strongly correlated parts would magnify.
    """
    for a in sorted(axis, reverse=True):
        if a < len(x.shape) - 1:
            x = ops.mean(x, axis=a, keepdims=True)
    if len(x.shape) - 1 not in axis:
        return x
    parts = split_parts(x) if packed else (x,)
    means = [
        ops.ones_like(part) * ops.mean(part, axis=-1, keepdims=True) for part in parts
    ]
    return join_parts(*means) if packed else means[0]


def _stack(*rows: tuple[Tensor, Tensor]) -> Tensor:
    return ops.stack([ops.stack(row, axis=-1) for row in rows], axis=-2)


def _stack_symmetric(matrix: SymmetricMatrix) -> Tensor:
    rr, ri, ii = matrix
    return _stack((rr, ri), (ri, ii))


def _stack_diagonals(diagonal: Tensor, cross: Tensor) -> Tensor:
    rr, ii = split_parts(diagonal)
    ri, ir = split_parts(cross)
    return _stack((rr, ri), (ir, ii))


def _diagonals(matrix: Tensor) -> tuple[Tensor, Tensor]:
    return (
        join_parts(matrix[..., 0, 0], matrix[..., 1, 1]),
        join_parts(matrix[..., 0, 1], matrix[..., 1, 0]),
    )


def _symmetric(matrix: Tensor) -> Tensor:
    return 0.5 * (matrix + ops.swapaxes(matrix, -1, -2))


def _swap(x: Tensor) -> Tensor:
    real, imag = split_parts(x)
    return join_parts(imag, real)
