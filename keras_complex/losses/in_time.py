"""Losses of waveforms, applied to spectrograms."""

from typing import Any

import keras
from keras import ops

from keras_complex.losses.masking import join_mask, split_mask
from keras_complex.losses.nesting import get_loss
from keras_complex.losses.published_inverse import published_inverse
from keras_complex.losses.valid_frames import check_invertible, invert_valid_frames
from keras_complex.ops.stft import check_frames
from keras_complex.types import Tensor


@keras.saving.register_keras_serializable(package="keras_complex")
class InTime(keras.losses.Loss):
    """Applies a loss of waveforms to the inverse STFT of spectrograms.

        loss(istft(y_true), istft(y_pred))

    Padded frames are cleared before the inverse, and the samples that a
    spectrogram without the padding would not have are masked for `loss`.

    `PermutationInvariant(InTime(loss))` and `InTime(PermutationInvariant(loss))`
    are equal; the second inverts each spectrogram once only, and is faster.

    Args:
        loss: Loss of waveforms, such as `L2Loss()`, `CosineLoss()` or
            `NegativeSISDR()`. Its own reduction is not used.
        frame_length: Length of the transform, in samples, as in
            `keras_complex.ops.istft`.
        frame_step: Distance of two frames, in samples.
        inverse: `"true"` for the inverse STFT. For comparison with the published
            runs, `"published"` for the 257-point inverse without window of their
            code, as complex signals `(..., samples, 2)`, of which `L2Loss` then
            takes the mean over twice as many numbers; `"published_real"` for its
            real part, as their cosine has it.
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
    >>> loss, spectrogram = InTime(NegativeSISDR()), stft(np.eye(1, 8000))
    >>> round(float(loss(spectrogram, 0.1 * spectrogram)))
    -80

    Reference:

    - Retrieving Signals in the Frequency Domain with Deep Complex Extractors,
      submitted to ICLR 2020, `L2time` and `Costime`.
    """

    def __init__(
        self,
        loss: keras.losses.Loss,
        frame_length: int = 256,
        frame_step: int = 128,
        inverse: str = "true",
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if inverse not in ("true", "published", "published_real"):
            raise ValueError(
                '`inverse` must be "true", "published" or "published_real". '
                f"Received: inverse={inverse!r}."
            )
        check_frames(frame_length, frame_step)
        self.loss = get_loss(loss)
        self.frame_length = frame_length
        self.frame_step = frame_step
        self.inverse = inverse

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        check_invertible(y_pred, self.frame_length)
        target, estimate, mask = split_mask(y_true, y_pred)
        if mask is not None:
            mask = mask[..., 0, 0]
        if self.inverse == "true":
            (target, estimate), mask = invert_valid_frames(
                [target, estimate], mask, self.frame_length, self.frame_step
            )
        else:
            target, estimate, mask = self._invert_as_published(target, estimate, mask)
        return self.loss.call(join_mask(target, mask), estimate)

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "loss": keras.saving.serialize_keras_object(self.loss),
            "frame_length": self.frame_length,
            "frame_step": self.frame_step,
            "inverse": self.inverse,
        }

    def _invert_as_published(
        self, target: Tensor, estimate: Tensor, mask: Tensor | None
    ) -> tuple[Tensor, Tensor, Tensor | None]:
        target = published_inverse(target, self.frame_length, self.frame_step)
        estimate = published_inverse(estimate, self.frame_length, self.frame_step)
        if self.inverse == "published_real":
            target, estimate = target[..., 0], estimate[..., 0]
        if mask is None:
            return target, estimate, None
        # Frame `m` is the last one to end its step, with sample `m * frame_step`.
        mask = ops.concatenate(
            [mask[..., :1], ops.repeat(mask[..., 1:], self.frame_step, axis=-1)],
            axis=-1,
        )
        return target, estimate, mask
