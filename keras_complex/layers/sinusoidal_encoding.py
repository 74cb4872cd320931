"""Positions as waves that are added."""

from typing import Any

import keras
from keras import ops

from keras_complex.layers.packed_input import (
    at_least_float32,
    cast_packed,
    complex_channels,
)
from keras_complex.ops.positions import position_phases
from keras_complex.types import Shape, Tensor


@keras.saving.register_keras_serializable(package="keras_complex")
class ComplexSinusoidalEncoding(keras.layers.Layer):
    """Adds to each step a number of modulus 1 that tells its position.

        y_m = x_m + e^(i m theta_c),    theta_c = max_wavelength^(-c / channels)

    for the step `m` and the channel `c`, both from 0: the sines and cosines of
    Transformers, as parts of complex numbers. The encoding of a distant step is that
    of this one times a number for each channel, so a complex linear map can find it.
    What is added has the power 1, as features after normalization. It breaks the
    symmetry of the phase, which `ComplexRotaryEmbedding` keeps.

    The angles are computed in float32 under every precision policy.

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

    >>> y = ComplexSinusoidalEncoding()(np.zeros((1, 2, 2), "float32"))
    >>> keras.ops.convert_to_numpy(y)[0].round(2).tolist()  # 1 and e^i.
    [[1.0, 0.0], [0.5..., 0.8...]]

    Reference:

    - [Vaswani et al., 2017, Attention Is All You Need](
      https://arxiv.org/abs/1706.03762), Section 3.5
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
        length, channels = ops.shape(x)[-2], x.shape[-1] // 2
        waves = position_phases(length, channels, self.max_wavelength)
        return ops.cast(ops.add(x, waves), self.compute_dtype)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        return tuple(input_shape)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "max_wavelength": self.max_wavelength}
