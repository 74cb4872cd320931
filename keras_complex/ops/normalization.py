"""Whitening of complex values, with gradients in closed form."""

from collections.abc import Sequence

from keras import ops

from keras_complex.ops.packing import join_parts, split_parts
from keras_complex.ops.whitening import (
    Matrix,
    SymmetricMatrix,
    affine,
    average,
    inverse_square_root,
    inverse_square_root_gradient,
    matrix_product,
    multiply_symmetric,
    rows,
    swap_parts,
    symmetric_part,
    transform,
)
from keras_complex.types import Tensor


def normalize(
    x: Tensor,
    gamma: SymmetricMatrix,
    beta: Tensor,
    axis: Sequence[int],
    epsilon: float = 1e-4,
    groups: int | None = None,
) -> Tensor:
    """Whitens a packed tensor, then scales and shifts it.

        y = Gamma W (x - mean) + beta,    W = V^(-1/2)

    where `V` contains `epsilon`. The gradient keeps `x` only. With the averages
    `P` of `(dL/dy) (x - mean)^T`, `A = -W sym(Gamma P) W`, `s = sqrt(det V)` and
    `t = trace V^(1/2)`,

        dL/dV = (A + s W A W) / (2 t)
        dL/dx = W Gamma dL/dy - its average + 2 (dL/dV) (x - mean).

    Channels that share their statistics share the averages: those of each channel are
    averaged once more. With the channels alone, `axis` being the last, `whiten` comes
    first, whose result the gradient keeps as well.

    Args:
        x: Packed tensor `(batch, ..., 2 * channels)`.
        gamma: `Gamma` as `(g_rr, g_ri, g_ii)`, each `(channels,)`.
        beta: Packed shift `(2 * channels,)`.
        axis: Non-negative axes of the statistics; see `covariance`.
        epsilon: Added to the variances of both parts.
        groups: Number of groups of neighbouring channels that share their statistics,
            a divisor of the number of channels. `None` is one if the last axis is in
            `axis`, and one of each channel if not.

    Returns:
        Packed tensor of the shape of `x`.

    Reference:

    - [Trabelsi et al., 2018, Deep Complex Networks](
      https://arxiv.org/abs/1705.09792), Section 3.5
    """
    x = ops.convert_to_tensor(x)
    gamma = tuple(ops.convert_to_tensor(entry) for entry in gamma)
    beta = ops.convert_to_tensor(beta)
    last = len(x.shape) - 1
    if tuple(axis) == (last,):
        return transform(whiten(x, axis, epsilon), rows(gamma)) + beta
    if last in axis:
        axis, groups = [a for a in axis if a != last], 1
    channels = x.shape[-1] // 2
    width = channels // (groups or channels)
    leading = tuple(range(last))

    def shared(values: Tensor) -> Tensor:
        return values if width == 1 else _average_neighbours(values, width)

    @ops.custom_gradient
    def compute(x, g_rr, g_ri, g_ii, beta):  # type: ignore[no-untyped-def]
        gamma = (g_rr, g_ri, g_ii)
        mean = shared(average(x, axis))
        centred = x - mean
        real, imag = split_parts(centred)
        v_rr, v_ii = split_parts(shared(average(ops.square(centred), axis)) + epsilon)
        v = (v_rr, shared(average(real * imag, axis)), v_ii)
        w = inverse_square_root(v)

        def gradient(*args, upstream=None):  # type: ignore[no-untyped-def]
            g = args[0] if upstream is None else upstream
            centred = x - mean
            swapped = swap_parts(centred)
            g_average = average(g, axis)
            p = _outer_average(g, centred, swapped, axis)
            (rr, ri), (ir, ii) = matrix_product(rows(gamma), p)
            g_w = (shared(rr), shared(ri)), (shared(ir), shared(ii))
            g_v = inverse_square_root_gradient(g_w, v)
            w_gamma = multiply_symmetric(w, gamma)
            g_x = (
                (transform(g, w_gamma) - shared(transform(g_average, w_gamma)))
                + centred * (2.0 * join_parts(g_v[0], g_v[2]))
                + swapped * (2.0 * join_parts(g_v[1], g_v[1]))
            )
            count = ops.cast(ops.size(x) // ops.size(mean), x.dtype)
            rr, ri, ii = (
                count * ops.sum(entry, axis=leading)
                for entry in symmetric_part(matrix_product(p, rows(w)))
            )
            return g_x, rr, 2.0 * ri, ii, count * ops.sum(g_average, axis=leading)

        return affine(x, mean, multiply_symmetric(gamma, w), beta), gradient

    return compute(x, *gamma, beta)


def whiten(x: Tensor, axis: Sequence[int], epsilon: float = 1e-4) -> Tensor:
    """Whitens a packed tensor by a covariance that its channels share.

        y = W (x - mean),    W = V^(-1/2)

    This is `normalize` with an identity for `Gamma` and without a shift. The
    gradient keeps `x` only. The statistics have one value per place, not one per
    place and channel: of all that is computed, only what is as large as `x` takes
    time.

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
    x = ops.convert_to_tensor(x)
    shape = ops.shape(x)
    # The averages over channels are those over the last axis of `(..., 2, channels)`.
    axis = tuple(a if a < len(x.shape) - 1 else a + 1 for a in axis)
    parts = ops.reshape(x, (*shape[:-1], 2, shape[-1] // 2))
    return ops.reshape(_whiten(parts, axis, epsilon), shape)


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


def _average_neighbours(values: Tensor, width: int) -> Tensor:
    """Replaces each `width` values along the last axis by their average."""
    blocks = ops.reshape(values, (-1, width))
    mean = ops.mean(blocks, axis=-1, keepdims=True)
    return ops.reshape(ops.tile(mean, (1, width)), ops.shape(values))


def _outer_average(
    g: Tensor, centred: Tensor, swapped: Tensor, axis: Sequence[int]
) -> Matrix:
    """Averages `g (x - mean)^T`; returns its rows."""
    rr, ii = split_parts(average(g * centred, axis))
    ri, ir = split_parts(average(g * swapped, axis))
    return (rr, ri), (ir, ii)


def _whiten(x: Tensor, axis: Sequence[int], epsilon: float) -> Tensor:
    """Whitens `(..., 2, channels)` by statistics over `axis`, the last among them."""

    def swap(x: Tensor) -> Tensor:
        return ops.flip(x, axis=-2)

    def split(x: Tensor) -> Tensor:
        return ops.split(x, 2, axis=-2)

    def join(real: Tensor, imag: Tensor) -> Tensor:
        return ops.concatenate([real, imag], axis=-2)

    @ops.custom_gradient
    def compute(x):  # type: ignore[no-untyped-def]
        mean = average(x, axis)
        centred = x - mean
        swapped = swap(centred)
        v_rr, v_ii = split(average(ops.square(centred), axis) + epsilon)
        v_ri, _ = split(average(centred * swapped, axis))
        v = (v_rr, v_ri, v_ii)
        w_rr, w_ri, w_ii = inverse_square_root(v)

        def gradient(*args, upstream=None):  # type: ignore[no-untyped-def]
            g = args[0] if upstream is None else upstream
            centred = x - mean
            swapped = swap(centred)
            p_rr, p_ii = split(average(g * centred, axis))
            p_ri, p_ir = split(average(g * swapped, axis))
            g_v = inverse_square_root_gradient(((p_rr, p_ri), (p_ir, p_ii)), v)
            g = g - average(g, axis)
            return (
                (g * join(w_rr, w_ii) + swap(g) * w_ri)
                + centred * (2.0 * join(g_v[0], g_v[2]))
                + swapped * (2.0 * g_v[1])
            )

        return centred * join(w_rr, w_ii) + swapped * w_ri, gradient

    return compute(x)
