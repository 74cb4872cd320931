"""Values of largest magnitude, of windows and of whole maps, and the way back."""

import math
from collections.abc import Sequence
from typing import Any

import keras
from keras import ops

from keras_complex.checks import per_axis
from keras_complex.layers.base import BaseLayer, complex_channels
from keras_complex.layers.pooling.base import (
    BaseGlobalPooling,
    BasePooling,
    cover,
    pad_and_cut,
)
from keras_complex.ops.packing import check_real, swap_parts
from keras_complex.ops.resizing import upsample_nearest
from keras_complex.types import Shape, Tensor


class _MaxPooling(BasePooling):
    def call(self, inputs: Tensor) -> Tensor:
        check_real(inputs)
        x = ops.convert_to_tensor(inputs)
        return _pick_largest([x], self.pool_size, self.strides, self.padding)[0]


@keras.saving.register_keras_serializable(package="keras_complex")
class ComplexMaxPooling2D(_MaxPooling):
    """Picks the value of largest magnitude from windows of height and width.

        y = x_k,    k = argmax |x_k| over the window

    Real and imaginary part stay together, so that the phase is that of an input,
    and a rotation of the input rotates the output. Of several largest magnitudes
    the first in row-major order counts, and it alone receives the gradient.

    Args:
        pool_size: Size of the window along height and width.
        strides: Distance of two windows; `pool_size`, which leaves neither gaps
            nor overlaps, if `None`.
        padding: `"valid"` for whole windows only, or `"same"`, where windows may
            reach beyond the ends, such that there are `ceil(input size / stride)`.
        **kwargs: Arguments of `keras.layers.Layer`, such as `name` and `dtype`.

    Raises:
        ValueError: If an argument is out of range, if no window fits, or if the
            input has an odd or unknown number of real channels.

    Input shape:
        `(batch, height, width, 2 * channels)`, last axis `[real, imag]`.

    Output shape:
        `(batch, new_height, new_width, 2 * channels)`.

    Example:

    >>> tuple(ComplexMaxPooling2D()(np.zeros((1, 10, 8, 6), "float32")).shape)
    (1, 5, 4, 6)

    Reference:

    - [Zhang et al., 2017, Complex-Valued Convolutional Neural Network and Its
      Application in Polarimetric SAR Image Classification](
      https://doi.org/10.1109/TGRS.2017.2743222), for pooling of complex maps
    """

    rank = 2


@keras.saving.register_keras_serializable(package="keras_complex")
class ComplexMaxPooling1D(_MaxPooling):
    """Picks the value of largest magnitude from windows of steps.

    As `ComplexMaxPooling2D`, of sequences.

    Input shape:
        `(batch, steps, 2 * channels)`, last axis `[real, imag]`.

    Output shape:
        `(batch, new_steps, 2 * channels)`.

    Example:

    >>> x = np.array([1.0, -2.0, 3.0, 4.0, 0.0, 0.0, 0.0, 0.0], "float32")
    >>> y = ComplexMaxPooling1D()(x.reshape(1, 4, 2))  # 1 - 2i, 3 + 4i, 0 and 0.
    >>> keras.ops.convert_to_numpy(y).tolist()
    [[[3.0, 4.0], [0.0, 0.0]]]
    """

    rank = 1


@keras.saving.register_keras_serializable(package="keras_complex")
class ComplexMaxPooling3D(_MaxPooling):
    """Picks the value of largest magnitude from windows of depth, height and width.

    As `ComplexMaxPooling2D`, of volumes.

    Input shape:
        `(batch, depth, height, width, 2 * channels)`, last axis `[real, imag]`.

    Output shape:
        `(batch, new_depth, new_height, new_width, 2 * channels)`.

    Example:

    >>> tuple(ComplexMaxPooling3D()(np.zeros((1, 4, 10, 8, 6), "float32")).shape)
    (1, 2, 5, 4, 6)
    """

    rank = 3


class _GlobalMaxPooling(BaseGlobalPooling):
    def call(self, inputs: Tensor) -> Tensor:
        check_real(inputs)
        x = ops.convert_to_tensor(inputs)
        batch, *sizes, channels = ops.shape(x)
        flat = ops.reshape(x, (batch, -1, channels))
        power = _power(flat)
        count = math.prod(sizes)
        places = ops.reshape(ops.arange(count, dtype="int32"), (1, -1, 1))
        largest = ops.equal(power, ops.max(power, axis=1, keepdims=True))
        first = ops.min(ops.where(largest, places, count), axis=1, keepdims=True)
        y = ops.sum(ops.where(ops.equal(places, first), flat, 0), axis=1)
        ones = [1] * self.rank
        return ops.reshape(y, (batch, *ones, channels)) if self.keepdims else y


@keras.saving.register_keras_serializable(package="keras_complex")
class ComplexGlobalMaxPooling2D(_GlobalMaxPooling):
    """Picks the value of largest magnitude over height and width.

        y = x_k,    k = argmax |x_k|

    Real and imaginary part stay together, and a rotation of the input rotates the
    output. Of several largest magnitudes the first in row-major order counts, and
    it alone receives the gradient.

    Args:
        keepdims: Whether the axes pooled stay, with size 1.
        **kwargs: Arguments of `keras.layers.Layer`, such as `name` and `dtype`.

    Raises:
        ValueError: If the input has an odd or unknown number of real channels.

    Input shape:
        `(batch, height, width, 2 * channels)`, last axis `[real, imag]`.

    Output shape:
        `(batch, 2 * channels)`, or `(batch, 1, 1, 2 * channels)` with `keepdims`.

    Example:

    >>> layer = ComplexGlobalMaxPooling2D()
    >>> tuple(layer(np.zeros((1, 10, 8, 6), "float32")).shape)
    (1, 6)
    """

    rank = 2


@keras.saving.register_keras_serializable(package="keras_complex")
class ComplexGlobalMaxPooling1D(_GlobalMaxPooling):
    """Picks the value of largest magnitude over steps.

    As `ComplexGlobalMaxPooling2D`, of sequences.

    Input shape:
        `(batch, steps, 2 * channels)`, last axis `[real, imag]`.

    Output shape:
        `(batch, 2 * channels)`, or `(batch, 1, 2 * channels)` with `keepdims`.

    Example:

    >>> layer = ComplexGlobalMaxPooling1D()
    >>> tuple(layer(np.zeros((1, 10, 6), "float32")).shape)
    (1, 6)
    """

    rank = 1


@keras.saving.register_keras_serializable(package="keras_complex")
class ComplexGlobalMaxPooling3D(_GlobalMaxPooling):
    """Picks the value of largest magnitude over depth, height and width.

    As `ComplexGlobalMaxPooling2D`, of volumes.

    Input shape:
        `(batch, depth, height, width, 2 * channels)`, last axis `[real, imag]`.

    Output shape:
        `(batch, 2 * channels)`, or `(batch, 1, 1, 1, 2 * channels)` with `keepdims`.

    Example:

    >>> layer = ComplexGlobalMaxPooling3D()
    >>> tuple(layer(np.zeros((1, 4, 10, 8, 6), "float32")).shape)
    (1, 6)
    """

    rank = 3


@keras.saving.register_keras_serializable(package="keras_complex")
class ComplexMaxUnpooling2D(BaseLayer):
    """Puts values where `ComplexMaxPooling2D` found those of largest magnitude.

        y_k = x    at k = argmax |reference_k| over each window, and 0 elsewhere

    The places are found again in the map that was pooled, so that no tensor of
    integers has to pass through a network, where half precision would round it.
    No gradient goes to that map.

    Args:
        pool_size: Height and width of the windows of the pooling, which must
            neither overlap nor be padded.
        **kwargs: Arguments of `keras.layers.Layer`, such as `name` and `dtype`.

    Raises:
        ValueError: If `pool_size` is not positive, or if an input has an odd or
            unknown number of real channels.

    Input shape:
        A list of the values, `(batch, new_height, new_width, 2 * channels)`, and
        the map that was pooled to this shape, `(batch, height, width, 2 * channels)`.

    Output shape:
        `(batch, height, width, 2 * channels)`.

    Example:

    >>> before = keras.random.normal((1, 9, 8, 6))
    >>> after = keras.layers.AveragePooling2D(2)(before)  # Of the same shape.
    >>> tuple(ComplexMaxUnpooling2D(2)([after, before]).shape)
    (1, 9, 8, 6)

    Reference:

    - [Zeiler & Fergus, 2014, Visualizing and Understanding Convolutional Networks](
      https://arxiv.org/abs/1311.2901), Section 2.1
    """

    def __init__(self, pool_size: int | tuple[int, int] = 2, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.pool_size = per_axis("pool_size", pool_size, 2)

    def build(self, input_shape: list[Shape]) -> None:
        for shape in input_shape:
            complex_channels(self.name, shape)

    def call(self, inputs: list[Tensor]) -> Tensor:
        x, reference = (ops.convert_to_tensor(tensor) for tensor in inputs)
        sizes = ops.shape(reference)[1:-1]
        places = ops.reshape(
            ops.arange(math.prod(sizes), dtype="int32"), (1, *sizes, 1)
        ) + ops.zeros_like(reference, dtype="int32")
        pool = self.pool_size
        _, picked = _pick_largest([reference, places], pool, pool, "valid")
        for axis, (size, full) in enumerate(zip(pool, sizes, strict=True), start=1):
            x = _enlarge(x, axis, size, full, 0)
            # No place is picked beyond the last whole window.
            picked = _enlarge(picked, axis, size, full, -1)
        # Not a constant: the gradient by `reference` is 0 then, not undefined.
        elsewhere = 0 * ops.cast(reference, x.dtype)
        return ops.where(ops.equal(picked, places), x, elsewhere)

    def compute_output_shape(self, input_shape: list[Shape]) -> Shape:
        return tuple(input_shape[1])


def _pick_largest(
    tensors: list[Tensor],
    pool_size: Sequence[int],
    strides: Sequence[int],
    padding: str,
) -> list[Tensor]:
    """Picks the largest magnitude of the first tensor, and what belongs to it.

    Squares below the least number of float32, of magnitudes below 1e-19, count as 0.
    """
    tensors = [_power(tensors[0]), *tensors]
    # The last axis first: of equal magnitudes, the first in row-major order wins.
    for axis in range(len(pool_size), 0, -1):
        pool, stride = pool_size[axis - 1], strides[axis - 1]
        if padding == "same":
            # No magnitude is negative: padding never wins.
            fills = (-1, *(0,) * (len(tensors) - 1))
            tensors = [
                cover(x, axis, pool, stride, fill)
                for x, fill in zip(tensors, fills, strict=True)
            ]
        tensors = _pick_along(tensors, axis, pool, stride)
    return tensors[1:]


def _power(x: Tensor) -> Tensor:
    """Returns `|x|^2` in the place of both parts."""
    # The square of a half-precision number soon overflows.
    squares = ops.square(ops.cast(x, "float32"))
    return squares + swap_parts(squares)


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
    return pad_and_cut(x, axis, 0, size - 1, fill, 0, full)
