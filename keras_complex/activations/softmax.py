"""Softmax of complex values."""

import keras
from keras import ops

from keras_complex.activations.magnitudes import polar
from keras_complex.ops.arithmetic import magnitude
from keras_complex.ops.packing import split_parts
from keras_complex.types import Tensor

KINDS = ("magnitude", "real", "mean")


@keras.saving.register_keras_serializable(package="keras_complex")
def polar_softmax(x: Tensor, axis: int = -1) -> Tensor:
    """Applies softmax to the magnitudes: `softmax(|z|) z / |z|`.

    Phase-equivariant: yes, in each value alone. Conjugation-equivariant: yes.
    The magnitudes of the outputs sum to 1, but that a value of 0 stays 0.

    Args:
        x: Packed tensor `(..., 2 * channels)`.
        axis: Axis of the sum; -1 stands for the complex channels.

    Returns:
        Packed tensor of the shape of `x`.
    """
    return polar(x, lambda r: ops.softmax(r, axis=axis))


def real_softmax(x: Tensor, axis: int = -1, of: str = "magnitude") -> Tensor:
    """Turns complex values into probabilities: real, and 1 in sum.

    A rotation of a value does not change the softmax of magnitudes.

    Args:
        x: Packed tensor `(..., 2 * channels)`.
        axis: Axis of the sum; -1 stands for the complex channels.
        of: `"magnitude"` for `softmax(|z|)`, `"real"` for `softmax(Re z)`, or
            `"mean"` for `(softmax(Re z) + softmax(Im z)) / 2`.

    Returns:
        Real tensor `(..., channels)`.
    """
    x = ops.convert_to_tensor(x)
    dtype = keras.backend.standardize_dtype(x.dtype)
    z = ops.cast(x, keras.backend.result_type(dtype, "float32"))
    real, imag = split_parts(z)
    if of == "magnitude":
        probabilities = ops.softmax(magnitude(z), axis=axis)
    elif of == "real":
        probabilities = ops.softmax(real, axis=axis)
    else:
        probabilities = 0.5 * (
            ops.softmax(real, axis=axis) + ops.softmax(imag, axis=axis)
        )
    return ops.cast(probabilities, dtype)
