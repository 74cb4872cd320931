"""Positions as rotations of the phase."""

from typing import Any

import keras
from keras import ops

from keras_complex.layers.packed_input import (
    at_least_float32,
    cast_packed,
    complex_channels,
)
from keras_complex.ops.positions import rotate_by_position
from keras_complex.types import Shape, Tensor


@keras.saving.register_keras_serializable(package="keras_complex")
class ComplexRotaryEmbedding(keras.layers.Layer):
    """Turns the phase of each step by an angle in proportion to its position.

        y_m = x_m e^(i m theta_c),    theta_c = max_wavelength^(-c / channels)

    for the step `m` and the channel `c`, both from 0. Magnitudes stay. Of queries
    and keys so turned, the inner product depends on their distance only,

        <y_m, y_n> = sum_c x_mc conj(x_nc) e^(i (m - n) theta_c)

    and so do the weights of an attention. What rotary embeddings do to pairs of real
    features is this product of complex numbers. The layer is linear, and a rotation
    of the phase of the input rotates the output.

    Apply it to queries and keys, after their projections, not to values. The angles
    are computed in float32 under every precision policy.

    Args:
        max_wavelength: Positive number. The phase of channel `c` turns by one radian
            in `max_wavelength^(c / channels)` steps; the default suits sequences of
            up to some ten thousand steps.
        **kwargs: Arguments of `keras.layers.Layer`, such as `name` and `dtype`.

    Raises:
        ValueError: If `max_wavelength` is not positive, or if the input is no
            sequence or has an odd or unknown number of real channels.

    Input shape:
        `(batch, ..., length, 2 * channels)`, last axis `[real, imag]`.

    Output shape:
        The shape of the input.

    Example:

    >>> x = np.array([[[1.0, 0.0], [1.0, 0.0]]], "float32")  # Two steps of 1.
    >>> y = ComplexRotaryEmbedding()(x)
    >>> keras.ops.convert_to_numpy(y)[0].round(2).tolist()  # 1 and e^i.
    [[1.0, 0.0], [0.5..., 0.8...]]

    Reference:

    - [Su et al., 2021, RoFormer: Enhanced Transformer with Rotary Position
      Embedding](https://arxiv.org/abs/2104.09864), Section 3.2
    """

    def __init__(self, max_wavelength: float = 10_000.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if max_wavelength <= 0:
            raise ValueError(
                "`max_wavelength` must be positive. "
                f"Received: max_wavelength={max_wavelength}."
            )
        self.max_wavelength = max_wavelength
        self.input_spec = keras.InputSpec(min_ndim=3)
        self.supports_masking = True

    def build(self, input_shape: Shape) -> None:
        complex_channels(self.name, input_shape)

    def call(self, inputs: Tensor) -> Tensor:
        x = cast_packed(inputs, at_least_float32(self.compute_dtype))
        y = rotate_by_position(x, self.max_wavelength)
        return ops.cast(y, self.compute_dtype)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        return tuple(input_shape)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "max_wavelength": self.max_wavelength}
