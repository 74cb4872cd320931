"""Averages of windows of complex values, and of whole maps."""

from collections.abc import Sequence
from typing import Any

import keras
from keras import ops

from keras_complex.layers.pooling.base import BaseGlobalPooling, BasePooling, cover
from keras_complex.ops.packing import check_real
from keras_complex.types import Tensor


class _AveragePooling(BasePooling):
    def call(self, inputs: Tensor) -> Tensor:
        check_real(inputs)
        return _average(inputs, self.pool_size, self.strides, self.padding)


@keras.saving.register_keras_serializable(package="keras_complex")
class ComplexAveragePooling2D(_AveragePooling):
    """Averages complex values over windows of height and width.

        y = mean of x over the window

    Real and imaginary part are averaged alike: the layer is linear over complex
    scalars. As in Keras, padding does not count.

    Arguments and errors are those of `ComplexMaxPooling2D`.

    Input shape:
        `(batch, height, width, 2 * channels)`, last axis `[real, imag]`.

    Output shape:
        `(batch, new_height, new_width, 2 * channels)`.

    Example:

    >>> tuple(ComplexAveragePooling2D()(np.zeros((1, 10, 8, 6), "float32")).shape)
    (1, 5, 4, 6)
    """

    rank = 2


@keras.saving.register_keras_serializable(package="keras_complex")
class ComplexAveragePooling1D(_AveragePooling):
    """Averages complex values over windows of steps.

    As `ComplexAveragePooling2D`, of sequences.

    Input shape:
        `(batch, steps, 2 * channels)`, last axis `[real, imag]`.

    Output shape:
        `(batch, new_steps, 2 * channels)`.

    Example:

    >>> tuple(ComplexAveragePooling1D()(np.zeros((1, 10, 6), "float32")).shape)
    (1, 5, 6)
    """

    rank = 1


@keras.saving.register_keras_serializable(package="keras_complex")
class ComplexAveragePooling3D(_AveragePooling):
    """Averages complex values over windows of depth, height and width.

    As `ComplexAveragePooling2D`, of volumes.

    Input shape:
        `(batch, depth, height, width, 2 * channels)`, last axis `[real, imag]`.

    Output shape:
        `(batch, new_depth, new_height, new_width, 2 * channels)`.

    Example:

    >>> tuple(ComplexAveragePooling3D()(np.zeros((1, 4, 10, 8, 6), "float32")).shape)
    (1, 2, 5, 4, 6)
    """

    rank = 3


class _GlobalAveragePooling(BaseGlobalPooling):
    def call(self, inputs: Tensor) -> Tensor:
        check_real(inputs)
        axes = tuple(range(1, self.rank + 1))
        return ops.mean(inputs, axis=axes, keepdims=self.keepdims)


@keras.saving.register_keras_serializable(package="keras_complex")
class ComplexGlobalAveragePooling2D(_GlobalAveragePooling):
    """Averages complex values over height and width.

        y = mean of x

    Real and imaginary part are averaged alike: the layer is linear over complex
    scalars.

    The argument and the error are those of `ComplexGlobalMaxPooling2D`.

    Input shape:
        `(batch, height, width, 2 * channels)`, last axis `[real, imag]`.

    Output shape:
        `(batch, 2 * channels)`, or `(batch, 1, 1, 2 * channels)` with `keepdims`.

    Example:

    >>> layer = ComplexGlobalAveragePooling2D()
    >>> tuple(layer(np.zeros((1, 10, 8, 6), "float32")).shape)
    (1, 6)
    """

    rank = 2


@keras.saving.register_keras_serializable(package="keras_complex")
class ComplexGlobalAveragePooling1D(_GlobalAveragePooling):
    """Averages complex values over steps.

    As `ComplexGlobalAveragePooling2D`, of sequences. Steps that a mask excludes do
    not count; without any, the average is 0.

    Input shape:
        `(batch, steps, 2 * channels)`, last axis `[real, imag]`.

    Output shape:
        `(batch, 2 * channels)`, or `(batch, 1, 2 * channels)` with `keepdims`.

    Example:

    >>> layer = ComplexGlobalAveragePooling1D()
    >>> tuple(layer(np.zeros((1, 10, 6), "float32")).shape)
    (1, 6)
    """

    rank = 1

    def __init__(self, keepdims: bool = False, **kwargs: Any) -> None:
        super().__init__(keepdims, **kwargs)
        self.supports_masking = True

    def call(self, inputs: Tensor, mask: Tensor | None = None) -> Tensor:
        if mask is None:
            return super().call(inputs)
        check_real(inputs)
        mask = ops.expand_dims(ops.cast(mask, "bool"), axis=-1)
        total = ops.sum(ops.where(mask, inputs, 0), axis=1, keepdims=self.keepdims)
        count = ops.sum(ops.cast(mask, inputs.dtype), axis=1, keepdims=self.keepdims)
        return total / ops.maximum(count, 1)

    def compute_mask(self, inputs: Tensor, mask: Tensor | None = None) -> None:
        return None


@keras.saving.register_keras_serializable(package="keras_complex")
class ComplexGlobalAveragePooling3D(_GlobalAveragePooling):
    """Averages complex values over depth, height and width.

    As `ComplexGlobalAveragePooling2D`, of volumes.

    Input shape:
        `(batch, depth, height, width, 2 * channels)`, last axis `[real, imag]`.

    Output shape:
        `(batch, 2 * channels)`, or `(batch, 1, 1, 1, 2 * channels)` with `keepdims`.

    Example:

    >>> layer = ComplexGlobalAveragePooling3D()
    >>> tuple(layer(np.zeros((1, 4, 10, 8, 6), "float32")).shape)
    (1, 6)
    """

    rank = 3


def _average(
    x: Tensor,
    pool_size: Sequence[int],
    strides: Sequence[int],
    padding: str = "valid",
) -> Tensor:
    """Averages the values of each window; what lies beyond the ends does not count."""
    if padding == "same":
        # Backends disagree on whether padding counts; counted apart, it does not.
        x = ops.convert_to_tensor(x)
        exists = ops.ones((1, *ops.shape(x)[1:-1], 1), dtype="float32")
        for axis, window in enumerate(zip(pool_size, strides, strict=True), start=1):
            x, exists = (cover(value, axis, *window, 0) for value in (x, exists))
        share = _average(exists, pool_size, strides)
        return _average(x, pool_size, strides) * ops.cast(1.0 / share, x.dtype)
    if len(pool_size) < 3:
        return ops.average_pool(
            x, tuple(pool_size), tuple(strides), "valid", "channels_last"
        )
    # TFLite has no such operation in three dimensions; averages are separable.
    batch, depth, *plane, channels = ops.shape(x)
    x = ops.reshape(x, (batch * depth, *plane, channels))
    x = _average(x, pool_size[1:], strides[1:])
    plane = ops.shape(x)[1:3]
    x = ops.reshape(x, (batch, depth, plane[0] * plane[1] * channels))
    x = _average(x, pool_size[:1], strides[:1])
    return ops.reshape(x, (batch, ops.shape(x)[1], *plane, channels))
