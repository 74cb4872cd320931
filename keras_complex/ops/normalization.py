"""Whitening of complex values, with gradients in closed form."""

import functools
import math
from collections.abc import Callable, Sequence
from typing import Any

from keras import ops

from keras_complex.ops.packing import split_parts, stack_parts, swap_parts
from keras_complex.ops.tracing import traced_once
from keras_complex.ops.whitening import (
    average,
    inverse_square_root_and_invariants,
    inverse_square_root_gradient,
    matrix_product,
    symmetric_matrix,
    symmetric_part,
    transform,
    transpose,
)
from keras_complex.types import Tensor


def normalize(
    x: Tensor,
    gamma: Tensor | Sequence[Tensor],
    beta: Tensor,
    axis: Sequence[int],
    epsilon: float = 1e-4,
    groups: int | None = None,
) -> Tensor:
    """Whitens a packed tensor, then scales and shifts it.

        y = Gamma W (x - mean) + beta,    W = V^(-1/2)

    where `V` contains `epsilon`. The gradient keeps `x` only. With the averages
    `P` of `(dL/dy) (x - mean)^T`, and `dL/dV` that follows from the symmetric part of
    `dL/dW = Gamma P` (see `inverse_square_root_gradient`),

        dL/dx = W Gamma dL/dy - its average + 2 (dL/dV) (x - mean).

    Channels that share their statistics share the averages: those of each channel are
    averaged once more. With the channels alone, `axis` being the last, `whiten` comes
    first, whose result the gradient keeps as well.

    Args:
        x: Packed tensor `(batch, ..., 2 * channels)`.
        gamma: `Gamma`: its entries `g_rr`, `g_ri` and `g_ii`, `(3, channels)`, or a
            sequence of them, each `(channels,)`.
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
    # PyTorch warns of a list of arrays.
    gamma = ops.stack(list(gamma)) if isinstance(gamma, (list, tuple)) else gamma
    gamma = ops.convert_to_tensor(gamma)
    beta = ops.convert_to_tensor(beta)
    last = len(x.shape) - 1
    if tuple(axis) == (last,):
        return transform(whiten(x, axis, epsilon), symmetric_matrix(gamma)) + beta
    if last in axis:
        axis, groups = [a for a in axis if a != last], 1
    channels = x.shape[-1] // 2
    width = channels // (groups or channels)
    functions = _normalization(tuple(axis), epsilon, width)
    return _with_gradient(*functions)(x, gamma, beta)


@functools.cache
def _normalization(
    axis: tuple[int, ...], epsilon: float, width: int
) -> tuple[Callable[..., Any], Callable[..., Any]]:
    """Makes `normalize` and its gradient for groups of `width` channels.

    The first returns `y` and the statistics that the second takes.
    """

    def shared(values: Tensor) -> Tensor:
        return values if width == 1 else _average_neighbours(values, width)

    def forward(x: Tensor, gamma: Tensor, beta: Tensor) -> tuple[Tensor, ...]:
        mean = shared(average(x, axis))
        centred = x - mean
        swapped = swap_parts(centred)
        variances = shared(average(ops.square(centred), axis)) + epsilon
        v = variances, shared(average(centred * swapped, axis))
        w, s, t = inverse_square_root_and_invariants(v)
        m_d, m_a = m = matrix_product(symmetric_matrix(gamma), w)
        return centred * m_d + swapped * m_a + beta, mean, *w, s, t, *m

    def backward(
        g: Tensor,
        x: Tensor,
        gamma: Tensor,
        beta: Tensor,
        mean: Tensor,
        *statistics: Tensor,
    ) -> tuple[Tensor, Tensor, Tensor]:
        w_d, w_a, s, t, m_d, m_a = statistics
        centred = x - mean
        swapped = swap_parts(centred)
        g_average = average(g, axis)
        p = average(g * centred, axis), average(g * swapped, axis)
        g_w = symmetric_part(matrix_product(symmetric_matrix(gamma), p))
        g_w = shared(g_w[0]), shared(g_w[1])
        v_d, v_a = inverse_square_root_gradient(g_w, (w_d, w_a), s, t)
        m = transpose((m_d, m_a))
        g_x = (
            (transform(g, m) - shared(transform(g_average, m)))
            + centred * (2.0 * v_d)
            + swapped * (2.0 * v_a)
        )
        # The averages are those of so many values.
        sizes = ops.shape(x)
        count = ops.cast(math.prod(sizes[a] for a in axis), x.dtype)
        leading = tuple(range(len(x.shape) - 1))
        q_d, q_a = matrix_product(p, (w_d, w_a))
        rr, ii = split_parts(ops.sum(q_d, axis=leading))
        ri, ir = split_parts(ops.sum(q_a, axis=leading))
        g_gamma = count * ops.stack([rr, ri + ir, ii])
        return g_x, g_gamma, count * ops.sum(g_average, axis=leading)

    return _traced(forward, backward)


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
    # The averages over channels are those over the last axis of `(..., 2, channels)`.
    axis = tuple(a if a < len(x.shape) - 1 else a + 1 for a in axis)
    whitened = _with_gradient(*_whitening(axis, epsilon))(stack_parts(x))
    return ops.reshape(whitened, ops.shape(x))


def _average_neighbours(values: Tensor, width: int) -> Tensor:
    """Replaces each `width` values along the last axis by their average."""
    blocks = ops.reshape(values, (-1, width))
    mean = ops.mean(blocks, axis=-1, keepdims=True)
    return ops.reshape(ops.tile(mean, (1, width)), ops.shape(values))


@functools.cache
def _whitening(
    axis: tuple[int, ...], epsilon: float
) -> tuple[Callable[..., Any], Callable[..., Any]]:
    """Makes `whiten` of `(..., 2, channels)` and its gradient.

    The statistics have one value for all channels: without that axis, they are packed.
    """

    def swap(x: Tensor) -> Tensor:
        return ops.flip(x, axis=-2)

    def packed_average(x: Tensor) -> Tensor:
        return ops.squeeze(average(x, axis), axis=-1)

    def forward(x: Tensor) -> tuple[Tensor, ...]:
        mean = average(x, axis)
        centred = x - mean
        swapped = swap(centred)
        variances = packed_average(ops.square(centred)) + epsilon
        v = variances, packed_average(centred * swapped)
        (w_d, w_a), s, t = inverse_square_root_and_invariants(v)
        y = centred * _for_all(w_d) + swapped * _for_all(w_a)
        return y, mean, w_d, w_a, s, t

    def backward(
        g: Tensor, x: Tensor, mean: Tensor, *statistics: Tensor
    ) -> tuple[Tensor]:
        w_d, w_a, s, t = statistics
        centred = x - mean
        swapped = swap(centred)
        p = packed_average(g * centred), packed_average(g * swapped)
        g_w = symmetric_part(p)
        v_d, v_a = inverse_square_root_gradient(g_w, (w_d, w_a), s, t)
        g = g - average(g, axis)
        g_x = (
            (g * _for_all(w_d) + swap(g) * _for_all(w_a))
            + centred * _for_all(2.0 * v_d)
            + swapped * _for_all(2.0 * v_a)
        )
        return (g_x,)

    return _traced(forward, backward)


def _for_all(values: Tensor) -> Tensor:
    """Gives packed statistics `(..., 2)` to all channels of `(..., 2, channels)`."""
    return ops.expand_dims(values, axis=-1)


def _traced(
    forward: Callable[..., Any], backward: Callable[..., Any]
) -> tuple[Callable[..., Any], Callable[..., Any]]:
    return traced_once(forward), traced_once(backward, inline=False)


def _with_gradient(
    forward: Callable[..., Any], backward: Callable[..., Any]
) -> Callable[..., Tensor]:
    """Makes a function of one that also returns what its gradient takes."""

    @ops.custom_gradient
    def compute(*arguments):  # type: ignore[no-untyped-def]
        y, *kept = forward(*arguments)

        def gradient(*args, upstream=None):  # type: ignore[no-untyped-def]
            g = args[0] if upstream is None else upstream
            gradients = backward(g, *arguments, *kept)
            return gradients if len(gradients) > 1 else gradients[0]

        return y, gradient

    return compute
