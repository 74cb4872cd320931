"""What layers ask of their packed complex inputs."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import keras
import numpy as np
from keras import ops

from keras_complex.ops.packing import check_real
from keras_complex.types import Shape, Tensor


def complex_channels(layer_name: str, input_shape: Shape) -> int:
    """Returns the number of complex channels of a packed input.

    Raises:
        ValueError: If the last axis is odd or unknown.
    """
    channels = input_shape[-1]
    if channels is None or channels % 2:
        raise ValueError(
            f"Layer {layer_name!r} expects complex input packed as "
            "[real, imag] on the last axis, hence an even, known number "
            f"of channels. Received: input_shape={tuple(input_shape)}. "
            "Pack with `keras_complex.ops.pack`."
        )
    return channels // 2


def at_least_float32(dtype: str) -> str:
    """Returns the type for arithmetic that half precision would spoil."""
    return keras.backend.result_type(dtype, "float32")


def axes_of_an_example(axis: int | Sequence[int], rank: int) -> tuple[int, ...]:
    """Standardizes `axis` to distinct, non-negative axes other than the batch.

    Raises:
        ValueError: If an axis is repeated, out of range or that of the batch.
    """
    axes = (axis,) if isinstance(axis, int) else tuple(axis)
    positive = tuple(sorted(a % rank for a in axes if -rank <= a < rank))
    if (
        len(positive) != len(axes)
        or len(set(positive)) != len(axes)
        or not positive
        or 0 in positive
    ):
        raise ValueError(
            "`axis` must name distinct axes of the input other than the "
            f"batch axis 0. Received: axis={axis} for an input of rank {rank}."
        )
    return positive


def cast_packed(x: Tensor, dtype: str) -> Tensor:
    """Casts a packed tensor.

    Raises:
        ValueError: If the tensor is native complex, of which the imaginary part
            would be lost.
    """
    check_real(x)
    return ops.cast(x, dtype)


def add_gamma_and_beta(layer: keras.layers.Layer, channels: int) -> None:
    """Adds the learned `Gamma` and `beta` of a normalization, or sets them to None.

    `layer.gamma` has the shape `(3, channels)`: the entries `g_rr`, `g_ri`, `g_ii` of a
    symmetric 2 x 2 matrix for each channel, at first `I / sqrt(2)`.
    """
    layer.gamma = layer.beta = None
    if layer.scale:
        layer.gamma = layer.add_weight(
            name="gamma",
            shape=(3, channels),
            initializer=scaled_identity,
            # Autocasting would round the parameters before the float32 arithmetic.
            autocast=False,
        )
    if layer.center:
        layer.beta = layer.add_weight(
            name="beta", shape=(2 * channels,), initializer="zeros", autocast=False
        )


def gamma_and_beta(
    layer: keras.layers.Layer, channels: int, dtype: str
) -> tuple[Tensor, Tensor]:
    """Returns `Gamma` and `beta` of a normalization, learned or not, in a type."""
    gamma = layer.gamma if layer.scale else scaled_identity((3, channels), dtype, 1.0)
    beta = layer.beta if layer.center else ops.zeros((2 * channels,), dtype)
    return ops.cast(gamma, dtype), ops.cast(beta, dtype)


def stack_entries(
    store: Mapping[str, Any], variables: Sequence[keras.Variable]
) -> dict[str, Any]:
    """Reads the variables of a normalization from a file, if need be an older one.

    Before version 0.2, each entry of a symmetric matrix was a variable of its own.

    Args:
        store: What Keras saved: values by the number of their variable.
        variables: Those of the layer, of which `(3, channels)` are symmetric matrices.

    Returns:
        The values by the number of the variable there is now.
    """
    values = iter(store[str(number)] for number in range(len(store)))
    entries = [3 if len(variable.shape) == 2 else 1 for variable in variables]
    if len(store) != sum(entries):
        return dict(store)
    stacked = (
        np.stack([next(values) for _ in range(count)]) if count > 1 else next(values)
        for count in entries
    )
    return {str(number): value for number, value in enumerate(stacked)}


def scaled_identity(
    shape: Shape, dtype: str | None = None, scale: float = math.sqrt(0.5)
) -> Tensor:
    """Returns `scale` times the identity for each channel, `(3, channels)`."""
    column = ops.convert_to_tensor([[scale], [0.0], [scale]], dtype)
    return ops.tile(column, (1, shape[1]))
