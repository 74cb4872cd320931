"""Whitening of complex values, with gradients in closed form."""

from collections.abc import Sequence
from typing import Any

from keras import ops

from keras_complex.ops.packing import join_parts, split_parts
from keras_complex.ops.whitening import (
    Matrix,
    average,
    center,
    inverse_square_root,
    inverse_square_root_gradient,
    multiply_symmetric,
    swap_parts,
    symmetric_matrix,
    times_inverse_square_root,
    transform,
    transpose,
)
from keras_complex.types import Tensor


def normalize(
    x: Tensor,
    gamma: Matrix,
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
        gamma: Diagonal `[g_rr, g_ii]` and off-diagonal `[g_ri, g_ri]` of `Gamma`, each
            `(2 * channels,)`.
        beta: Packed shift `(2 * channels,)`.
        axis: Non-negative axes of the statistics; see `covariance`.
        epsilon: Added to the variances of both parts.

    Returns:
        Packed tensor of the shape of `x`.

    Reference:

    - [Trabelsi et al., 2018, Deep Complex Networks](
      https://arxiv.org/abs/1705.09792), Section 3.5
    """
    x = ops.convert_to_tensor(x)
    gamma = (ops.convert_to_tensor(gamma[0]), ops.convert_to_tensor(gamma[1]))
    beta = ops.convert_to_tensor(beta)
    if len(x.shape) - 1 in axis:
        return _normalize_together(x, gamma, beta, axis, epsilon)
    leading = tuple(range(len(x.shape) - 1))

    @ops.custom_gradient
    def compute(x, diagonal, off_diagonal, beta):  # type: ignore[no-untyped-def]
        gamma = (diagonal, off_diagonal)
        mean, centred, swapped, v = center(x, axis, epsilon)
        matrix = times_inverse_square_root(gamma, v)

        def gradient(*args, upstream=None):  # type: ignore[no-untyped-def]
            g = args[0] if upstream is None else upstream
            centred = x - mean
            swapped = swap_parts(centred)
            g_average = average(g, axis)
            p = (average(g * centred, axis), average(g * swapped, axis))
            # The transpose of `Gamma P`, of which the symmetric part matters.
            g_w = multiply_symmetric(transpose(p), gamma)
            g_v = inverse_square_root_gradient(g_w, v)
            # `W Gamma`, the transpose of `Gamma W`.
            w_gamma = transpose(matrix)
            g_x = (
                (transform(g, w_gamma) - transform(g_average, w_gamma))
                + centred * (2.0 * g_v[0])
                + swapped * (2.0 * g_v[1])
            )
            count = ops.cast(ops.size(x) // ops.size(mean), x.dtype)
            rest = (*times_inverse_square_root(p, v), g_average)
            return g_x, *(count * ops.sum(entry, axis=leading) for entry in rest)

        return centred * matrix[0] + swapped * matrix[1] + beta, gradient

    return compute(x, *gamma, beta)


def whiten(x: Tensor, axis: Sequence[int], epsilon: float = 1e-4) -> Tensor:
    """Whitens a packed tensor by a covariance that its channels share.

        y = W (x - mean),    W = V^(-1/2)

    This is `normalize` with an identity for `Gamma` and without a shift.

    Args:
        x: Packed tensor `(..., 2 * channels)`.
        axis: Non-negative axes of the statistics, the last one among them.
        epsilon: Added to the variances of both parts.

    Returns:
        Packed tensor of the shape of `x`.

    Example:

    >>> x = np.random.default_rng(0).normal(size=(1, 2000)).astype("float32")
    >>> y = keras.ops.convert_to_numpy(whiten(x, axis=(1,)))
    >>> round(np.square(y).mean().item(), 3)
    1.0
    """
    return _normalize_together(ops.convert_to_tensor(x), None, None, axis, epsilon)


def normalize_groups(
    x: Tensor,
    gamma: Matrix | None,
    beta: Tensor | None,
    groups: int,
    epsilon: float = 1e-4,
) -> Tensor:
    """Whitens groups of neighbouring channels of each example; see `normalize`.

    Args:
        x: Packed tensor `(batch, ..., 2 * channels)`.
        gamma: As of `normalize`, or `None` for an identity.
        beta: Packed shift `(2 * channels,)`, or `None` for none.
        groups: Number of groups, a divisor of the number of channels. A group
            shares one mean and one covariance, taken over its channels and all
            axes between batch and channels.
        epsilon: Added to the variances of both parts.

    Returns:
        Packed tensor of the shape of `x`.
    """
    x = ops.convert_to_tensor(x)
    inner = (ops.shape(x)[0], -1, groups, x.shape[-1] // 2 // groups)
    return _normalize_together(x, gamma, beta, (1, 3), epsilon, inner)


def divide_by_rms(x: Tensor, axis: Sequence[int], epsilon: float = 1e-6) -> Tensor:
    """Divides a packed tensor by its root mean square: `x / sqrt(E|x|^2 + epsilon)`.

    Args:
        x: Packed tensor `(..., 2 * channels)`.
        axis: Non-negative axes of the mean; the last one stands for the complex
            channels.
        epsilon: Added to the mean of the squared magnitude.

    Returns:
        Packed tensor of the shape of `x`.

    Example:

    >>> x = np.array([[3.0, 0.0, 0.0, 3.0]], "float32")
    >>> keras.ops.convert_to_numpy(divide_by_rms(x, axis=(1,))).round(3).tolist()
    [[1.0, 0.0, 0.0, 1.0]]
    """
    x = ops.convert_to_tensor(x)
    power = average(ops.square(x), axis)
    # With the channels, the parts were averaged as well.
    power = power + (power if len(x.shape) - 1 in axis else swap_parts(power))
    return x * ops.rsqrt(power + epsilon)


def _normalize_together(
    x: Tensor,
    gamma: Matrix | None,
    beta: Tensor | None,
    axis: Sequence[int],
    epsilon: float,
    inner: Sequence[Any] | None = None,
) -> Tensor:
    """Normalizes channels that share their statistics.

    These have one value per place, not one per place and channel: of all that is
    computed, only what is as large as `x` takes time, and least in its two parts.

    Args:
        x: Packed tensor.
        gamma: As of `normalize`, or `None` for an identity.
        beta: As of `normalize`, or `None` for 0.
        axis: Axes of the statistics in each part, the last one among them.
        epsilon: Added to the variances of both parts.
        inner: Shape that each part takes meanwhile, which groups channels in its
            last two axes.
    """
    shape = ops.shape(x)
    places = tuple(range(len(shape) - 1 if inner is None else 2))

    def split(x: Tensor) -> tuple[Tensor, Tensor]:
        real, imag = split_parts(x)
        if inner is None:
            return real, imag
        grouped = inner if len(x.shape) > 1 else inner[2:]
        return ops.reshape(real, grouped), ops.reshape(imag, grouped)

    def join(real: Tensor, imag: Tensor) -> Tensor:
        if inner is None:
            return join_parts(real, imag)
        half = (*shape[:-1], shape[-1] // 2)
        return join_parts(ops.reshape(real, half), ops.reshape(imag, half))

    def sum_of_places(real: Tensor, imag: Tensor) -> Tensor:
        sums = (ops.sum(part, axis=places) for part in (real, imag))
        return join_parts(*(ops.reshape(part, (-1,)) for part in sums))

    def center(x: Tensor) -> tuple[Tensor, Tensor]:
        a, b = split(x)
        return a - average(a, axis), b - average(b, axis)

    @ops.custom_gradient
    def compute(x, *weights):  # type: ignore[no-untyped-def]
        matrix = weights[:2] if gamma is not None else ()
        a, b = center(x)
        rr, ri, ii = (average(p * q, axis) for p, q in ((a, a), (a, b), (b, b)))
        v = symmetric_matrix(rr + epsilon, ri, ii + epsilon)
        w = inverse_square_root(v)

        def gradient(*args, upstream=None):  # type: ignore[no-untyped-def]
            g = args[0] if upstream is None else upstream
            a, b = center(x)
            g_a, g_b = split(g)
            of_weights = ()
            if matrix:
                y_a, y_b = _apply(w, a, b)
                of_weights = (
                    sum_of_places(g_a * y_a, g_b * y_b),
                    sum_of_places(g_a * y_b, g_b * y_a),
                )
            if beta is not None:
                of_weights += (sum_of_places(g_a, g_b),)
            if matrix:
                g_a, g_b = _apply(tuple(map(split, matrix)), g_a, g_b)
            rr, ii = average(g_a * a, axis), average(g_b * b, axis)
            ri = 0.5 * average(g_a * b + g_b * a, axis)
            g_v = inverse_square_root_gradient(symmetric_matrix(rr, ri, ii), v)
            of_a, of_b = _apply([2.0 * entry for entry in g_v], a, b)
            g_a, g_b = _apply(w, g_a - average(g_a, axis), g_b - average(g_b, axis))
            return join(g_a + of_a, g_b + of_b), *of_weights

        y = _apply(w, a, b)
        if matrix:
            y = _apply(tuple(map(split, matrix)), *y)
        if beta is not None:
            y = tuple(p + q for p, q in zip(y, split(weights[-1]), strict=True))
        return join(*y), gradient

    return compute(x, *(gamma or ()), *(() if beta is None else (beta,)))


def _apply(matrix: Any, real: Tensor, imag: Tensor) -> tuple[Tensor, Tensor]:
    """Applies matrices, packed or as pairs of parts, to both parts of a tensor."""
    (rr, ii), (ri, ir) = (
        entry if isinstance(entry, tuple) else split_parts(entry) for entry in matrix
    )
    return real * rr + imag * ri, real * ir + imag * ii
