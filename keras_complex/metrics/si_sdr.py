"""Scale-invariant signal-to-distortion ratio."""

from typing import Any

import keras
from keras import ops

from keras_complex.losses import NegativeSISDR
from keras_complex.metrics.mean_over_examples import MeanOverExamples
from keras_complex.metrics.speakers import (
    add_speaker_axis,
    is_sounding,
    ratio_of_speakers,
    reorder,
)
from keras_complex.types import Tensor


@keras.saving.register_keras_serializable(package="keras_complex")
class SISDR(MeanOverExamples):
    """Scale-invariant signal-to-distortion ratio of waveforms.

    With the estimate `x`, the reference `y` and `t = <x, y> / ||y||^2 y`,

        SI-SDR = 10 log10(||t||^2 / ||x - t||^2)

    limited to +-80 dB as in `keras_complex.losses.NegativeSISDR`. In dB, higher is
    better: `mode="max"` in callbacks. The value of an example is the mean over its
    speakers, the result the mean over examples.

    A silent reference (energy below 1e-12) has no ratio: it is left out, and
    counted in the variable `skipped`. Without any other the result is NaN. A silent
    estimate has the worst value, -80 dB.

    Args:
        zero_mean: Whether to subtract the mean of the valid samples first, as the
            definition asks.
        permutation_invariant: Whether the estimates of several speakers may come
            in any order. The one of the best mean ratio is then scored, for each
            example on its own.
        name: Name of the result.
        dtype: As in `keras.metrics.Metric`; the computation is in float32.

    Raises:
        ValueError: If the shapes do not agree.

    Input shape:
        `y_pred`: `(batch, samples)` or `(batch, speakers, samples)`. `y_true`: the
        same, or with a mask on one more axis `[signal, mask]`. `sample_weight`:
        `(batch,)`.

    Example:

    >>> time = np.arange(8000) / 8000
    >>> tone, error = np.sin(880 * np.pi * time), np.cos(880 * np.pi * time)
    >>> metric = SISDR()
    >>> metric.update_state(tone[None], (tone + 0.1 * error)[None])
    >>> round(float(metric.result()), 2)
    20.0

    Reference:

    - [Le Roux et al., 2019, SDR - half-baked or well done?](
      https://arxiv.org/abs/1811.02508), Equation 3
    """

    argument_names = ("zero_mean", "permutation_invariant")

    def __init__(
        self,
        zero_mean: bool = True,
        permutation_invariant: bool = True,
        name: str = "si_sdr",
        dtype: Any = None,
    ) -> None:
        super().__init__(name=name, dtype=dtype)
        self.zero_mean = zero_mean
        self.permutation_invariant = permutation_invariant

    def _values(self, y_true: Tensor, y_pred: Tensor) -> tuple[Tensor, Tensor]:
        y_true, y_pred = add_speaker_axis(y_true, y_pred)
        return si_sdr_of_speakers(
            y_true, y_pred, self.zero_mean, self.permutation_invariant
        )


def si_sdr_of_speakers(
    y_true: Tensor, y_pred: Tensor, zero_mean: bool, permutation_invariant: bool
) -> tuple[Tensor, Tensor]:
    """Computes ratios of speakers, and which of them are defined.

    Args:
        y_true: References `(batch, speakers, samples)`, with or without mask.
        y_pred: Estimates `(batch, speakers, samples)`.
        zero_mean: As in `SISDR`.
        permutation_invariant: As in `SISDR`.

    Returns:
        Ratios in dB and whether they are defined, each `(batch, speakers)`.
    """
    loss = NegativeSISDR(zero_mean)

    def si_sdr_db(target: Tensor, estimate: Tensor) -> Tensor:
        return ops.negative(loss.call(target, estimate))

    def is_defined(target: Tensor, estimate: Tensor) -> Tensor:
        return is_sounding(target, estimate, zero_mean)

    if permutation_invariant:
        y_pred = reorder(si_sdr_db, y_true, y_pred)
    return (
        ratio_of_speakers(si_sdr_db, y_true, y_pred),
        ratio_of_speakers(is_defined, y_true, y_pred),
    )
