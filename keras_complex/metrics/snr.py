"""Signal-to-noise ratio."""

import math
from typing import Any

import keras
from keras import ops

from keras_complex.losses.masking import split_mask, sum_per_example
from keras_complex.losses.si_sdr import SILENCE
from keras_complex.metrics.mean_over_examples import MeanOverExamples
from keras_complex.metrics.speakers import (
    add_speaker_axis,
    is_sounding,
    ratio_of_speakers,
    reorder,
)
from keras_complex.types import Tensor

# Relative energy that limits the ratio to 80 dB.
FLOOR = 1e-8


@keras.saving.register_keras_serializable(package="keras_complex")
class SNR(MeanOverExamples):
    """Signal-to-noise ratio of waveforms, which does not forgive a wrong level.

        SNR = 10 log10((||y||^2 + f ||e||^2) / (||e||^2 + f ||y||^2)),  e = x - y

    with the estimate `x`, the reference `y` and `f = 1e-8`, which limits the ratio
    to +-80 dB. In dB, higher is better: `mode="max"` in callbacks. The value of an
    example is the mean over its speakers, the result the mean over examples.

    A silent reference (energy below 1e-12) has no ratio: it is left out, and
    counted in the variable `skipped`. Without any other the result is NaN.

    Arguments, errors and shapes are those of `SISDR`, without `zero_mean`.

    Example:

    >>> metric = SNR()
    >>> metric.update_state(np.ones((1, 8000)), 1.1 * np.ones((1, 8000)))
    >>> round(float(metric.result()), 2)
    20.0
    """

    argument_names = ("permutation_invariant",)

    def __init__(
        self,
        permutation_invariant: bool = True,
        name: str = "snr",
        dtype: Any = None,
    ) -> None:
        super().__init__(name=name, dtype=dtype)
        self.permutation_invariant = permutation_invariant

    def _values(self, y_true: Tensor, y_pred: Tensor) -> tuple[Tensor, Tensor]:
        y_true, y_pred = add_speaker_axis(y_true, y_pred)
        if self.permutation_invariant:
            y_pred = reorder(_snr_db, y_true, y_pred)
        return (
            ratio_of_speakers(_snr_db, y_true, y_pred),
            ratio_of_speakers(is_sounding, y_true, y_pred),
        )


def _snr_db(y_true: Tensor, y_pred: Tensor) -> Tensor:
    target, estimate, _ = split_mask(y_true, y_pred)
    # Silence is added to both, so that a silent pair has 0 dB.
    signal = sum_per_example(ops.square(target)) + SILENCE
    noise = sum_per_example(ops.square(estimate - target)) + SILENCE
    return (10 / math.log(10)) * (
        ops.log(signal + FLOOR * noise) - ops.log(noise + FLOOR * signal)
    )
