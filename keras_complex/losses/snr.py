"""Signal-to-noise ratio with a soft threshold."""

import math
from typing import Any

import keras
from keras import ops

from keras_complex.losses.base import BaseLoss
from keras_complex.losses.masking import split_mask, sum_per_example
from keras_complex.losses.si_sdr import SILENCE, check_limit
from keras_complex.types import Tensor


@keras.saving.register_keras_serializable(package="keras_complex")
class NegativeSNR(BaseLoss):
    """Negative signal-to-noise ratio of waveforms, softly limited.

    With the estimate `x` and the reference `y`,

        loss = -10 log10(||y||^2 / (||y - x||^2 + t ||y||^2)),
        t = 10^(-limit_db / 10)

    In dB, lower is better. Unlike `NegativeSISDR` it sees the scale of the
    estimate, which so keeps the level of its source and sums to the mixture; a
    silent estimate has about 0 dB. A silent reference, of an energy below 1e-12,
    has no ratio: its loss is 0 dB, with gradient 0, so that it adds a constant to
    the loss of a mixture.

    Shapes are those of `NegativeSISDR`.

    Args:
        limit_db: Ratio that the loss approaches, in dB, positive, at most 120.
            Examples above it count little. 30 as published.
        **kwargs: Arguments of `keras.losses.Loss`: `reduction`, `name`, `dtype`.

    Raises:
        ValueError: If `limit_db` is out of range, or if the shapes do not agree.

    Example:

    >>> waveform = keras.random.normal((1, 8000))
    >>> round(float(NegativeSNR(limit_db=60.0)(waveform, 0.9 * waveform)), 2)
    -20.0

    Reference:

    - [Wisdom et al., 2020, Unsupervised sound separation using mixture invariant
      training](https://arxiv.org/abs/2006.12701), Equation 2
    """

    domain = "waveform"
    argument_names = ("limit_db",)

    def __init__(self, limit_db: float = 30.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        check_limit(limit_db)
        self.limit_db = limit_db

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        target, estimate, _ = split_mask(y_true, y_pred)
        energy = sum_per_example(ops.square(target))
        error = sum_per_example(ops.square(target - estimate))
        is_silent = energy < SILENCE
        energy = ops.where(is_silent, ops.ones_like(energy), energy)
        ratio = error / energy + 10 ** (-self.limit_db / 10)
        loss = (10 / math.log(10)) * ops.log(ratio)
        return ops.where(is_silent, ops.zeros_like(loss), loss)
