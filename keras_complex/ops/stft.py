"""Short-time Fourier transform and its inverse, as matrix products."""

import functools
import math

import numpy as np
from keras import ops

from keras_complex.types import Tensor


def stft(
    x: Tensor,
    frame_length: int = 256,
    frame_step: int = 128,
    padding: str = "constant",
) -> Tensor:
    """Computes the short-time Fourier transform with a periodic Hann window.

    Frame `m` is centred on sample `m * frame_step`; samples beyond the ends
    are padding. The transform is a product with a fixed matrix, which runs in
    every backend and converts to TFLite with built-in operations only.

    Args:
        x: Waveforms `(..., samples)`, real, with at least one sample.
        frame_length: Length of the window and of the transform, in samples.
        frame_step: Distance of two frames, in samples, at most half of
            `frame_length`, so that `istft` inverts the transform.
        padding: `"constant"` for zeros, or `"reflect"`, which needs more than
            `frame_length // 2` samples.

    Returns:
        Spectrograms `(..., frames, bins, 2)`, last axis `[real, imag]`, with
        `frames = 1 + ceil(samples / frame_step)` and `bins = frame_length // 2 + 1`.

    Raises:
        ValueError: If an argument is out of range.

    Example:

    >>> tuple(stft(np.zeros((1, 8000), "float32")).shape)
    (1, 64, 129, 2)
    """
    check_frames(frame_length, frame_step)
    if padding not in ("constant", "reflect"):
        raise ValueError(
            f'`padding` must be "constant" or "reflect". Received: padding={padding!r}.'
        )
    x = ops.convert_to_tensor(x)
    half = frame_length // 2
    blocks = -(-frame_length // frame_step)
    leading, samples = ops.shape(x)[:-1], ops.shape(x)[-1]
    frames = (samples + frame_step - 1) // frame_step + 1
    x = ops.reshape(x, (-1, samples))
    if padding == "reflect":
        x = ops.pad(x, ((0, 0), (half, half)), mode="reflect")
        x = ops.pad(x, ((0, 0), (0, blocks * frame_step)))
    else:
        x = ops.pad(x, ((0, 0), (half, half + blocks * frame_step)))
    # A frame is `blocks` consecutive blocks of `frame_step` samples.
    x = ops.reshape(
        x[:, : (frames + blocks - 1) * frame_step],
        (-1, frames + blocks - 1, frame_step),
    )
    x = ops.concatenate(
        [x[:, block : block + frames] for block in range(blocks)], axis=-1
    )
    matrix = _analysis_matrix(frame_length, blocks * frame_step)
    y = ops.matmul(x, ops.convert_to_tensor(matrix, dtype=x.dtype))
    bins = frame_length // 2 + 1
    y = ops.reshape(y, (-1, frames, 2, bins))
    y = ops.transpose(y, (0, 1, 3, 2))
    return ops.reshape(y, (*leading, frames, bins, 2))


def istft(
    x: Tensor,
    length: int | Tensor | None = None,
    frame_length: int = 256,
    frame_step: int = 128,
) -> Tensor:
    """Inverts `stft` by windowed overlap-add with window-sum division.

    For a spectrogram that is no transform of a signal, the result is the signal
    whose transform is nearest (Griffin & Lim, 1984, Equation 6).

    Args:
        x: Spectrograms `(..., frames, bins, 2)`, last axis `[real, imag]`.
        length: Samples to return, at most
            `(frames - 1) * frame_step`, which is the default: the length of the
            original, rounded up to a multiple of `frame_step`.
        frame_length: As in `stft`.
        frame_step: As in `stft`.

    Returns:
        Waveforms `(..., length)`.

    Raises:
        ValueError: If an argument is out of range.

    Reference:

    - [Griffin & Lim, 1984, Signal estimation from modified short-time Fourier
      transform](https://doi.org/10.1109/TASSP.1984.1164317)
    """
    check_frames(frame_length, frame_step)
    bins = frame_length // 2 + 1
    if x.shape[-2] not in (None, bins) or x.shape[-1] != 2:
        raise ValueError(
            "A spectrogram must have the shape (..., frames, "
            f"{bins}, 2) for frame_length={frame_length}. Received: "
            f"shape={tuple(x.shape)}."
        )
    leading, frames = ops.shape(x)[:-3], ops.shape(x)[-3]
    if length is None:
        length = (frames - 1) * frame_step
    blocks = -(-frame_length // frame_step)
    x = ops.reshape(
        ops.transpose(ops.reshape(x, (-1, frames, bins, 2)), (0, 1, 3, 2)),
        (-1, frames, 2 * bins),
    )
    matrix = _synthesis_matrix(frame_length, blocks * frame_step)
    x = ops.matmul(x, ops.convert_to_tensor(matrix, dtype=x.dtype))
    window = np.zeros((1, 1, blocks * frame_step))
    window[..., :frame_length] = hann(frame_length) ** 2
    window_sum = ops.tile(ops.convert_to_tensor(window, dtype=x.dtype), (1, frames, 1))
    half = frame_length // 2
    signal = _overlap_add(x, blocks, frame_step)[:, half:]
    weight = _overlap_add(window_sum, blocks, frame_step)[:, half:]
    signal = signal[:, :length] / ops.maximum(weight[:, :length], 1e-8)
    return ops.reshape(signal, (*leading, length))


def hann(frame_length: int) -> np.ndarray:
    """Returns the periodic Hann window, float64 `(frame_length,)`."""
    phase = 2 * np.pi * np.arange(frame_length) / frame_length
    return 0.5 - 0.5 * np.cos(phase)


def check_frames(frame_length: int, frame_step: int) -> None:
    """Raises ValueError unless a Hann window inverts at this step."""
    if frame_length < 2 or frame_length % 2:
        raise ValueError(
            "`frame_length` must be an even number of samples. "
            f"Received: frame_length={frame_length}."
        )
    if not 1 <= frame_step <= frame_length // 2:
        raise ValueError(
            "`frame_step` must lie between 1 and half of `frame_length`, "
            f"{frame_length // 2}. Received: frame_step={frame_step}."
        )


def _overlap_add(x: Tensor, blocks: int, frame_step: int) -> Tensor:
    """Adds frames `(batch, frames, blocks * frame_step)` at their places."""
    frames = ops.shape(x)[1]
    parts = ops.split(x, blocks, axis=-1)
    padded = [
        ops.pad(part, ((0, 0), (block, blocks - 1 - block), (0, 0)))
        for block, part in enumerate(parts)
    ]
    total = functools.reduce(ops.add, padded)
    return ops.reshape(total, (-1, (frames + blocks - 1) * frame_step))


@functools.lru_cache(maxsize=16)
def _analysis_matrix(frame_length: int, padded_length: int) -> np.ndarray:
    """Window and DFT, `(padded_length, 2 * bins)`, columns [real, imag]."""
    time = np.arange(frame_length)
    # The product is reduced modulo the length before the cosine: exact angles.
    turns = np.outer(time, np.arange(frame_length // 2 + 1)) % frame_length
    angle = turns * (-2 * math.pi / frame_length)
    matrix = np.concatenate([np.cos(angle), np.sin(angle)], axis=1)
    matrix *= hann(frame_length)[:, None]
    return np.pad(matrix, ((0, padded_length - frame_length), (0, 0)))


@functools.lru_cache(maxsize=16)
def _synthesis_matrix(frame_length: int, padded_length: int) -> np.ndarray:
    """Inverse DFT and window, `(2 * bins, padded_length)`."""
    bins = frame_length // 2 + 1
    time = np.arange(frame_length)
    turns = np.outer(np.arange(bins), time) % frame_length
    angle = turns * (2 * math.pi / frame_length)
    # Inner bins stand for their mirror images as well.
    weight = np.full((bins, 1), 2.0 / frame_length)
    weight[0] = weight[-1] = 1.0 / frame_length
    matrix = np.concatenate([weight * np.cos(angle), -weight * np.sin(angle)])
    matrix *= hann(frame_length)
    return np.pad(matrix, ((0, 0), (0, padded_length - frame_length)))
