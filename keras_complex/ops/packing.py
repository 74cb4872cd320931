"""The packed form of complex tensors: `[real..., imag...]` on the last axis."""

import keras
from keras import ops

from keras_complex.types import Tensor


def pack(z: Tensor) -> Tensor:
    """Packs a native complex tensor into a real one.

    Args:
        z: Complex tensor `(..., channels)`, or a real one, whose imaginary part
            is then 0. `np.complex128` becomes float64 only where the backend
            keeps it.

    Returns:
        Real tensor `(..., 2 * channels)`, last axis `[real, imag]`.

    Example:

    >>> np.asarray(pack(np.array([1 + 3j, 2 + 4j], "complex64"))).tolist()
    [1.0, 2.0, 3.0, 4.0]
    """
    z = ops.convert_to_tensor(z)
    if "complex" not in keras.backend.standardize_dtype(z.dtype):
        # PyTorch has no imaginary part of a real tensor.
        return join_parts(z, ops.zeros_like(z))
    return join_parts(ops.real(z), ops.imag(z))


def unpack(x: Tensor) -> Tensor:
    """Unpacks a packed tensor into a native complex one.

    Args:
        x: Real tensor `(..., 2 * channels)`, last axis `[real, imag]`.

    Returns:
        Complex tensor `(..., channels)`.

    Example:

    >>> complex(unpack(np.array([1.0, 2.0], "float32"))[0])
    (1+2j)
    """
    real, imag = split_parts(x)
    return ops.view_as_complex(ops.stack([real, imag], axis=-1))


def split_parts(x: Tensor) -> tuple[Tensor, Tensor]:
    """Splits a packed tensor into its real and imaginary parts.

    Args:
        x: Real tensor `(..., 2 * channels)`, last axis `[real, imag]`.

    Returns:
        Two real tensors `(..., channels)`.

    Raises:
        ValueError: If the last axis is not even, or if the tensor is complex.
    """
    check_real(x)
    if x.shape[-1] is None or x.shape[-1] % 2:
        raise ValueError(
            "A packed tensor holds [real, imag] on its last axis, hence an "
            f"even, known number of values. Received: shape={tuple(x.shape)}. "
            "Pack with `keras_complex.ops.pack`."
        )
    real, imag = ops.split(ops.convert_to_tensor(x), 2, axis=-1)
    return real, imag


def check_real(x: Tensor) -> None:
    """Raises ValueError for a native complex tensor, which is not packed."""
    dtype = keras.backend.standardize_dtype(x.dtype)
    if "complex" in dtype:
        raise ValueError(
            "A packed tensor must be real, [real, imag] on its last axis. Received: "
            f"dtype={dtype}, shape={tuple(x.shape)}. Pack with the layer `Pack` or "
            "with `keras_complex.ops.pack`."
        )


def cast_packed(x: Tensor, dtype: str) -> Tensor:
    """Casts a packed tensor.

    Args:
        x: Real tensor `(..., 2 * channels)`, last axis `[real, imag]`.
        dtype: Type of the result.

    Raises:
        ValueError: If the tensor is native complex, of which the imaginary part
            would be lost.
    """
    check_real(x)
    return ops.cast(x, dtype)


def join_parts(real: Tensor, imag: Tensor) -> Tensor:
    """Joins real and imaginary parts `(..., channels)` to a packed tensor.

    Args:
        real: Real parts `(..., channels)`.
        imag: Imaginary parts, of the same shape.

    Returns:
        Real tensor `(..., 2 * channels)`, last axis `[real, imag]`.
    """
    return ops.concatenate([real, imag], axis=-1)


def swap_parts(x: Tensor) -> Tensor:
    """Exchanges real and imaginary part of a packed tensor."""
    # A third of the time of a split and a concatenation.
    shape = ops.shape(x)
    parts = ops.reshape(x, (-1, 2, shape[-1] // 2))
    return ops.reshape(ops.flip(parts, axis=1), shape)


def stack_parts(x: Tensor) -> Tensor:
    """Gives real and imaginary parts an axis of their own.

    Args:
        x: Real tensor `(..., 2 * channels)`, last axis `[real, imag]`.

    Returns:
        Real tensor `(..., 2, channels)`.

    Example:

    >>> np.asarray(stack_parts(np.array([1.0, 2.0, 3.0, 4.0]))).tolist()
    [[1.0, 2.0], [3.0, 4.0]]
    """
    shape = ops.shape(x)
    return ops.reshape(x, (*shape[:-1], 2, shape[-1] // 2))


def repeat_channels(x: Tensor, count: int) -> Tensor:
    """Repeats each complex channel of a packed tensor, one copy behind the other."""
    real, imag = split_parts(x)
    return join_parts(
        ops.repeat(real, count, axis=-1), ops.repeat(imag, count, axis=-1)
    )


def concatenate(tensors: list[Tensor]) -> Tensor:
    """Concatenates packed tensors along their complex channels.

    Args:
        tensors: Packed tensors that differ in the number of channels only.

    Returns:
        Packed tensor with the channels of all, in the order given.
    """
    parts = [split_parts(x) for x in tensors]
    return ops.concatenate(
        [real for real, _ in parts] + [imag for _, imag in parts], axis=-1
    )
