"""Positions in a sequence, as phases."""

from typing import Any

import keras
import numpy as np
from keras import ops

from keras_complex.checks import check_above_zero
from keras_complex.layers.base import PointwiseLayer, at_least_float32
from keras_complex.ops.arithmetic import multiply
from keras_complex.ops.packing import cast_packed, join_parts
from keras_complex.types import Tensor


class _Positions(PointwiseLayer):
    """Changes steps of the last axis but one by a wave for each channel."""

    def __init__(self, max_wavelength: float = 10_000.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        check_above_zero(max_wavelength=max_wavelength)
        self.max_wavelength = max_wavelength
        self.input_spec = keras.InputSpec(min_ndim=3)

    def call(self, inputs: Tensor) -> Tensor:
        x = cast_packed(inputs, at_least_float32(self.compute_dtype))
        length, channels = ops.shape(x)[-2], x.shape[-1] // 2
        waves = _waves(length, channels, self.max_wavelength)
        return ops.cast(self.combine(x, waves), self.compute_dtype)

    def combine(self, x: Tensor, waves: Tensor) -> Tensor:
        raise NotImplementedError


@keras.saving.register_keras_serializable(package="keras_complex")
class ComplexRotaryEmbedding(_Positions):
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

    def combine(self, x: Tensor, waves: Tensor) -> Tensor:
        return multiply(x, waves)


@keras.saving.register_keras_serializable(package="keras_complex")
class ComplexSinusoidalEncoding(_Positions):
    """Adds to each step a number of modulus 1 that tells its position.

        y_m = x_m + e^(i m theta_c),    theta_c = max_wavelength^(-c / channels)

    for the step `m` and the channel `c`, both from 0: the sines and cosines of
    Transformers, as parts of complex numbers. The encoding of a distant step is that
    of this one times a number for each channel, so a complex linear map can find it.
    What is added has the power 1, as features after normalization. It breaks the
    symmetry of the phase, which `ComplexRotaryEmbedding` keeps.

    The argument is that of `ComplexRotaryEmbedding`.

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

    def combine(self, x: Tensor, waves: Tensor) -> Tensor:
        return ops.add(x, waves)


def _waves(length: int | Tensor, channels: int, max_wavelength: float) -> Tensor:
    """Returns `e^(i m theta_c)`, packed `(length, 2 * channels)`, in float32.

    With `theta_c = max_wavelength^(-c / channels)`: wavelengths from `2 pi` positions
    up to nearly `2 pi max_wavelength`, in a geometric series.
    """
    frequencies = max_wavelength ** (-np.arange(channels) / channels)
    positions = ops.cast(ops.arange(length), "float32")
    angles = ops.multiply(
        ops.expand_dims(positions, 1),
        ops.convert_to_tensor(frequencies[None], dtype="float32"),
    )
    return join_parts(ops.cos(angles), ops.sin(angles))
