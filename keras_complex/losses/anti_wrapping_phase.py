"""Distance of phases that ignores their wrapping."""

import math
from typing import Any

import keras
from keras import ops

from keras_complex.losses.base import BaseLoss, check_weights
from keras_complex.losses.masking import (
    check_spectrogram,
    mean_per_example,
    split_mask,
)
from keras_complex.ops.arithmetic import magnitude, squared_magnitude
from keras_complex.ops.packing import split_parts
from keras_complex.types import Tensor

# Magnitude below which a bin has no phase: -120 dB of full scale. The gradient of
# a bin is at most its inverse, divided by the number of bins.
FLOOR = 1e-6


@keras.saving.register_keras_serializable(package="keras_complex")
class AntiWrappingPhaseLoss(BaseLoss):
    """Mean distance of phases, group delays and angular frequencies.

    With the anti-wrapping function `f(d) = |d - 2 pi round(d / (2 pi))|` and the
    phase error `d` of frame `m` and bin `k`,

        loss = phase_weight mean f(d_(m,k))
             + group_delay_weight mean f(d_(m,k+1) - d_(m,k))
             + frequency_weight mean f(d_(m+1,k) - d_(m,k))

    In radians, each mean in [0, pi], lower is better. Blind to magnitudes: add a
    loss that sees them, by `WeightedSum`. The two last terms do not see an error
    that is the same in all frames or all bins, such as a delay or a sign. The
    means are taken over the bins where reference and estimate both reach a
    magnitude of 1e-6; others have no phase, and no gradient.

    Shapes are those of `MagnitudeLoss`.

    Args:
        phase_weight: Weight of the instantaneous phase, 0 or more.
        group_delay_weight: Weight of the differences along bins, 0 or more.
        frequency_weight: Weight of the differences along frames, the
            instantaneous angular frequency, 0 or more.
        **kwargs: Arguments of `keras.losses.Loss`: `reduction`, `name`, `dtype`.

    Raises:
        ValueError: If a weight is negative, or if the shapes do not agree.

    Example:

    >>> spectrogram = keras.random.normal((1, 4, 129, 2))
    >>> round(float(AntiWrappingPhaseLoss()(spectrogram, -spectrogram)), 4)
    3.1416

    Reference:

    - [Ai & Ling, 2023, Neural speech phase prediction based on parallel estimation
      architecture and anti-wrapping losses](https://arxiv.org/abs/2211.15974)
    """

    domain = "spectrogram"
    argument_names = ("phase_weight", "group_delay_weight", "frequency_weight")

    def __init__(
        self,
        phase_weight: float = 1.0,
        group_delay_weight: float = 1.0,
        frequency_weight: float = 1.0,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        check_weights(
            phase_weight=phase_weight,
            group_delay_weight=group_delay_weight,
            frequency_weight=frequency_weight,
        )
        self.phase_weight = phase_weight
        self.group_delay_weight = group_delay_weight
        self.frequency_weight = frequency_weight

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        check_spectrogram(y_pred)
        target, estimate, mask = split_mask(y_true, y_pred)
        error, valid = _phase_error(target, estimate)
        if mask is not None:
            valid = valid * mask[..., 0]
        phase = mean_per_example(ops.abs(error) * valid, valid)
        group_delay = _mean_of_differences(error, valid, -1)
        frequency = _mean_of_differences(error, valid, -2)
        return (
            self.phase_weight * phase
            + self.group_delay_weight * group_delay
            + self.frequency_weight * frequency
        )


def _phase_error(target: Tensor, estimate: Tensor) -> tuple[Tensor, Tensor]:
    """Returns errors in [-pi, pi] `(..., frames, bins)`, and 1 where they exist."""
    y, x = magnitude(target, FLOOR**2), magnitude(estimate, FLOOR**2)
    y_real, y_imag = split_parts(target / y)
    x_real, x_imag = split_parts(estimate / x)
    real, imag = x_real * y_real + x_imag * y_imag, x_imag * y_real - x_real * y_imag
    valid = ops.logical_and(
        squared_magnitude(target) > FLOOR**2, squared_magnitude(estimate) > FLOOR**2
    )
    valid = ops.squeeze(valid, -1)
    real, imag = ops.squeeze(real, -1), ops.squeeze(imag, -1)
    # The selection keeps the gradient of 0 / 0 out of both branches.
    real = ops.where(valid, real, ops.ones_like(real))
    imag = ops.where(valid, imag, ops.zeros_like(imag))
    return ops.arctan2(imag, real), ops.cast(valid, real.dtype)


def _mean_of_differences(error: Tensor, valid: Tensor, axis: int) -> Tensor:
    """Mean of `f` of the differences of neighbours along bins or frames."""
    if axis == -1:
        difference = error[..., 1:] - error[..., :-1]
        valid = valid[..., 1:] * valid[..., :-1]
    else:
        difference = error[..., 1:, :] - error[..., :-1, :]
        valid = valid[..., 1:, :] * valid[..., :-1, :]
    turns = ops.stop_gradient(ops.round(difference / (2 * math.pi)))
    return mean_per_example(ops.abs(difference - 2 * math.pi * turns) * valid, valid)
