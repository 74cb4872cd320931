"""Ratios of several speakers, in the given or the best order."""

from collections.abc import Callable
from typing import TypeAlias

import keras
from keras import ops

from keras_complex.losses import PermutationInvariant
from keras_complex.losses.masking import (
    mean_per_example,
    split_mask,
    sum_per_example,
)
from keras_complex.losses.si_sdr import SILENCE
from keras_complex.types import Tensor

Ratio: TypeAlias = Callable[[Tensor, Tensor], Tensor]


def add_speaker_axis(y_true: Tensor, y_pred: Tensor) -> tuple[Tensor, Tensor]:
    """Gives waveforms of one speaker the axis of several.

    Args:
        y_true: References `(batch, samples)` or `(batch, speakers, samples)`,
            with or without mask.
        y_pred: Estimates `(batch, samples)` or `(batch, speakers, samples)`.

    Returns:
        Both with speakers, in float32.

    Raises:
        ValueError: If an estimate has another rank.
    """
    y_true = ops.convert_to_tensor(y_true, dtype="float32")
    y_pred = ops.convert_to_tensor(y_pred, dtype="float32")
    rank = len(y_pred.shape)
    if rank not in (2, 3):
        raise ValueError(
            "`y_pred` must hold waveforms, (batch, samples) or (batch, speakers, "
            f"samples). Received: shape={tuple(y_pred.shape)}."
        )
    if rank == 2:
        y_true, y_pred = ops.expand_dims(y_true, 1), ops.expand_dims(y_pred, 1)
    return y_true, y_pred


def ratio_of_speakers(ratio: Ratio, y_true: Tensor, y_pred: Tensor) -> Tensor:
    """Computes a ratio of each speaker.

    Args:
        ratio: Function of references `(batch, samples)`, with or without mask, and
            estimates, which gives one value per example.
        y_true: References `(batch, speakers, samples)`, with or without mask.
        y_pred: Estimates `(batch, speakers, samples)`.

    Returns:
        Ratios `(batch, speakers)`.
    """
    speakers = y_pred.shape[1]
    if y_true.shape[1] != speakers or speakers is None:
        raise ValueError(
            "`y_true` and `y_pred` must have the same, known number of speakers. "
            f"Received: shapes y_true={tuple(y_true.shape)}, "
            f"y_pred={tuple(y_pred.shape)}."
        )
    return ops.reshape(ratio(_merge(y_true), _merge(y_pred)), (-1, speakers))


def reorder(ratio: Ratio, y_true: Tensor, y_pred: Tensor) -> Tensor:
    """Brings estimates into the order of the best mean ratio.

    Arguments are those of `ratio_of_speakers`.

    Returns:
        `y_pred`, permuted along the speakers, for each example on its own.
    """
    if y_pred.shape[1] == 1:
        return y_pred
    return PermutationInvariant(_Negative(ratio)).reorder(y_true, y_pred)


def is_sounding(y_true: Tensor, y_pred: Tensor, zero_mean: bool = False) -> Tensor:
    """Whether the references `(batch, samples)` are not silent, `(batch,)`.

    Args:
        y_true: References, with or without mask.
        y_pred: Estimates, which only tell whether there is a mask.
        zero_mean: Whether a constant is silent too.
    """
    target, _, mask = split_mask(y_true, y_pred)
    if zero_mean:
        mean = ops.expand_dims(mean_per_example(target, mask), -1)
        target = target - (mean if mask is None else mean * mask)
    return sum_per_example(ops.square(target)) >= SILENCE


class _Negative(keras.losses.Loss):
    """Loss whose value is the negative of a ratio."""

    def __init__(self, ratio: Ratio) -> None:
        super().__init__()
        self.ratio = ratio

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        return ops.negative(self.ratio(y_true, y_pred))


def _merge(x: Tensor) -> Tensor:
    return ops.reshape(x, (-1, *ops.shape(x)[2:]))
