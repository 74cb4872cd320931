"""Distance of spectrograms to those of waveforms."""

from typing import Any

import keras
from keras import ops

from keras_complex.losses.base import BaseLoss
from keras_complex.losses.masking import (
    check_invertible,
    masked_istft,
    mean_per_example,
    split_mask,
)
from keras_complex.ops.stft import check_frames, stft
from keras_complex.types import Tensor


@keras.saving.register_keras_serializable(package="keras_complex")
class ConsistencyLoss(BaseLoss):
    """Mean squared distance of an estimate to the nearest consistent one.

        loss(x) = 1 / N sum |x - STFT(ISTFT(x))|^2

    over the `N` valid real numbers, real and imaginary parts counted as two, as
    in `L2Loss`. In squared units of the signal, at least 0, lower is better. It
    is 0 if the estimate is the transform of a waveform, and asks frames that
    overlap to agree; of `y_true` it takes the mask alone. Add it to a loss of
    the signal, by `WeightedSum`.

    Args:
        frame_length: Length of the transform, in samples, as in
            `keras_complex.ops.istft`.
        frame_step: Distance of two frames, in samples.
        **kwargs: Arguments of `keras.losses.Loss`: `reduction`, `name`, `dtype`.

    Raises:
        ValueError: If an argument is out of range, or if the shapes do not agree.

    Input shape:
        `y_pred`: `(batch, frames, bins, 2)` with two frames or more and
        `bins = frame_length // 2 + 1`. `y_true`: the same, or with a mask of
        frames `(batch, frames, bins, 3)`.

    Output shape:
        `(batch,)` before the reduction.

    Example:

    >>> from keras_complex.ops import stft
    >>> spectrogram = stft(keras.random.normal((1, 1024)))
    >>> round(float(ConsistencyLoss()(spectrogram, spectrogram)), 4)
    0.0

    Reference:

    - [Wisdom et al., 2019, Differentiable consistency constraints for improved
      deep speech enhancement](https://arxiv.org/abs/1811.08521)
    """

    domain = "spectrogram"
    argument_names = ("frame_length", "frame_step")

    def __init__(
        self, frame_length: int = 256, frame_step: int = 128, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        check_frames(frame_length, frame_step)
        self.frame_length = frame_length
        self.frame_step = frame_step

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        check_invertible(y_pred, self.frame_length)
        _, estimate, mask = split_mask(y_true, y_pred)
        (waveform,), _ = masked_istft(
            [estimate],
            None if mask is None else mask[..., 0, 0],
            self.frame_length,
            self.frame_step,
        )
        consistent = stft(waveform, self.frame_length, self.frame_step)
        error = estimate - consistent
        if mask is not None:
            # The frame behind the last valid one sees the end of the waveform.
            error = error * mask
        return mean_per_example(ops.square(error), mask)
