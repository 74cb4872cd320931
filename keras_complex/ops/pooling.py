"""Pooling of packed complex tensors."""

import math
from collections.abc import Sequence

from keras import ops

from keras_complex.ops.packing import check_real, join_parts, split_parts, swap_parts
from keras_complex.ops.resizing import upsample_nearest
from keras_complex.types import Tensor


def average_pool(
    x: Tensor,
    pool_size: Sequence[int],
    strides: Sequence[int],
    padding: str = "valid",
) -> Tensor:
    """Averages the values of each window.

    Args:
        x: Packed tensor `(batch, ..., 2 * channels)` with one to three axes
            between batch and channels.
        pool_size: Size of the window along each of these axes.
        strides: Distance of two windows along each of them.
        padding: `"valid"` for whole windows only, or `"same"`, where windows may
            reach beyond the ends; what lies there does not count.

    Returns:
        Packed tensor `(batch, ..., 2 * channels)`.
    """
    check_real(x)
    if padding == "same":
        # Backends disagree on whether padding counts; counted apart, it does not.
        x = ops.convert_to_tensor(x)
        exists = ops.ones((1, *ops.shape(x)[1:-1], 1), dtype="float32")
        for axis, window in enumerate(zip(pool_size, strides, strict=True), start=1):
            x, exists = (_cover(value, axis, *window, 0) for value in (x, exists))
        share = average_pool(exists, pool_size, strides)
        return average_pool(x, pool_size, strides) * ops.cast(1.0 / share, x.dtype)
    if len(pool_size) < 3:
        return ops.average_pool(
            x, tuple(pool_size), tuple(strides), "valid", "channels_last"
        )
    # TFLite has no such operation in three dimensions; averages are separable.
    batch, depth, *plane, channels = ops.shape(x)
    x = ops.reshape(x, (batch * depth, *plane, channels))
    x = average_pool(x, pool_size[1:], strides[1:])
    plane = ops.shape(x)[1:3]
    x = ops.reshape(x, (batch, depth, plane[0] * plane[1] * channels))
    x = average_pool(x, pool_size[:1], strides[:1])
    return ops.reshape(x, (batch, ops.shape(x)[1], *plane, channels))


def max_pool(
    x: Tensor,
    pool_size: Sequence[int],
    strides: Sequence[int],
    padding: str = "valid",
) -> Tensor:
    """Picks the value of largest magnitude of each window.

    Of several, the first in row-major order is picked. Values below 1e-19 count
    as 0. The gradient goes to the values picked.

    Args:
        x: As in `average_pool`.
        pool_size: As in `average_pool`.
        strides: As in `average_pool`.
        padding: As in `average_pool`.

    Returns:
        Packed tensor `(batch, ..., 2 * channels)`.

    Example:

    >>> x = np.array([1.0, -2.0, 3.0, 4.0, 0.0, 0.0, 0.0, 0.0], "float32")
    >>> x = x.reshape(1, 4, 2)  # 1 - 2i, 3 + 4i, 0 and 0.
    >>> keras.ops.convert_to_numpy(max_pool(x, (2,), (2,))).tolist()
    [[[3.0, 4.0], [0.0, 0.0]]]
    """
    check_real(x)
    x = ops.convert_to_tensor(x)
    return _max_pool([x], pool_size, strides, padding)[0]


def max_unpool(x: Tensor, reference: Tensor, pool_size: Sequence[int]) -> Tensor:
    """Puts values where `max_pool` found those of largest magnitude.

    Args:
        x: Packed tensor of the shape of `max_pool(reference, pool_size, pool_size)`.
        reference: Packed tensor `(batch, ..., 2 * channels)`, which was pooled.
        pool_size: Size of the windows, which do not overlap.

    Returns:
        Packed tensor of the shape of `reference`, 0 at all other places.

    Example:

    >>> reference = np.array([1.0, -3.0, 4.0, 2.0], "float32").reshape(1, 4, 1)
    >>> reference = keras.ops.concatenate([reference, reference], axis=-1)
    >>> x = np.array([5.0, 6.0, 7.0, 8.0], "float32").reshape(1, 2, 2)
    >>> y = max_unpool(x, reference, (2,))
    >>> keras.ops.convert_to_numpy(y)[0].tolist()
    [[0.0, 0.0], [5.0, 6.0], [7.0, 8.0], [0.0, 0.0]]
    """
    reference = ops.convert_to_tensor(reference)
    sizes = ops.shape(reference)[1:-1]
    places = ops.reshape(
        ops.arange(math.prod(sizes), dtype="int32"), (1, *sizes, 1)
    ) + ops.zeros_like(reference, dtype="int32")
    _, picked = _max_pool([reference, places], pool_size, pool_size, "valid")
    for axis, (size, full) in enumerate(zip(pool_size, sizes, strict=True), start=1):
        x = _enlarge(x, axis, size, full, 0)
        # No place is picked beyond the last whole window.
        picked = _enlarge(picked, axis, size, full, -1)
    # Not a constant: the gradient by `reference` is 0 then, not undefined.
    return ops.where(ops.equal(picked, places), x, 0 * ops.cast(reference, x.dtype))


def global_average_pool(
    x: Tensor, mask: Tensor | None = None, keepdims: bool = False
) -> Tensor:
    """Averages over all axes between batch and channels.

    Args:
        x: Packed tensor `(batch, ..., 2 * channels)`.
        mask: Places that count, `(batch, ...)`; all if `None`. Without any, the
            average is 0.
        keepdims: Whether the axes stay, with size 1.

    Returns:
        Packed tensor `(batch, 2 * channels)` or `(batch, 1, ..., 2 * channels)`.
    """
    check_real(x)
    axes = tuple(range(1, len(x.shape) - 1))
    if mask is None:
        return ops.mean(x, axis=axes, keepdims=keepdims)
    mask = ops.expand_dims(ops.cast(mask, "bool"), axis=-1)
    total = ops.sum(ops.where(mask, x, 0), axis=axes, keepdims=keepdims)
    count = ops.sum(ops.cast(mask, x.dtype), axis=axes, keepdims=keepdims)
    return total / ops.maximum(count, 1)


def global_max_pool(x: Tensor, keepdims: bool = False) -> Tensor:
    """Picks the value of largest magnitude of each channel; see `max_pool`.

    Args:
        x: Packed tensor `(batch, ..., 2 * channels)`.
        keepdims: Whether the axes between stay, with size 1.

    Returns:
        Packed tensor `(batch, 2 * channels)` or `(batch, 1, ..., 2 * channels)`.
    """
    check_real(x)
    x = ops.convert_to_tensor(x)
    batch, *sizes, channels = ops.shape(x)
    flat = ops.reshape(x, (batch, -1, channels))
    power = _power(flat)
    count = math.prod(sizes)
    places = ops.reshape(ops.arange(count, dtype="int32"), (1, -1, 1))
    largest = ops.equal(power, ops.max(power, axis=1, keepdims=True))
    first = ops.min(ops.where(largest, places, count), axis=1, keepdims=True)
    y = ops.sum(ops.where(ops.equal(places, first), flat, 0), axis=1)
    return ops.reshape(y, (batch, *[1] * len(sizes), channels)) if keepdims else y


def adaptive_average_pool(x: Tensor, output_size: int, axis: int) -> Tensor:
    """Averages as many windows of one axis as there shall be values.

    Of `n` values, window `i` takes those from `floor(i n / output_size)` up to, but
    without, `ceil((i + 1) n / output_size)`.

    Args:
        x: Packed tensor `(batch, ..., 2 * channels)`.
        output_size: Number of windows.
        axis: Non-negative axis between batch and channels.

    Returns:
        Packed tensor with the size `output_size` along `axis`.
    """
    x = ops.convert_to_tensor(x)
    size = ops.shape(x)[axis]
    window = ops.expand_dims(ops.arange(output_size, dtype="int32"), 1)
    place = ops.expand_dims(ops.arange(size, dtype="int32"), 0)
    start = window * size // output_size
    end = ((window + 1) * size + output_size - 1) // output_size
    inside = ops.logical_and(ops.greater_equal(place, start), ops.less(place, end))
    matrix = ops.cast(inside, "float32") / ops.cast(end - start, "float32")
    return ops.cast(_matrix_along(matrix, x, axis), x.dtype)


def spectral_pool(x: Tensor, output_size: int, axis: int) -> Tensor:
    """Keeps the lowest frequencies of one axis; so many values remain.

    Of the discrete Fourier transform of the `n` values, the coefficients from
    `-(output_size // 2)` to `(output_size - 1) // 2` are transformed back, divided
    by `n`, so that a constant stays what it is.

    Args:
        x: Packed tensor `(batch, ..., 2 * channels)`.
        output_size: Number of values to keep, at most that of `x`.
        axis: Non-negative axis between batch and channels.

    Returns:
        Packed tensor with the size `output_size` along `axis`.

    Reference:

    - [Rippel et al., 2015, Spectral Representations for Convolutional Neural
      Networks](https://arxiv.org/abs/1506.03767), Algorithm 1
    """
    x = ops.convert_to_tensor(x)
    size = ops.shape(x)[axis]
    frequencies = ops.arange(output_size, dtype="int32") - output_size // 2
    # The products are reduced modulo the length before the cosine: exact angles.
    analysis = _roots_of_unity(frequencies, ops.arange(size, dtype="int32"), size)
    synthesis = _roots_of_unity(
        ops.arange(output_size, dtype="int32"), frequencies, output_size
    )
    (a_real, a_imag), (s_real, s_imag) = analysis, synthesis
    # One analyses with conjugate roots of unity.
    real = ops.matmul(s_real, a_real) + ops.matmul(s_imag, a_imag)
    imag = ops.matmul(s_imag, a_real) - ops.matmul(s_real, a_imag)
    matrix = ops.concatenate([real, imag]) / ops.cast(size, "float32")
    real, imag = ops.split(_matrix_along(matrix, x, axis), 2, axis=axis)
    # The imaginary part of the matrix multiplies by `i`.
    imag_real, imag_imag = split_parts(imag)
    return ops.cast(real + join_parts(-imag_imag, imag_real), x.dtype)


def _matrix_along(matrix: Tensor, x: Tensor, axis: int) -> Tensor:
    """Multiplies the vectors along an axis by a matrix, in float32."""
    shape = ops.shape(x)
    lead, trail = math.prod(shape[:axis]), math.prod(shape[axis + 1 :])
    flat = ops.reshape(ops.cast(x, "float32"), (lead, shape[axis], trail))
    shape = (*shape[:axis], matrix.shape[0], *shape[axis + 1 :])
    return ops.reshape(ops.matmul(matrix, flat), shape)


def _max_pool(
    tensors: list[Tensor],
    pool_size: Sequence[int],
    strides: Sequence[int],
    padding: str,
) -> list[Tensor]:
    """Picks the largest magnitude of the first tensor, and what belongs to it."""
    tensors = [_power(tensors[0]), *tensors]
    # The last axis first: of equal magnitudes, the first in row-major order wins.
    for axis in range(len(pool_size), 0, -1):
        pool, stride = pool_size[axis - 1], strides[axis - 1]
        if padding == "same":
            # No magnitude is negative: padding never wins.
            fills = (-1, *(0,) * (len(tensors) - 1))
            tensors = [
                _cover(x, axis, pool, stride, fill)
                for x, fill in zip(tensors, fills, strict=True)
            ]
        tensors = _pick_along(tensors, axis, pool, stride)
    return tensors[1:]


def _power(x: Tensor) -> Tensor:
    """Returns `|x|^2` in the place of both parts."""
    # The square of a half-precision number soon overflows.
    squares = ops.square(ops.cast(x, "float32"))
    return squares + swap_parts(squares)


def _cover(x: Tensor, axis: int, pool: int, stride: int, fill: int) -> Tensor:
    """Pads one axis such that its whole windows are those of `"same"`."""
    size = ops.shape(x)[axis]
    count = (size + stride - 1) // stride
    missing = (count - 1) * stride + pool - size
    # `max(missing, 0) // 2`, of a number or a tensor.
    before = (missing + abs(missing)) // 4
    start = pool - 1 - before
    return _pad_and_cut(
        x, axis, pool - 1, pool - 1, fill, start, start + (count - 1) * stride + pool
    )


def _pad_and_cut(
    x: Tensor, axis: int, before: int, after: int, fill: int, start: Tensor, end: Tensor
) -> Tensor:
    """Pads one axis by known numbers, and cuts it at places unknown until it runs."""
    width = [[0, 0]] * len(x.shape)
    width[axis] = [before, after]
    index: list[slice] = [slice(None)] * len(x.shape)
    index[axis] = slice(start, end)
    return ops.pad(x, width, constant_values=ops.cast(fill, x.dtype))[tuple(index)]


def _pick_along(
    tensors: list[Tensor], axis: int, pool: int, stride: int
) -> list[Tensor]:
    """Picks along one axis, from the first tap of the windows to the last."""
    taps_of_each = [_taps(x, axis, pool, stride) for x in tensors]
    first, *others = zip(*taps_of_each, strict=True)
    best = list(first)
    for taps in others:
        wins = taps[0] > best[0]
        best = [ops.where(wins, a, b) for a, b in zip(taps, best, strict=True)]
    return best


def _taps(x: Tensor, axis: int, pool: int, stride: int) -> list[Tensor]:
    """Returns the first value of each window along an axis, the second, and so on."""
    shape = list(ops.shape(x))
    count = (shape[axis] - pool) // stride + 1
    index: list[slice] = [slice(None)] * len(shape)
    if stride != pool:
        taps = []
        for tap in range(pool):
            index[axis] = slice(tap, tap + (count - 1) * stride + 1, stride)
            taps.append(x[tuple(index)])
        return taps
    # Windows that do not overlap: blocks of memory, far quicker to take apart.
    index[axis] = slice(None, count * pool)
    trail = math.prod(shape[axis + 1 :])
    blocks = ops.reshape(x[tuple(index)], (-1, pool, trail))
    shape[axis] = count
    return [ops.reshape(tap, shape) for tap in ops.unstack(blocks, pool, axis=1)]


def _enlarge(x: Tensor, axis: int, size: int, full: Tensor, fill: int) -> Tensor:
    """Repeats each value `size` times along an axis, then fills it up."""
    x = upsample_nearest(x, axis, size)
    return _pad_and_cut(x, axis, 0, size - 1, fill, 0, full)


def _roots_of_unity(a: Tensor, b: Tensor, order: Tensor) -> tuple[Tensor, Tensor]:
    """Returns cosine and sine of `2 pi a b / order`, as matrices."""
    turns = ops.mod(ops.expand_dims(a, 1) * ops.expand_dims(b, 0), order)
    angle = ops.cast(turns, "float32") * (2 * math.pi) / ops.cast(order, "float32")
    return ops.cos(angle), ops.sin(angle)
