"""Masks of valid frames and samples, carried as a last channel of `y_true`.

A spectrogram `(..., frames, bins, 2)` with mask is `(..., frames, bins, 3)`, last
axis `[real, imag, mask]`; a waveform `(..., samples)` with mask has one more
axis, `(..., samples, 2)`, last axis `[signal, mask]`. The mask is 1 where the
signal is valid and 0 in the padding.
"""

import keras
import numpy as np
from keras import ops

from keras_complex.ops.stft import istft
from keras_complex.ops.windows import make_window
from keras_complex.types import Tensor


def split_mask(y_true: Tensor, y_pred: Tensor) -> tuple[Tensor, Tensor, Tensor | None]:
    """Splits the mask from `y_true` and clears the padding.

    Values in the padding are replaced, not multiplied, so that even NaN there
    reaches neither the loss nor its gradient. Half precision is left for
    float32.

    Args:
        y_true: References, with or without mask.
        y_pred: Estimates, without mask.

    Returns:
        References and estimates of one shape, 0 in the padding, and the mask as
        float 0 or 1 of the same shape, or None if there is none.

    Raises:
        ValueError: If the shapes fit neither with nor without mask.
    """
    y_true, y_pred = widen(y_true), widen(y_pred)
    _check_shapes(tuple(y_true.shape), tuple(y_pred.shape))
    target, mask = split_reference(y_true, y_pred)
    if mask is None:
        return target, y_pred, None
    return target, ops.where(mask > 0.5, y_pred, ops.zeros_like(target)), mask


def split_reference(y_true: Tensor, y_pred: Tensor) -> tuple[Tensor, Tensor | None]:
    """Splits the mask from `y_true` alone, and clears the padding there.

    For losses whose references and estimates differ in number.

    Args:
        y_true: References, with or without mask.
        y_pred: Estimates, without mask; their rank and last axis tell whether
            `y_true` carries one.

    Returns:
        References, 0 in the padding, and the mask as float 0 or 1 of the same
        shape, or None if there is none.
    """
    y_true = widen(y_true)
    if len(y_true.shape) > len(y_pred.shape):
        target, mask = y_true[..., 0], y_true[..., 1]
    elif y_true.shape[-1] == 3 and y_pred.shape[-1] == 2:
        target, mask = y_true[..., :2], y_true[..., 2:]
    else:
        return y_true, None
    mask = ops.logical_and(mask > 0.5, ops.ones_like(target, dtype="bool"))
    target = ops.where(mask, target, ops.zeros_like(target))
    return target, ops.cast(mask, target.dtype)


def join_reference(target: Tensor, mask: Tensor | None, y_true: Tensor) -> Tensor:
    """Inverts `split_reference`, in the form that `y_true` has."""
    if mask is None:
        return target
    if len(y_true.shape) > len(target.shape):
        return ops.stack([target, mask], axis=-1)
    return ops.concatenate([target, mask[..., :1]], axis=-1)


def join_mask(y_true: Tensor, mask: Tensor | None) -> Tensor:
    """Inverts `split_mask`: appends the mask as last channel of waveforms.

    Args:
        y_true: Waveforms `(..., samples)`, or complex ones `(..., samples, 2)`.
        mask: Mask `(..., samples)`, or None.

    Returns:
        `y_true` itself without a mask, else `(..., samples, 2)`, or
        `(..., samples, 3)` for complex waveforms.
    """
    if mask is None:
        return y_true
    mask = ops.expand_dims(mask, -1)
    if len(y_true.shape) < len(mask.shape):
        y_true = ops.expand_dims(y_true, -1)
    return ops.concatenate([y_true, mask], axis=-1)


def masked_istft(
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


def sum_per_example(x: Tensor) -> Tensor:
    """Sums over all axes but the first: `(batch, ...)` to `(batch,)`."""
    return ops.sum(x, axis=tuple(range(1, len(x.shape))))


def mean_per_example(x: Tensor, mask: Tensor | None) -> Tensor:
    """Averages the valid values of `x`, which is 0 elsewhere, per example.

    Args:
        x: Values `(batch, ...)`.
        mask: Mask of the shape of `x`, or None if all values are valid.

    Returns:
        Means `(batch,)`; 0 where nothing is valid.
    """
    mask = ops.ones_like(x) if mask is None else mask
    return sum_per_example(x) / ops.maximum(sum_per_example(mask), 1.0)


def widen(x: Tensor) -> Tensor:
    """Returns a tensor in float32, or in float64 if it is."""
    x = ops.convert_to_tensor(x)
    is_wide = keras.backend.standardize_dtype(x.dtype) in ("float32", "float64")
    return x if is_wide else ops.cast(x, "float32")


def check_spectrogram(y_pred: Tensor) -> None:
    """Raises ValueError unless estimates are spectrograms."""
    shape = tuple(y_pred.shape)
    if len(shape) < 4 or shape[-1] != 2:
        raise ValueError(
            "`y_pred` must have the shape (batch, frames, bins, 2). "
            f"Received: shape={shape}. For waveforms take `stft` first."
        )


def check_invertible(y_pred: Tensor, frame_length: int) -> None:
    """Raises ValueError unless `istft` can invert the estimates."""
    bins, shape = frame_length // 2 + 1, tuple(y_pred.shape)
    if len(shape) < 4 or shape[-3] == 1 or shape[-2] not in (bins, None):
        raise ValueError(
            f"`y_pred` must have two frames or more and {bins} bins for "
            f"frame_length={frame_length}. Received: shape={shape}."
        )


def _check_shapes(true: tuple[int | None, ...], pred: tuple[int | None, ...]) -> None:
    """Raises ValueError unless the shapes agree, up to a mask."""
    bare = true
    if len(true) == len(pred) + 1 and true[-1] == 2:
        bare = true[:-1]
    elif len(true) == len(pred) and (true[-1], pred[-1]) == (3, 2):
        bare = (*true[:-1], 2)
    agree = len(bare) == len(pred) and all(
        a == b or a is None or b is None for a, b in zip(bare, pred, strict=True)
    )
    if not agree or len(pred) < 2:
        raise ValueError(
            "`y_true` must have the shape of `y_pred`, or carry a mask of valid "
            "values: [real, imag, mask] on the last axis of spectrograms, "
            "[signal, mask] on one more axis of waveforms. Received: shapes "
            f"y_true={true}, y_pred={pred}."
        )
