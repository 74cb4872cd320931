"""Scale-invariant signal-to-distortion ratio."""

import math
from typing import Any

import keras
from keras import ops

from keras_complex.losses.base import BaseLoss
from keras_complex.losses.masking import (
    mean_per_example,
    split_mask,
    sum_per_example,
)
from keras_complex.types import Tensor

# Energy, in squared units of the signal, below which a signal is silent: a
# second at 8 kHz of RMS 1e-8, far below one step of 16-bit audio, 3e-5.
SILENCE = 1e-12


@keras.saving.register_keras_serializable(package="keras_complex")
class NegativeSISDR(BaseLoss):
    """Negative scale-invariant signal-to-distortion ratio of waveforms.

    With the estimate `x` and the reference `y`,

        t = <x, y> / ||y||^2 y
        loss = -10 log10((||t||^2 + f) / (||x - t||^2 + f)),
        f = 10^(-limit_db / 10) ||x||^2

    In dB, lower is better. The floor `f` limits the loss to +-80 dB by default,
    and the gradient of a perfect estimate. A silent estimate or reference has no
    defined ratio: its loss is +80 dB, the worst, with gradient 0, so that it
    adds a constant to the loss of a mixture and leaves the choice of the
    permutation to the other speakers. Silent is an energy below 1e-12.

    Args:
        zero_mean: Whether to subtract the mean of the valid samples first, as
            the definition asks, so that an offset does not count as signal.
        limit_db: Ratio that the loss approaches, in dB, positive, at most 120.
            At 20 dB below the limit it costs 0.04 dB. With 30, examples that are
            separated already count little, as the threshold of Wisdom et al.
            (2020) has it.
        **kwargs: Arguments of `keras.losses.Loss`: `reduction`, `name`, `dtype`.

    Raises:
        ValueError: If `limit_db` is out of range, or if the shapes do not agree.

    Input shape:
        `y_pred`: `(batch, samples)`. `y_true`: the same, or with a mask
        `(batch, samples, 2)`, last axis `[signal, mask]`.

    Output shape:
        `(batch,)` before the reduction.

    Example:

    >>> import numpy as np
    >>> time = np.arange(8000) / 8000
    >>> tone, error = np.sin(880 * np.pi * time), np.cos(880 * np.pi * time)
    >>> round(float(NegativeSISDR()(tone[None], (tone + 0.1 * error)[None])), 2)
    -20.0

    Reference:

    - [Le Roux et al., 2019, SDR - half-baked or well done?](
      https://arxiv.org/abs/1811.02508), Equation 3
    """

    domain = "waveform"
    scale_invariant = True
    argument_names = ("zero_mean", "limit_db")

    def __init__(
        self, zero_mean: bool = True, limit_db: float = 80.0, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        check_limit(limit_db)
        self.zero_mean = zero_mean
        self.limit_db = limit_db

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        target, estimate, mask = split_mask(y_true, y_pred)
        if self.zero_mean:
            target = _subtract_mean(target, mask)
            estimate = _subtract_mean(estimate, mask)
        product = sum_per_example(target * estimate)
        energy = sum_per_example(ops.square(target))
        is_silent = energy < SILENCE
        gain = product / ops.where(is_silent, ops.ones_like(energy), energy)
        # The projection on silence is silence.
        gain = ops.where(is_silent, ops.zeros_like(gain), gain)
        target = target * _broadcast(gain, target)
        error = sum_per_example(ops.square(estimate - target)) + SILENCE
        floor = 10 ** (-self.limit_db / 10) * (
            sum_per_example(ops.square(estimate)) + SILENCE
        )
        signal = sum_per_example(ops.square(target)) + floor
        return (10 / math.log(10)) * (ops.log(error + floor) - ops.log(signal))


def check_limit(limit_db: float) -> None:
    """Raises ValueError unless float32 resolves the limit of a ratio."""
    if not 0 < limit_db <= 120:
        raise ValueError(
            f"`limit_db` must lie in (0, 120]. Received: limit_db={limit_db}."
        )


def _subtract_mean(x: Tensor, mask: Tensor | None) -> Tensor:
    mean = _broadcast(mean_per_example(x, mask), x)
    return x - mean if mask is None else x - mean * mask


def _broadcast(x: Tensor, like: Tensor) -> Tensor:
    """Gives `(batch,)` the rank of `like`."""
    return ops.reshape(x, (-1,) + (1,) * (len(like.shape) - 1))
