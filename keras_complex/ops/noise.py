"""Random changes of packed complex tensors."""

from collections.abc import Sequence

import keras
from keras import ops

from keras_complex.ops.packing import join_parts
from keras_complex.types import Tensor


def dropout(
    x: Tensor,
    rate: float,
    noise_shape: Sequence[int | None] | None = None,
    seed: int | keras.random.SeedGenerator | None = None,
) -> Tensor:
    """Sets complex values to 0 at random and scales the rest.

    Both parts of a value share one draw. The rest is divided by `1 - rate`, so that
    the expected value is that of `x`.

    Args:
        x: Packed tensor `(..., 2 * channels)`.
        rate: Probability of a 0, at least 0 and less than 1.
        noise_shape: Shape of the draws, whose last axis counts complex channels;
            1 shares a draw along an axis, `None` draws for each value.
        seed: Seed or generator of seeds.

    Returns:
        Packed tensor of the shape of `x`.
    """
    x = ops.convert_to_tensor(x)
    draw = keras.random.uniform(_draws(x, noise_shape), dtype="float32", seed=seed)
    keep = ops.cast(draw >= rate, x.dtype) / (1.0 - rate)
    if keep.shape[-1] != 1:
        keep = join_parts(keep, keep)
    return x * keep


def gaussian_dropout(
    x: Tensor, rate: float, seed: int | keras.random.SeedGenerator | None = None
) -> Tensor:
    """Multiplies complex values by real normal draws of mean 1.

    The variance, `rate / (1 - rate)`, is that of `dropout`. A draw is real and
    scales both parts of a value; the phase stays, or turns by half.

    Args:
        x: Packed tensor `(..., 2 * channels)`.
        rate: Rate of the dropout of equal variance, at least 0 and less than 1.
        seed: Seed or generator of seeds.

    Returns:
        Packed tensor of the shape of `x`.
    """
    x = ops.convert_to_tensor(x)
    stddev = (rate / (1.0 - rate)) ** 0.5
    draw = keras.random.normal(
        _draws(x, None), mean=1.0, stddev=stddev, dtype="float32", seed=seed
    )
    gain = ops.cast(draw, x.dtype)
    return x * join_parts(gain, gain)


def gaussian_noise(
    x: Tensor, stddev: float, seed: int | keras.random.SeedGenerator | None = None
) -> Tensor:
    """Adds circular complex normal noise.

    Args:
        x: Packed tensor `(..., 2 * channels)`.
        stddev: Root mean square magnitude of the noise, `E|n|^2 = stddev^2`: each
            part has half of that variance.
        seed: Seed or generator of seeds.

    Returns:
        Packed tensor of the shape of `x`.
    """
    x = ops.convert_to_tensor(x)
    noise = keras.random.normal(
        ops.shape(x), stddev=stddev * 0.5**0.5, dtype="float32", seed=seed
    )
    return x + ops.cast(noise, x.dtype)


def _draws(x: Tensor, noise_shape: Sequence[int | None] | None) -> tuple[int, ...]:
    """Returns the shape of one draw for each complex value, or as wanted."""
    *leading, channels = ops.shape(x)
    sizes = (*leading, channels // 2)
    if noise_shape is None:
        return sizes
    return tuple(
        size if wanted is None else wanted
        for size, wanted in zip(sizes, noise_shape, strict=True)
    )
