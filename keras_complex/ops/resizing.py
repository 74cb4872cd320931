"""Enlarging of maps by whole factors."""

import functools
import math

from keras import ops

from keras_complex.types import Tensor


def upsample_nearest(x: Tensor, axis: int, size: int = 2) -> Tensor:
    """Repeats each value along one axis.

    Args:
        x: Real tensor of any rank.
        axis: The non-negative axis to enlarge.
        size: How often to repeat each value.

    Returns:
        Tensor of the shape of `x`, with `size` times the size on `axis`.

    Example:

    >>> x = np.array([[1.0, 2.0]], "float32")
    >>> keras.ops.convert_to_numpy(upsample_nearest(x, axis=1)).tolist()
    [[1.0, 1.0, 2.0, 2.0]]
    """
    x = ops.convert_to_tensor(x)
    shape = list(ops.shape(x))
    # Four axes at most, however many `x` has.
    x = ops.reshape(x, (-1, 1, math.prod(shape[axis + 1 :])))
    x = ops.concatenate([x] * size, axis=1)
    shape[axis] = size * shape[axis]
    return ops.reshape(x, shape)


def upsample_bilinear(x: Tensor, axis: int, size: int = 2) -> Tensor:
    """Enlarges one axis by linear interpolation with aligned corners.

    The first and the last value stay where they are: sample `i` of the `size * n`
    results lies at `i (n - 1) / (size * n - 1)` between the `n` inputs. Linear in
    `n`, with a gradient of the same form, where a resizing operation of a backend
    is slow under XLA or knows no aligned corners.

    Args:
        x: Real tensor of rank 4, `(batch, height, width, channels)`.
        axis: The axis to enlarge, 1 or 2.
        size: The factor, at least 1.

    Returns:
        Tensor of the shape of `x`, with `size` times the size on `axis`.

    Example:

    >>> x = np.array([0.0, 3.0], "float32").reshape(1, 2, 1, 1)
    >>> np.ravel(upsample_bilinear(x, axis=1)).round(3).tolist()
    [0.0, 1.0, 2.0, 3.0]
    """

    @ops.custom_gradient
    def interpolate(x: Tensor):  # type: ignore[no-untyped-def]
        def gradient(*args, upstream=None):  # type: ignore[no-untyped-def]
            return _spread(args[0] if upstream is None else upstream, axis, size)

        return _interpolate(x, axis, size), gradient

    x = ops.convert_to_tensor(x)
    return interpolate(x) if size > 1 else x


def _weights(
    count: Tensor, size: int, dtype: str, axis: int
) -> list[tuple[Tensor, Tensor]]:
    """Weights of the earlier and of the later neighbour, one pair per phase.

    Result `size q + r` lies at `(r (n - 1) - (size - 1) q) / (size n - 1)` from
    input `q`: never later at the first phase, never earlier at the last.
    """
    shape = [1, 1, 1, 1]
    shape[axis] = -1
    index = ops.reshape(ops.arange(count, dtype="float32"), shape)
    count = ops.cast(count, "float32")
    span = size * count - 1.0
    places = (phase * (count - 1.0) - (size - 1.0) * index for phase in range(size))
    return [
        (
            ops.cast(ops.maximum(-place, 0.0) / span, dtype),
            ops.cast(ops.maximum(place, 0.0) / span, dtype),
        )
        for place in places
    ]


def _interpolate(x: Tensor, axis: int, size: int) -> Tensor:
    to_earlier, to_later = _shift(x, axis, 1) - x, _shift(x, axis, -1) - x
    phases = [x] * size
    weights = _weights(ops.shape(x)[axis], size, x.dtype, axis)
    for phase, (earlier, later) in enumerate(weights):
        if phase < size - 1:
            phases[phase] = phases[phase] + earlier * to_earlier
        if phase > 0:
            phases[phase] = phases[phase] + later * to_later
    y = ops.stack(phases, axis=axis + 1)
    shape = list(ops.shape(x))
    shape[axis] = size * shape[axis]
    return ops.reshape(y, shape)


def _spread(y: Tensor, axis: int, size: int) -> Tensor:
    """Transposes `_interpolate`."""
    shape = list(ops.shape(y))
    count = shape[axis] // size
    shape[axis : axis + 1] = [count, size]
    phases = ops.split(ops.reshape(y, shape), size, axis=axis + 1)
    phases = [ops.squeeze(phase, axis + 1) for phase in phases]
    weights = _weights(count, size, y.dtype, axis)
    pairs = list(zip(phases, weights, strict=True))
    from_earlier = functools.reduce(
        ops.add, [y * earlier for y, (earlier, _) in pairs[:-1]]
    )
    from_later = functools.reduce(ops.add, [y * later for y, (_, later) in pairs[1:]])
    return (
        (functools.reduce(ops.add, phases) - from_earlier - from_later)
        + _shift(from_earlier, axis, -1)
        + _shift(from_later, axis, 1)
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
