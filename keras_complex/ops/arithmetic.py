"""Arithmetic of packed complex tensors."""

from keras import ops

from keras_complex.ops.packing import join_parts, split_parts
from keras_complex.types import Tensor


def multiply(x: Tensor, y: Tensor) -> Tensor:
    """Multiplies two packed tensors channel by channel: `x y`.

    Args:
        x: Packed tensor `(..., 2 * channels)`.
        y: Packed tensor of a shape that broadcasts with `x`; one with a single
            complex channel multiplies every channel of the other.

    Returns:
        Packed tensor of the broadcast shape.
    """
    x_real, x_imag = split_parts(x)
    y_real, y_imag = split_parts(y)
    return join_parts(
        x_real * y_real - x_imag * y_imag, x_real * y_imag + x_imag * y_real
    )


def conjugate(x: Tensor) -> Tensor:
    """Returns the complex conjugate of a packed tensor."""
    real, imag = split_parts(x)
    return join_parts(real, ops.negative(imag))


def squared_magnitude(x: Tensor) -> Tensor:
    """Returns `|x|^2`, real `(..., channels)`, of a packed tensor."""
    real, imag = split_parts(x)
    return ops.square(real) + ops.square(imag)


def magnitude(x: Tensor, epsilon: float = 1e-12) -> Tensor:
    """Returns `sqrt(max(|x|^2, epsilon))` of a packed tensor.

    Args:
        x: Packed tensor `(..., 2 * channels)`.
        epsilon: Floor of the squared magnitude, which keeps the gradient finite
            at 0; the default floors the magnitude at 1e-6.

    Returns:
        Real tensor `(..., channels)`.
    """
    return ops.sqrt(ops.maximum(squared_magnitude(x), epsilon))


def phase(x: Tensor) -> Tensor:
    """Returns the angle in radians, in (-pi, pi], of a packed tensor.

    The angle of 0 is 0. The gradient at 0 is 0 too, not NaN.
    """
    real, imag = split_parts(x)
    is_zero = ops.logical_and(ops.equal(real, 0), ops.equal(imag, 0))
    # The selection keeps the gradient of 0 / 0 out of both branches.
    real = ops.where(is_zero, ops.ones_like(real), real)
    return ops.arctan2(ops.where(is_zero, ops.zeros_like(imag), imag), real)
