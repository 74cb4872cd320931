"""Losses of waveforms, applied to spectrograms."""

from typing import Any

import keras

from keras_complex.losses.masking import (
    check_invertible,
    join_mask,
    masked_istft,
    split_mask,
)
from keras_complex.losses.wrapped_loss import WrappedLoss
from keras_complex.ops.stft import check_frames
from keras_complex.types import Tensor


# New files have the name of the class, older ones the other.
@keras.saving.register_keras_serializable(package="keras_complex")
@keras.saving.register_keras_serializable(package="keras_complex", name="InTime")
class TimeDomainLoss(WrappedLoss):
    """Applies a loss of waveforms to the inverse STFT of spectrograms.

        loss(istft(y_true), istft(y_pred))

    Padded frames are cleared before the inverse, and the samples that a
    spectrogram without the padding would not have are masked for `loss`.

    `PermutationInvariant(TimeDomainLoss(loss))` and
    `TimeDomainLoss(PermutationInvariant(loss))` are equal; the second inverts each
    spectrogram once only, and is faster.

    Args:
        loss: Loss of waveforms, such as `L2Loss()`, `CosineLoss()` or
            `NegativeSISDR()`. Its own reduction is not used.
        frame_length: Length of the transform, in samples, as in
            `keras_complex.ops.istft`.
        frame_step: Distance of two frames, in samples.
        **kwargs: Arguments of `keras.losses.Loss`: `reduction`, `name`, `dtype`.

    Raises:
        ValueError: If an argument is out of range, or if the shapes do not agree.

    Input shape:
        `y_pred`: `(batch, ..., frames, bins, 2)` with two frames or more and
        `bins = frame_length // 2 + 1`. `y_true`: the same, or with a mask of
        frames `(batch, ..., frames, bins, 3)`.

    Output shape:
        `(batch,)` before the reduction.

    Example:

    >>> from keras_complex.losses import NegativeSISDR
    >>> from keras_complex.ops import stft
    >>> loss, spectrogram = TimeDomainLoss(NegativeSISDR()), stft(np.eye(1, 8000))
    >>> round(float(loss(spectrogram, 0.1 * spectrogram)))
    -80
    """

    domain = "spectrogram"
    argument_names = ("frame_length", "frame_step")

    def __init__(
        self,
        loss: keras.losses.Loss,
        frame_length: int = 256,
        frame_step: int = 128,
        **kwargs: Any,
    ) -> None:
        super().__init__(loss, **kwargs)
        check_frames(frame_length, frame_step)
        self.frame_length = frame_length
        self.frame_step = frame_step

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        check_invertible(y_pred, self.frame_length)
        target, estimate, mask = split_mask(y_true, y_pred)
        if mask is not None:
            mask = mask[..., 0, 0]
        (target, estimate), mask = masked_istft(
            [target, estimate], mask, self.frame_length, self.frame_step
        )
        return self.loss.call(join_mask(target, mask), estimate)

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "TimeDomainLoss":
        # Configs of `InTime`, as it was called, name the inverse.
        inverse = config.get("inverse", "true")
        if inverse != "true":
            raise ValueError(
                "A `TimeDomainLoss` takes the true inverse. Received: "
                f"inverse={inverse!r}. Take "
                "`zoo.models.published_losses.PublishedTimeDomainLoss`."
            )
        return cls(**{k: v for k, v in config.items() if k != "inverse"})
