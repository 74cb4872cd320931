"""Complex values from magnitude and phase."""

from collections.abc import Sequence
from typing import Any

import keras
from keras import ops

from keras_complex.layers.base import BaseLayer, at_least_float32
from keras_complex.ops.arithmetic import from_polar
from keras_complex.types import Shape, Tensor


@keras.saving.register_keras_serializable(package="keras_complex")
class PolarToComplex(BaseLayer):
    """Joins a magnitude and a phase to complex values; inverts `Magnitude`, `Phase`.

        y = magnitude exp(i phase)

    Float32 is used under every precision policy.

    Args:
        **kwargs: Arguments of `keras.layers.Layer`, such as `name` and `dtype`.

    Raises:
        ValueError: If there are not two inputs of one shape.

    Input shape:
        Magnitude and phase, each `(..., channels)`, the phase in radians.

    Output shape:
        `(..., 2 * channels)`, last axis `[real, imag]`.

    Example:

    >>> y = PolarToComplex()([np.array([[2.0]]), np.array([[np.pi]])])
    >>> np.asarray(y).round(6).tolist()
    [[-2.0, -0.0]]
    """

    def build(self, input_shape: Sequence[Shape]) -> None:
        _one_shape(input_shape)

    def call(self, inputs: Sequence[Tensor]) -> Tensor:
        dtype = at_least_float32(self.compute_dtype)
        modulus, angle = (ops.cast(x, dtype) for x in inputs)
        return ops.cast(from_polar(modulus, angle), self.compute_dtype)

    def compute_output_shape(self, input_shape: Sequence[Shape]) -> Shape:
        *rest, channels = _one_shape(input_shape)
        return (*rest, None if channels is None else 2 * channels)


def _one_shape(shapes: Any) -> Shape:
    """Returns the shape of two inputs, or raises ValueError."""
    if len(shapes) != 2 or any(isinstance(size, int) for size in shapes):
        raise ValueError(
            "The inputs must be two tensors, [magnitude, phase]. Received: "
            f"input_shape={shapes}."
        )
    first, second = (tuple(shape) for shape in shapes)
    agree = len(first) == len(second) and all(
        a == b or a is None or b is None for a, b in zip(first, second, strict=True)
    )
    if not agree:
        raise ValueError(
            "Magnitude and phase must have the same shape. Received: "
            f"input_shape={[first, second]}."
        )
    return first
