"""Bilinear interpolation by a factor of two, with aligned corners."""

from keras import ops

from keras_complex.types import Tensor


def upsample_bilinear(x: Tensor, axis: int) -> Tensor:
    """Doubles one axis by linear interpolation with aligned corners.

    The first and the last value stay where they are: sample `i` of the `2 n`
    results lies at `i (n - 1) / (2 n - 1)` between the `n` inputs. Linear in `n`,
    with a gradient of the same form, where a resizing operation of a backend
    is slow under XLA or knows no aligned corners.

    Args:
        x: Real tensor of rank 4, `(batch, height, width, channels)`.
        axis: The axis to double, 1 or 2.

    Returns:
        Tensor of the shape of `x`, with twice the size on `axis`.

    Example:

    >>> x = np.array([0.0, 3.0], "float32").reshape(1, 2, 1, 1)
    >>> np.ravel(upsample_bilinear(x, axis=1)).round(3).tolist()
    [0.0, 1.0, 2.0, 3.0]
    """

    @ops.custom_gradient
    def interpolate(x: Tensor):  # type: ignore[no-untyped-def]
        def gradient(*args, upstream=None):  # type: ignore[no-untyped-def]
            return _spread(args[0] if upstream is None else upstream, axis)

        return _interpolate(x, axis), gradient

    return interpolate(ops.convert_to_tensor(x))


def _weights(size: Tensor, dtype: str, axis: int) -> tuple[Tensor, Tensor]:
    """Weights of the earlier input at even and of the later at odd results."""
    shape = [1, 1, 1, 1]
    shape[axis] = -1
    index = ops.reshape(ops.arange(size, dtype="float32"), shape)
    size = ops.cast(size, "float32")
    span = 2.0 * size - 1.0
    return (
        ops.cast(index / span, dtype),
        ops.cast((size - 1.0 - index) / span, dtype),
    )


def _interpolate(x: Tensor, axis: int) -> Tensor:
    earlier, later = _weights(ops.shape(x)[axis], x.dtype, axis)
    even = x + earlier * (_shift(x, axis, 1) - x)
    odd = x + later * (_shift(x, axis, -1) - x)
    y = ops.stack([even, odd], axis=axis + 1)
    shape = list(ops.shape(x))
    shape[axis] = 2 * shape[axis]
    return ops.reshape(y, shape)


def _spread(y: Tensor, axis: int) -> Tensor:
    """Transposes `_interpolate`."""
    shape = list(ops.shape(y))
    size = shape[axis] // 2
    shape[axis : axis + 1] = [size, 2]
    y = ops.reshape(y, shape)
    even, odd = ops.split(y, 2, axis=axis + 1)
    even, odd = ops.squeeze(even, axis + 1), ops.squeeze(odd, axis + 1)
    earlier, later = _weights(size, y.dtype, axis)
    from_even, from_odd = earlier * even, later * odd
    return (
        even
        - from_even
        + _shift(from_even, axis, -1)
        + odd
        - from_odd
        + _shift(from_odd, axis, 1)
    )


def _shift(x: Tensor, axis: int, step: int) -> Tensor:
    """Moves values by one place along `axis`; zeros come in.

    The zeros meet a weight of 0: the outermost results are inputs themselves.
    """
    padding = [[0, 0]] * 4
    start = [slice(None)] * 4
    padding[axis] = [1, 0] if step == 1 else [0, 1]
    start[axis] = slice(None, -1) if step == 1 else slice(1, None)
    return ops.pad(x[tuple(start)], padding)
