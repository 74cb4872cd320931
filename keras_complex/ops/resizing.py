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


def upsample_bilinear(
    x: Tensor, axis: int, size: int = 2, align_corners: bool = True
) -> Tensor:
    """Enlarges one axis by linear interpolation.

    With aligned corners, the first and the last value stay where they are: sample `i`
    of the `size * n` results lies at `i (n - 1) / (size * n - 1)` between the `n`
    inputs. Without, it lies at `(i + 1/2) / size - 1/2`, and the outermost inputs go
    on beyond the ends. Linear in `n`, with a gradient of the same form, where a
    resizing operation of a backend is slow under XLA or knows no aligned corners.

    Args:
        x: Real tensor of rank 4, `(batch, height, width, channels)`.
        axis: The axis to enlarge, 1 or 2.
        size: The factor, at least 1.
        align_corners: Whether the outermost values stay where they are.

    Returns:
        Tensor of the shape of `x`, with `size` times the size on `axis`.

    Example:

    >>> x = np.array([0.0, 3.0], "float32").reshape(1, 2, 1, 1)
    >>> np.ravel(upsample_bilinear(x, axis=1)).round(3).tolist()
    [0.0, 1.0, 2.0, 3.0]
    >>> y = upsample_bilinear(x, axis=1, align_corners=False)
    >>> np.ravel(y).round(3).tolist()
    [0.0, 0.75, 2.25, 3.0]
    """
    places = _aligned_places if align_corners else _centred_places

    @ops.custom_gradient
    def interpolate(x: Tensor):  # type: ignore[no-untyped-def]
        def gradient(*args, upstream=None):  # type: ignore[no-untyped-def]
            y = args[0] if upstream is None else upstream
            count = ops.shape(y)[axis] // size
            return _spread(y, axis, _weights(places(count, size, axis), y.dtype))

        weights = _weights(places(ops.shape(x)[axis], size, axis), x.dtype)
        return _interpolate(x, axis, weights), gradient

    x = ops.convert_to_tensor(x)
    return interpolate(x) if size > 1 else x


def _aligned_places(count: Tensor, size: int, axis: int) -> list[Tensor]:
    """Distances of the results from their input, one tensor for each phase.

    Result `size q + r` lies at `(r (n - 1) - (size - 1) q) / (size n - 1)` from
    input `q`.
    """
    shape = [1, 1, 1, 1]
    shape[axis] = -1
    index = ops.reshape(ops.arange(count, dtype="float32"), shape)
    count = ops.cast(count, "float32")
    span = size * count - 1.0
    return [
        (phase * (count - 1.0) - (size - 1.0) * index) / span for phase in range(size)
    ]


def _centred_places(count: Tensor, size: int, axis: int) -> list[Tensor]:
    """As `_aligned_places`, of pixels with centres: the same everywhere."""
    return [
        ops.convert_to_tensor((phase + 0.5) / size - 0.5, "float32")
        for phase in range(size)
    ]


def _weights(places: list[Tensor], dtype: str) -> list[tuple[Tensor, Tensor]]:
    """Weights of the steps from the earlier and to the later neighbour of a phase."""
    return [
        (
            ops.cast(ops.maximum(-place, 0.0), dtype),
            ops.cast(ops.maximum(place, 0.0), dtype),
        )
        for place in places
    ]


def _interpolate(x: Tensor, axis: int, weights: list[tuple[Tensor, Tensor]]) -> Tensor:
    size = len(weights)
    step = _without_first(x, axis) - _without_last(x, axis)
    from_earlier, to_later = _after_zero(step, axis), _before_zero(step, axis)
    phases = [x] * size
    # Results of the first phase never lie behind their input, those of the last never
    # before it.
    for phase, (earlier, later) in enumerate(weights):
        if phase < size - 1:
            phases[phase] = phases[phase] - earlier * from_earlier
        if phase > 0:
            phases[phase] = phases[phase] + later * to_later
    y = ops.stack(phases, axis=axis + 1)
    shape = list(ops.shape(x))
    shape[axis] = size * shape[axis]
    return ops.reshape(y, shape)


def _spread(y: Tensor, axis: int, weights: list[tuple[Tensor, Tensor]]) -> Tensor:
    """Transposes `_interpolate`."""
    size = len(weights)
    shape = list(ops.shape(y))
    shape[axis : axis + 1] = [shape[axis] // size, size]
    phases = ops.split(ops.reshape(y, shape), size, axis=axis + 1)
    phases = [ops.squeeze(phase, axis + 1) for phase in phases]
    pairs = list(zip(phases, weights, strict=True))
    from_earlier = functools.reduce(
        ops.add, [y * earlier for y, (earlier, _) in pairs[:-1]]
    )
    to_later = functools.reduce(ops.add, [y * later for y, (_, later) in pairs[1:]])
    step = _without_last(to_later, axis) - _without_first(from_earlier, axis)
    return (
        functools.reduce(ops.add, phases)
        + _after_zero(step, axis)
        - _before_zero(step, axis)
    )


def _without_first(x: Tensor, axis: int) -> Tensor:
    return x[(*[slice(None)] * axis, slice(1, None))]


def _without_last(x: Tensor, axis: int) -> Tensor:
    return x[(*[slice(None)] * axis, slice(None, -1))]


def _after_zero(x: Tensor, axis: int) -> Tensor:
    return ops.pad(x, [(1 if a == axis else 0, 0) for a in range(4)])


def _before_zero(x: Tensor, axis: int) -> Tensor:
    return ops.pad(x, [(0, 1 if a == axis else 0) for a in range(4)])
