"""Short-time Fourier transform and its inverse, as products with matrices."""

import functools

import numpy as np
from keras import ops

from keras_complex.checks import check_choice, check_positive
from keras_complex.ops.fourier import roots_of_unity
from keras_complex.ops.framing import (
    add_blocks,
    count_frames,
    cut_blocks,
    cut_frames,
)
from keras_complex.ops.windows import (
    Window,
    check_invertible,
    freeze_window,
    least_window_sum,
    make_window,
)
from keras_complex.types import Tensor

PADDINGS = ("constant", "reflect")


def stft(
    x: Tensor,
    frame_length: int = 256,
    frame_step: int = 128,
    padding: str = "constant",
    window: Window = "hann",
    fft_length: int | None = None,
    center: bool = True,
    use_fft: bool = False,
) -> Tensor:
    """Computes the short-time Fourier transform.

    Frame `m` is centred on sample `m * frame_step`; samples beyond the ends
    are padding. The transform is a convolution with a fixed kernel, which runs in
    every backend and converts to TFLite with built-in operations only.

    Args:
        x: Waveforms `(..., samples)`, real, with at least one sample.
        frame_length: Length of the window, in samples.
        frame_step: Distance of two frames, in samples. `istft` inverts the
            transform where the windows overlap, for Hann's up to half of
            `frame_length` without loss of precision.
        padding: What stands beyond the ends of centred frames: `"constant"` for
            zeros, or `"reflect"`, which needs more than `frame_length // 2` samples.
        window: `"hann"`, `"sqrt_hann"`, `"hamming"`, `"blackman"`,
            `"rectangular"`, `("kaiser", beta)`, all periodic, or `frame_length`
            values.
        fft_length: Length of the transform, even, at least `frame_length`, which is
            the default and must then be even. Zeros follow the frame.
        center: Whether frame `m` is centred on sample `m * frame_step`. Otherwise it
            starts there, and zeros fill the last frame.
        use_fft: Whether to transform by the fast algorithm, which pays from a
            `frame_length` of 1024 on. TFLite has it for powers of 2 only, and its
            inverse not at all.

    Returns:
        Spectrograms `(..., frames, bins, 2)`, last axis `[real, imag]`, with
        `bins = fft_length // 2 + 1` and
        `frames = 1 + ceil(samples / frame_step)`, or without `center`
        `frames = 1 + ceil(max(samples - frame_length, 0) / frame_step)`.

    Raises:
        ValueError: If an argument is out of range.

    Example:

    >>> tuple(stft(np.zeros((1, 8000), "float32")).shape)
    (1, 64, 129, 2)
    """
    fft_length = check_transform(frame_length, frame_step, fft_length)
    check_choice("padding", padding, PADDINGS)
    window = freeze_window(window)
    values = make_window(window, frame_length)
    x = ops.convert_to_tensor(x)
    leading, samples = ops.shape(x)[:-1], ops.shape(x)[-1]
    x = ops.reshape(x, (-1, samples))
    before = frame_length // 2 if center else 0
    if center:
        frames = (samples + frame_step - 1) // frame_step + 1
    else:
        frames = count_frames(samples, frame_length, frame_step)
    if padding != "constant" and center:
        x = ops.pad(x, ((0, 0), (before, before)), mode=padding)
        before = 0
    bins = fft_length // 2 + 1
    if use_fft:
        x = ops.pad(x, ((0, 0), (before, 0)))
        x = cut_frames(x, frames, frame_length, frame_step)
        x = x[..., :frame_length] * ops.convert_to_tensor(values, dtype=x.dtype)
        y = ops.stack(ops.rfft(x, fft_length), axis=-1)
    else:
        x = cut_blocks(x, frames, frame_length, frame_step, before)
        kernel = _analysis_kernel(window, frame_length, fft_length, frame_step)
        # Neighbouring blocks are transformed together: no frame is copied.
        y = ops.conv(
            x,
            ops.convert_to_tensor(kernel, dtype=x.dtype),
            strides=1,
            padding="valid",
            data_format="channels_last",
        )
    return ops.reshape(y, (*leading, frames, bins, 2))


def istft(
    x: Tensor,
    length: int | Tensor | None = None,
    frame_length: int = 256,
    frame_step: int = 128,
    window: Window = "hann",
    fft_length: int | None = None,
    center: bool = True,
    use_fft: bool = False,
) -> Tensor:
    """Inverts `stft` by windowed overlap-add with window-sum division.

    For a spectrogram that is no transform of a signal, the result is the signal
    whose transform is nearest (Griffin & Lim, 1984, Equation 6). Where the squares
    of the windows sum to less than 1e-6 of their largest sum, as at the ends
    without `center`, the signal fades out.

    Args:
        x: Spectrograms `(..., frames, bins, 2)`, last axis `[real, imag]`.
        length: Samples to return, at most
            `(frames - 1) * frame_step`, which is the default: the length of the
            original, rounded up to a multiple of `frame_step`. Without `center`
            there are `frame_length` more.
        frame_length: As in `stft`.
        frame_step: As in `stft`.
        window: As in `stft`.
        fft_length: As in `stft`.
        center: As in `stft`.
        use_fft: As in `stft`.

    Returns:
        Waveforms `(..., length)`.

    Raises:
        ValueError: If an argument is out of range, or if the squares of the windows
            sum to 0 at some samples.

    Reference:

    - [Griffin & Lim, 1984, Signal estimation from modified short-time Fourier
      transform](https://doi.org/10.1109/TASSP.1984.1164317)
    """
    fft_length = check_transform(frame_length, frame_step, fft_length)
    check_invertible(window, frame_length, frame_step, center)
    bins = fft_length // 2 + 1
    if x.shape[-2] not in (None, bins) or x.shape[-1] != 2:
        raise ValueError(
            "A spectrogram must have the shape (..., frames, "
            f"{bins}, 2) for frame_length={frame_length}, fft_length={fft_length}. "
            f"Received: shape={tuple(x.shape)}."
        )
    leading, frames = ops.shape(x)[:-3], ops.shape(x)[-3]
    if length is None:
        length = (frames - 1) * frame_step + (0 if center else frame_length)
    blocks = -(-frame_length // frame_step)
    window = freeze_window(window)
    values = make_window(window, frame_length)
    x = ops.reshape(x, (-1, frames, bins, 2))
    if use_fft:
        x = _windowed_inverse_fft(x, values, fft_length)
        x = ops.pad(x, ((0, 0), (0, 0), (0, blocks * frame_step - frame_length)))
    else:
        x = ops.reshape(x, (-1, frames, 2 * bins))
        matrix = _synthesis_matrix(
            window, frame_length, fft_length, blocks * frame_step
        )
        x = ops.matmul(x, ops.convert_to_tensor(matrix, dtype=x.dtype))
    weight = _weight_of_samples(values, frames, frame_step, x.dtype)
    floor = least_window_sum(values, frame_step)
    start = frame_length // 2 if center else 0
    signal = add_blocks(x, blocks, frame_step)[:, start:][:, :length]
    weight = weight[:, start:][:, :length]
    return ops.reshape(signal / ops.maximum(weight, floor), (*leading, length))


def check_frames(frame_length: int, frame_step: int) -> None:
    """Raises ValueError unless a Hann window inverts precisely at this step."""
    check_transform(frame_length, 1, None)
    if not 1 <= frame_step <= frame_length // 2:
        raise ValueError(
            "`frame_step` must lie between 1 and half of `frame_length`, "
            f"{frame_length // 2}. Received: frame_step={frame_step}."
        )


def check_transform(frame_length: int, frame_step: int, fft_length: int | None) -> int:
    """Returns the length of the transform, or raises ValueError."""
    if frame_length < 2 or (fft_length is None and frame_length % 2):
        raise ValueError(
            "`frame_length` must be an even number of samples, or `fft_length` must "
            f"be given. Received: frame_length={frame_length}."
        )
    check_positive(frame_step=frame_step)
    if fft_length is None:
        return frame_length
    if fft_length < frame_length or fft_length % 2:
        raise ValueError(
            "`fft_length` must be even and at least `frame_length`, "
            f"{frame_length}. Received: fft_length={fft_length}."
        )
    return fft_length


def _windowed_inverse_fft(x: Tensor, window: np.ndarray, fft_length: int) -> Tensor:
    """Takes spectra `(batch, frames, bins, 2)` to frames `(..., frame_length)`."""
    x = ops.irfft((x[..., 0], x[..., 1]), fft_length)[..., : len(window)]
    return x * ops.convert_to_tensor(window, dtype=x.dtype)


def _weight_of_samples(
    window: np.ndarray, frames: int | Tensor, frame_step: int, dtype: str
) -> Tensor:
    """Sums squared windows, `(1, samples)`."""
    blocks = -(-len(window) // frame_step)
    square = np.zeros((1, 1, blocks * frame_step))
    square[..., : len(window)] = np.square(window)
    square = ops.tile(ops.convert_to_tensor(square, dtype=dtype), (1, frames, 1))
    return add_blocks(square, blocks, frame_step)


@functools.lru_cache(maxsize=16)
def _analysis_kernel(
    window: str | tuple, frame_length: int, fft_length: int, frame_step: int
) -> np.ndarray:
    """Window and DFT, `(blocks, frame_step, 2 * bins)`, parts in turns."""
    blocks = -(-frame_length // frame_step)
    cosine, sine = roots_of_unity(frame_length, fft_length // 2 + 1, fft_length)
    matrix = np.stack([cosine, -sine], axis=2).reshape(frame_length, -1)
    matrix *= make_window(window, frame_length)[:, None]
    matrix = np.pad(matrix, ((0, blocks * frame_step - frame_length), (0, 0)))
    return matrix.reshape(blocks, frame_step, -1)


@functools.lru_cache(maxsize=16)
def _synthesis_matrix(
    window: str | tuple, frame_length: int, fft_length: int, padded_length: int
) -> np.ndarray:
    """Inverse DFT and window, `(2 * bins, padded_length)`, parts in turns."""
    bins = fft_length // 2 + 1
    cosine, sine = roots_of_unity(bins, frame_length, fft_length)
    # Inner bins stand for their mirror images as well.
    weight = np.full((bins, 1), 2.0 / fft_length)
    weight[0] = weight[-1] = 1.0 / fft_length
    matrix = np.stack([weight * cosine, -weight * sine], axis=1)
    matrix = matrix.reshape(2 * bins, frame_length)
    matrix *= make_window(window, frame_length)
    return np.pad(matrix, ((0, 0), (0, padded_length - frame_length)))
