"""What layers ask of their packed complex inputs."""

from collections.abc import Sequence

import keras
from keras import ops

from keras_complex.ops.packing import check_real
from keras_complex.ops.whitening import SymmetricMatrix
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


def gamma_and_beta(
    layer: keras.layers.Layer, channels: int, dtype: str
) -> tuple[SymmetricMatrix, Tensor]:
    """Returns `Gamma` and `beta` of a normalization, learned or not, in a type."""
    gamma = (layer.gamma_rr, layer.gamma_ri, layer.gamma_ii)
    if not layer.scale:
        one = ops.ones((channels,), dtype)
        gamma = (one, ops.zeros_like(one), one)
    beta = layer.beta if layer.center else ops.zeros((2 * channels,), dtype)
    rr, ri, ii = (ops.cast(entry, dtype) for entry in gamma)
    return (rr, ri, ii), ops.cast(beta, dtype)
