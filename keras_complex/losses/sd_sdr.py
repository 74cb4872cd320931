"""Scale-dependent signal-to-distortion ratio."""

import math
from typing import Any

import keras
from keras import ops

from keras_complex.losses.base import BaseLoss
from keras_complex.losses.masking import split_mask, sum_per_example
from keras_complex.losses.si_sdr import SILENCE, check_limit
from keras_complex.types import Tensor


@keras.saving.register_keras_serializable(package="keras_complex")
class NegativeSDSDR(BaseLoss):
    """Negative scale-dependent signal-to-distortion ratio of waveforms.

    With the estimate `x` and the reference `y`,

        a = <x, y> / ||y||^2
        loss = -10 log10((||a y||^2 + f) / (||y - x||^2 + f)),
        f = 10^(-limit_db / 10) (||x||^2 + ||y||^2)

    In dB, lower is better. It is the signal-to-noise ratio plus the gain of the
    estimate, `20 log10 |a|`, so that an estimate that is too quiet costs more
    than its error alone. The floor `f` limits the loss to about
    +-`limit_db`. A silent reference, of an energy below 1e-12, has no ratio: its
    loss is `limit_db`, the worst, with gradient 0.

    Shapes are those of `NegativeSISDR`.

    Args:
        limit_db: Ratio that the loss approaches, in dB, positive, at most 120.
            80 leaves the ratios of all systems as they are.
        **kwargs: Arguments of `keras.losses.Loss`: `reduction`, `name`, `dtype`.

    Raises:
        ValueError: If `limit_db` is out of range, or if the shapes do not agree.

    Example:

    >>> waveform = keras.random.normal((1, 8000))
    >>> loss = NegativeSDSDR()
    >>> [round(float(loss(waveform, a * waveform)), 2) for a in (0.9, 0.1)]
    [-19.08, 19.08]

    Reference:

    - [Le Roux et al., 2019, SDR - half-baked or well done?](
      https://arxiv.org/abs/1811.02508), Section 4
    """

    domain = "waveform"
    argument_names = ("limit_db",)

    def __init__(self, limit_db: float = 80.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        check_limit(limit_db)
        self.limit_db = limit_db

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        target, estimate, _ = split_mask(y_true, y_pred)
        energy = sum_per_example(ops.square(target))
        floor = energy + sum_per_example(ops.square(estimate))
        is_silent = energy < SILENCE
        energy = ops.where(is_silent, ops.ones_like(energy), energy)
        floor = ops.where(is_silent, ops.ones_like(floor), floor)
        floor = 10 ** (-self.limit_db / 10) * floor
        product = sum_per_example(target * estimate)
        error = sum_per_example(ops.square(target - estimate))
        # Dividing before multiplying keeps loud signals from overflowing.
        signal = product * (product / energy) + floor
        loss = (10 / math.log(10)) * (ops.log(error + floor) - ops.log(signal))
        return ops.where(is_silent, ops.full_like(loss, self.limit_db), loss)
