"""Positions in a sequence, as phases."""

import numpy as np
from keras import ops

from keras_complex.ops.arithmetic import multiply
from keras_complex.ops.packing import join_parts
from keras_complex.types import Tensor


def position_phases(
    length: int | Tensor, channels: int, max_wavelength: float = 10_000.0
) -> Tensor:
    """Returns a wave over the positions for each channel: `e^(i m theta_c)`.

    With `theta_c = max_wavelength^(-c / channels)`: wavelengths from `2 pi` positions
    up to nearly `2 pi max_wavelength`, in a geometric series.

    Args:
        length: Number of positions `m`, from 0.
        channels: Number of complex channels `c`.
        max_wavelength: Positive number.

    Returns:
        Packed tensor `(length, 2 * channels)` in float32.

    Example:

    >>> waves = position_phases(length=2, channels=1)
    >>> keras.ops.convert_to_numpy(waves).round(2).tolist()  # 1 and e^i.
    [[1.0, 0.0], [0.5..., 0.8...]]

    Reference:

    - [Vaswani et al., 2017, Attention Is All You Need](
      https://arxiv.org/abs/1706.03762), Section 3.5
    """
    frequencies = max_wavelength ** (-np.arange(channels) / channels)
    positions = ops.cast(ops.arange(length), "float32")
    angles = ops.multiply(
        ops.expand_dims(positions, 1),
        ops.convert_to_tensor(frequencies[None], dtype="float32"),
    )
    return join_parts(ops.cos(angles), ops.sin(angles))


def rotate_by_position(x: Tensor, max_wavelength: float = 10_000.0) -> Tensor:
    """Turns the phase of each step by its position: `y_m = x_m e^(i m theta_c)`.

    The inner product of two such sequences, and so a score of attention, depends on
    the positions by their difference only:

        <y_m, y_n> = sum_c x_mc conj(x_nc) e^(i (m - n) theta_c)

    Args:
        x: Packed tensor `(..., length, 2 * channels)`, such as queries or keys of
            heads.
        max_wavelength: See `position_phases`.

    Returns:
        Packed tensor of the shape of `x`, at least of float32.

    Reference:

    - [Su et al., 2021, RoFormer: Enhanced Transformer with Rotary Position
      Embedding](https://arxiv.org/abs/2104.09864), Section 3.2
    """
    waves = position_phases(ops.shape(x)[-2], x.shape[-1] // 2, max_wavelength)
    return multiply(x, waves)
