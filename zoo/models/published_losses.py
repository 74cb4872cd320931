"""Losses in time as the public code of the deep complex extractor has them."""

import functools
import math
from typing import Any

import keras
import numpy as np
from keras import ops

from keras_complex.losses.masking import check_invertible, join_mask, split_mask
from keras_complex.losses.wrapped_loss import WrappedLoss
from keras_complex.ops import check_frames, overlap_add
from keras_complex.types import Tensor


@keras.saving.register_keras_serializable(package="zoo")
class PublishedTimeDomainLoss(WrappedLoss):
    """Applies a loss of waveforms to what the public code takes for the inverse STFT.

        loss(published_inverse(y_true), published_inverse(y_pred))

    It serves comparison with the published runs; `keras_complex.losses.TimeDomainLoss`
    takes the inverse STFT. Shapes are the same.

    Args:
        loss: Loss of waveforms, such as `L2Loss()` or `CosineLoss()`. Its own reduction
            is not used.
        real_part: Whether to compare the real parts alone, as the published cosine
            does. Otherwise signals are complex, `(..., samples, 2)`, and `L2Loss` takes
            the mean over twice as many numbers.
        frame_length: Length of the transform, in samples.
        frame_step: Distance of two frames, in samples.
        **kwargs: Arguments of `keras.losses.Loss`: `reduction`, `name`, `dtype`.

    Raises:
        ValueError: If an argument is out of range, or if the shapes do not agree.

    Example:

    >>> from keras_complex.losses import CosineLoss
    >>> loss = PublishedTimeDomainLoss(CosineLoss(), real_part=True)
    >>> spectrogram = keras.random.normal((1, 4, 129, 2))
    >>> round(float(loss(spectrogram, 0.1 * spectrogram)), 4)
    -1.0

    Reference:

    - Retrieving Signals in the Frequency Domain with Deep Complex Extractors,
      submitted to ICLR 2020, `L2time` and `Costime`.
    """

    domain = "spectrogram"
    argument_names = ("real_part", "frame_length", "frame_step")

    def __init__(
        self,
        loss: keras.losses.Loss,
        real_part: bool = False,
        frame_length: int = 256,
        frame_step: int = 128,
        **kwargs: Any,
    ) -> None:
        super().__init__(loss, **kwargs)
        check_frames(frame_length, frame_step)
        self.real_part = real_part
        self.frame_length = frame_length
        self.frame_step = frame_step

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        check_invertible(y_pred, self.frame_length)
        target, estimate, mask = split_mask(y_true, y_pred)
        target, estimate = (
            published_inverse(x, self.frame_length, self.frame_step)
            for x in (target, estimate)
        )
        if self.real_part:
            target, estimate = target[..., 0], estimate[..., 0]
        if mask is not None:
            # Frame `m` is the last one to end its step, with sample `m * frame_step`.
            mask = mask[..., 0, 0]
            steps = ops.repeat(mask[..., 1:], self.frame_step, axis=-1)
            mask = ops.concatenate([mask[..., :1], steps], axis=-1)
        return self.loss.call(join_mask(target, mask), estimate)


def published_inverse(
    x: Tensor, frame_length: int = 256, frame_step: int = 128
) -> Tensor:
    """Inverts a spectrogram as the public code of the paper does.

    The `bins` of a frame are extended to `M = 2 bins - 1` by

        X_(M - k) = conj(X_k),  k = 1 ... bins - 1

    and meet the unitary inverse DFT of `M` points, without a window. Frames are
    added at steps of `frame_step` samples, `M // 2` samples at each end are
    dropped, and no window sum is divided out. So this is no inverse: the signal
    is louder, `256 / sqrt(257)` times for 129 bins, each bin sits at
    `256 / 257` of its frequency, and the imaginary part of bin 0, which has no
    mirror image, appears as imaginary part of the signal.

    Args:
        x: Spectrograms `(..., frames, bins, 2)`, last axis `[real, imag]`.
        frame_length: Length of the transform, so that `bins` is
            `frame_length // 2 + 1`, and `M` is `frame_length + 1`.
        frame_step: Distance of two frames, in samples.

    Returns:
        Complex signals `(..., (frames - 1) * frame_step + 1, 2)`, last axis
        `[real, imag]`.

    Reference:

    - Retrieving Signals in the Frequency Domain with Deep Complex Extractors,
      submitted to ICLR 2020, the public code.
    """
    leading, frames = ops.shape(x)[:-3], ops.shape(x)[-3]
    bins, points = frame_length // 2 + 1, frame_length + 1
    matrix = ops.convert_to_tensor(_matrix(bins), dtype=x.dtype)
    real = ops.matmul(ops.reshape(x, (*leading, frames, 2 * bins)), matrix)
    imag = ops.broadcast_to(x[..., :1, 1] / math.sqrt(points), ops.shape(real))
    crop = slice(points // 2, points // 2 + (frames - 1) * frame_step + 1)
    parts = (overlap_add(part, frame_step)[..., crop] for part in (real, imag))
    return ops.stack(list(parts), axis=-1)


@functools.lru_cache(maxsize=4)
def _matrix(bins: int) -> np.ndarray:
    """Real part of the inverse DFT, `(2 * bins, 2 * bins - 1)`.

    Rows alternate between real and imaginary parts, as a frame does.
    """
    points = 2 * bins - 1
    angle = 2 * np.pi / points * (np.outer(np.arange(bins), np.arange(points)) % points)
    weight = np.full((bins, 1), 2 / math.sqrt(points))
    weight[0] /= 2
    rows = np.stack([weight * np.cos(angle), -weight * np.sin(angle)], axis=1)
    return rows.reshape(2 * bins, points)
