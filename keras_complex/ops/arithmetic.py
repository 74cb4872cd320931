"""Arithmetic of packed complex tensors."""

from keras import ops

from keras_complex.ops.packing import join_parts, split_parts
from keras_complex.types import Tensor

# Magnitude below which a value has no phase: its square leaves float32.
NO_PHASE = 1e-15


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


def times_i(x: Tensor) -> Tensor:
    """Multiplies a packed tensor by the imaginary unit."""
    real, imag = split_parts(x)
    return join_parts(ops.negative(imag), real)


def from_polar(modulus: Tensor, angle: Tensor) -> Tensor:
    """Returns `modulus exp(i angle)`, packed.

    Args:
        modulus: Real tensor `(..., channels)`.
        angle: Real tensor of that shape, in radians.

    Returns:
        Packed tensor `(..., 2 * channels)`.

    Example:

    >>> y = from_polar(np.array([2.0]), np.array([np.pi / 2]))
    >>> abs(np.asarray(y)).round(6).tolist()
    [0.0, 2.0]
    """
    modulus = ops.convert_to_tensor(modulus)
    return join_parts(modulus * ops.cos(angle), modulus * ops.sin(angle))


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
    return magnitude_of_parts(*split_parts(x), epsilon)


def magnitude_of_parts(real: Tensor, imag: Tensor, epsilon: float = 1e-12) -> Tensor:
    """Returns the `magnitude` of real and imaginary parts."""
    return ops.sqrt(ops.maximum(ops.square(real) + ops.square(imag), epsilon))


def phase(x: Tensor) -> Tensor:
    """Returns the angle in radians, in (-pi, pi], of a packed tensor.

    Where both parts are below 1e-15, the angle and its gradient are 0.
    """
    return phase_of_parts(*split_parts(x))


def phase_of_parts(real: Tensor, imag: Tensor) -> Tensor:
    """Returns the `phase` of real and imaginary parts."""
    is_silent = ops.maximum(ops.abs(real), ops.abs(imag)) < NO_PHASE
    # The selection keeps the gradient of 0 / 0 out of both branches.
    real = ops.where(is_silent, ops.ones_like(real), real)
    return ops.arctan2(ops.where(is_silent, ops.zeros_like(imag), imag), real)
