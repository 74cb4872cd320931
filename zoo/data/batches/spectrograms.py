"""From a batch of waveforms to the inputs and targets of a network."""

import numpy as np


def to_spectrograms(
    mixture: np.ndarray,
    sources: np.ndarray,
    lengths: np.ndarray | None = None,
    frame_length: int = 256,
    frame_step: int = 128,
) -> tuple[np.ndarray, np.ndarray]:
    """Computes spectrograms, and the mask of the frames that count.

    The first `1 + ceil(length / frame_step)` frames count, as many as the waveform has
    without its padding.

    Args:
        mixture: `(batch, samples)`.
        sources: `(batch, speakers, samples)`.
        lengths: Samples of each mixture before its padding `(batch,)`; `None` for
            no padding.
        frame_length: Length of the window, in samples.
        frame_step: Distance of two frames, in samples.

    Returns:
        The mixture `(batch, frames, bins, 2)`, packed as `[real, imag]`, and the
        sources `(batch, speakers, frames, bins, 3)`, `[real, imag, mask]`.
    """
    x = _packed(stft(mixture, frame_length, frame_step))
    spectrum = stft(sources, frame_length, frame_step)
    y = np.empty((*spectrum.shape, 3), "float32")
    y[..., 0] = spectrum.real
    y[..., 1] = spectrum.imag
    frames = spectrum.shape[-2]
    valid = _mask(lengths, len(mixture), frames, lambda n: 1 + -(-n // frame_step))
    y[..., 2] = valid[:, None, :, None]
    return x, y


def to_waveforms(
    mixture: np.ndarray,
    sources: np.ndarray,
    lengths: np.ndarray | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Adds the mask of the samples that count.

    Args:
        mixture: `(batch, samples)`.
        sources: `(batch, speakers, samples)`.
        lengths: As for `to_spectrograms`.

    Returns:
        The mixture as it is, and the sources `(batch, speakers, samples, 2)`,
        `[signal, mask]`.
    """
    valid = _mask(lengths, len(mixture), mixture.shape[-1], lambda n: n)
    mask = np.broadcast_to(valid[:, None], sources.shape)
    return mixture, np.stack([sources, mask], axis=-1).astype("float32")


def stft(
    waveform: np.ndarray, frame_length: int = 256, frame_step: int = 128
) -> np.ndarray:
    """Computes the transform of `keras_complex.ops.stft` with NumPy alone.

    Args:
        waveform: `(..., samples)`.
        frame_length: Length of the periodic Hann window, in samples.
        frame_step: Distance of two frames, in samples.

    Returns:
        Complex `(..., frames, bins)`, with `frames = 1 + ceil(samples / frame_step)`;
        frame `m` is centred on sample `m * frame_step`, zeros around the waveform.

    Raises:
        ValueError: If `frame_length` or `frame_step` is not positive.
    """
    if frame_length < 1 or frame_step < 1:
        raise ValueError(
            "`frame_length` and `frame_step` must be positive. Received: "
            f"frame_length={frame_length}, frame_step={frame_step}."
        )
    phase = 2 * np.pi * np.arange(frame_length) / frame_length
    window = (0.5 - 0.5 * np.cos(phase)).astype("float32")
    half = frame_length // 2
    padding = [(0, 0)] * (waveform.ndim - 1) + [(half, frame_length + frame_step)]
    padded = np.pad(waveform, padding)
    windows = np.lib.stride_tricks.sliding_window_view(padded, frame_length, axis=-1)
    frames = 1 + -(-waveform.shape[-1] // frame_step)
    return np.fft.rfft(windows[..., ::frame_step, :][..., :frames, :] * window)


def _packed(spectrum: np.ndarray) -> np.ndarray:
    return np.stack([spectrum.real, spectrum.imag], axis=-1).astype("float32")


def _mask(lengths, batch, size, count):  # type: ignore[no-untyped-def]
    """Returns `(batch, size)`, 1 up to `count(length)` and 0 from there on."""
    if lengths is None:
        return np.ones((batch, size), "float32")
    counts = count(np.asarray(lengths))[:, None]
    return (np.arange(size) < counts).astype("float32")
