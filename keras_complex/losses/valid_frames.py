"""Inverse transforms of spectrograms with padded frames."""

import numpy as np
from keras import ops

from keras_complex.ops.stft import istft
from keras_complex.ops.windows import make_window
from keras_complex.types import Tensor


def check_invertible(y_pred: Tensor, frame_length: int) -> None:
    """Raises ValueError unless `istft` can invert the estimates."""
    bins, shape = frame_length // 2 + 1, tuple(y_pred.shape)
    if len(shape) < 4 or shape[-3] == 1 or shape[-2] not in (bins, None):
        raise ValueError(
            f"`y_pred` must have two frames or more and {bins} bins for "
            f"frame_length={frame_length}. Received: shape={shape}."
        )


def invert_valid_frames(
    spectrograms: list[Tensor],
    frame_mask: Tensor | None,
    frame_length: int,
    frame_step: int,
) -> tuple[list[Tensor], Tensor | None]:
    """Inverts spectrograms as if the padded frames behind their end did not exist.

    Args:
        spectrograms: Spectrograms `(..., frames, bins, 2)`, 0 in padded frames.
        frame_mask: 1 for valid frames, `(..., frames)`, or None if all are.
        frame_length: Length of the transform, in samples.
        frame_step: Distance of two frames, in samples.

    Returns:
        Waveforms `(..., samples)`, 0 in the padding, and the mask of samples of
        that shape, or None.
    """

    def invert(x: Tensor) -> Tensor:
        return istft(x, frame_length=frame_length, frame_step=frame_step)

    waveforms = [invert(x) for x in spectrograms]
    if frame_mask is None:
        return waveforms, None
    # `istft` divided by the window sum of all frames; `coverage` is the share of
    # the valid ones in it.
    spectrum = np.fft.rfft(make_window("hann", frame_length))
    ones = np.stack([spectrum.real, spectrum.imag], axis=-1)
    mask_of_bins = ops.expand_dims(ops.expand_dims(frame_mask, -1), -1)
    coverage = invert(
        mask_of_bins * ops.convert_to_tensor(ones, dtype=frame_mask.dtype)
    )
    # A sample is valid where both its neighbouring frames are.
    neighbours = frame_mask[..., :-1] * frame_mask[..., 1:]
    mask = ops.repeat(neighbours, frame_step, axis=-1)
    gain = mask / ops.maximum(coverage, 1e-3)
    return [x * gain for x in waveforms], mask
