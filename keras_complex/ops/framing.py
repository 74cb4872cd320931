"""Frames of waveforms, and their sum."""

import functools

from keras import ops

from keras_complex.types import Tensor


def frame(x: Tensor, frame_length: int, frame_step: int) -> Tensor:
    """Cuts waveforms into frames, which overlap where the step is shorter.

    Frame `m` starts at sample `m * frame_step`. Zeros are appended until the last
    frame is full, so that every sample is in a frame, if `frame_step` is at most
    `frame_length`.

    Args:
        x: Waveforms `(..., samples)`, with at least one sample.
        frame_length: In samples.
        frame_step: Distance of two frames, in samples.

    Returns:
        Frames `(..., frames, frame_length)`, with
        `frames = 1 + ceil(max(samples - frame_length, 0) / frame_step)`.

    Example:

    >>> np.asarray(frame(np.arange(4.0), frame_length=3, frame_step=2)).tolist()
    [[0.0, 1.0, 2.0], [2.0, 3.0, 0.0]]
    """
    x = ops.convert_to_tensor(x)
    leading, samples = ops.shape(x)[:-1], ops.shape(x)[-1]
    frames = count_frames(samples, frame_length, frame_step)
    y = cut_frames(ops.reshape(x, (-1, samples)), frames, frame_length, frame_step)
    return ops.reshape(y[..., :frame_length], (*leading, frames, frame_length))


def overlap_add(x: Tensor, frame_step: int) -> Tensor:
    """Adds frames at their places; the transpose of `frame`.

    Args:
        x: Frames `(..., frames, frame_length)`.
        frame_step: Distance of two frames, in samples.

    Returns:
        Waveforms `(..., (frames - 1) * frame_step + frame_length)`.

    Example:

    >>> np.asarray(overlap_add(np.ones((3, 4)), frame_step=2)).tolist()
    [1.0, 1.0, 2.0, 2.0, 2.0, 2.0, 1.0, 1.0]
    """
    x = ops.convert_to_tensor(x)
    leading, frames = ops.shape(x)[:-2], ops.shape(x)[-2]
    frame_length = x.shape[-1]
    blocks = -(-frame_length // frame_step)
    x = ops.reshape(x, (-1, frames, frame_length))
    x = ops.pad(x, ((0, 0), (0, 0), (0, blocks * frame_step - frame_length)))
    samples = (frames - 1) * frame_step + frame_length
    return ops.reshape(
        add_blocks(x, blocks, frame_step)[:, :samples], (*leading, samples)
    )


def count_frames(samples: int | Tensor, frame_length: int, frame_step: int) -> Tensor:
    """Returns the number of frames of `frame`."""
    rest = samples - frame_length
    # A size that is unknown until the graph runs is a tensor.
    rest = max(rest, 0) if isinstance(rest, int) else ops.maximum(rest, 0)
    return (rest + frame_step - 1) // frame_step + 1


def cut_frames(
    x: Tensor, frames: int | Tensor, frame_length: int, frame_step: int
) -> Tensor:
    """Cuts `frames` frames, longer than asked for: whole blocks of `frame_step`.

    Args:
        x: Waveforms `(batch, samples)`; zeros follow.
        frames: Number of frames.
        frame_length: In samples.
        frame_step: Distance of two frames, in samples.

    Returns:
        Frames `(batch, frames, blocks * frame_step)`, with `frame_length` rounded
        up to blocks.
    """
    x = cut_blocks(x, frames, frame_length, frame_step)
    return ops.concatenate(
        [
            x[:, block : block + frames]
            for block in range(-(-frame_length // frame_step))
        ],
        axis=-1,
    )


def cut_blocks(
    x: Tensor, frames: int | Tensor, frame_length: int, frame_step: int, before: int = 0
) -> Tensor:
    """Cuts the blocks of `frame_step` samples of which `frames` frames consist.

    Frame `m` is in the blocks from `m` to `m + blocks - 1`, where `blocks` is
    `frame_length / frame_step`, rounded up.

    Args:
        x: Waveforms `(batch, samples)`; zeros follow.
        frames: Number of frames.
        frame_length: In samples.
        frame_step: Distance of two frames, in samples.
        before: Zeros before the waveforms.

    Returns:
        Blocks `(batch, frames + blocks - 1, frame_step)`.
    """
    blocks = -(-frame_length // frame_step)
    length = (frames + blocks - 1) * frame_step
    samples = before + ops.shape(x)[1]
    if isinstance(samples, int) and isinstance(length, int):
        after = max(length - samples, 0)
    else:
        # As much as can be missing; steps that skip samples may end beyond the last
        # block.
        after = blocks * frame_step + max(frame_step - frame_length, 0)
    x = ops.pad(x, ((0, 0), (before, after)))
    return ops.reshape(x[:, :length], (-1, frames + blocks - 1, frame_step))


def add_blocks(x: Tensor, blocks: int, frame_step: int) -> Tensor:
    """Adds frames `(batch, frames, blocks * frame_step)` at their places."""
    frames = ops.shape(x)[1]
    parts = ops.split(x, blocks, axis=-1)
    padded = [
        ops.pad(part, ((0, 0), (block, blocks - 1 - block), (0, 0)))
        for block, part in enumerate(parts)
    ]
    total = functools.reduce(ops.add, padded)
    return ops.reshape(total, (-1, (frames + blocks - 1) * frame_step))
