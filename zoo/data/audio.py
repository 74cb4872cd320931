"""Reading and writing of audio files."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import numpy as np
import soundfile

FORMATS = {".wav": "WAV", ".flac": "FLAC", ".ogg": "OGG"}


def read(
    path: str | Path,
    sample_rate: int | None = None,
    resample: bool = False,
    mono: bool = True,
) -> tuple[np.ndarray, int]:
    """Reads a whole audio file.

    Args:
        path: WAV, FLAC or OGG file, or another that libsndfile knows.
        sample_rate: Rate the caller needs, in Hz. `None` takes any.
        resample: Whether a file of another rate is resampled (soxr, very high
            quality: no delay, no damping below 0.91 of the new Nyquist frequency)
            rather than refused.
        mono: Whether to average the channels.

    Returns:
        The waveform, float32 `(samples,)`, or `(channels, samples)` if not
        `mono`, with full scale at 1, and its sample rate in Hz.

    Raises:
        ValueError: If the file is missing, empty, not audio, of zero length, of
            another rate, or has samples that are not finite.
    """
    info = read_info(path)
    if sample_rate is not None and info.samplerate != sample_rate and not resample:
        raise ValueError(
            f"The sample rate must be {sample_rate} Hz. "
            f"Received: path={str(path)!r} at {info.samplerate} Hz. "
            "Ask for resampling or convert the file."
        )
    try:
        waveform, rate = soundfile.read(path, dtype="float32", always_2d=True)
    except soundfile.SoundFileError as error:
        raise _not_audio(path, error) from error
    if not len(waveform):
        raise _no_samples(path)
    if not np.isfinite(waveform).all():
        raise ValueError(
            f"All samples must be finite. Received: path={str(path)!r} with NaN or "
            "infinity. Write the file again or leave it out."
        )
    if sample_rate is not None and rate != sample_rate:
        waveform, rate = resampled(waveform.T, rate, sample_rate).T, sample_rate
    if mono:
        return np.ascontiguousarray(waveform.mean(axis=1)), rate
    return np.ascontiguousarray(waveform.T), rate


def read_info(path: str | Path) -> "soundfile._SoundFileInfo":
    """Reads the header of an audio file: `frames`, `samplerate`, `subtype`, ...

    Args:
        path: Audio file.

    Returns:
        What `soundfile.info` returns.

    Raises:
        ValueError: If the file is missing, empty, not audio or of zero length.
    """
    if not os.path.isfile(path):
        raise ValueError(f"The file must exist. Received: path={str(path)!r}.")
    if not os.path.getsize(path):
        raise ValueError(
            f"The file must hold audio. Received: path={str(path)!r}, an empty file."
        )
    try:
        info = soundfile.info(path)
    except soundfile.SoundFileError as error:
        raise _not_audio(path, error) from error
    if not info.frames:
        raise _no_samples(path)
    return info


def resampled(waveform: np.ndarray, rate: int, new_rate: int) -> np.ndarray:
    """Resamples waveforms `(..., samples)` from `rate` to `new_rate`, in Hz."""
    import soxr

    flat = np.reshape(waveform, (-1, waveform.shape[-1])).T
    flat = soxr.resample(flat, rate, new_rate, quality="VHQ")
    return np.ascontiguousarray(flat.T).reshape(*waveform.shape[:-1], -1)


def write(
    path: str | Path,
    waveform: np.ndarray,
    sample_rate: int,
    subtype: str = "FLOAT",
) -> None:
    """Writes an audio file whole or not at all.

    The samples go to a hidden file beside `path`, which then takes its name: a
    process killed half way leaves no broken `path`.

    Args:
        path: File to write; its suffix, `.wav`, `.flac` or `.ogg`, is its format.
            Missing folders are made.
        waveform: `(samples,)` or `(channels, samples)`, full scale at 1.
        sample_rate: In Hz.
        subtype: `"FLOAT"` (WAV only), which never clips, `"PCM_16"`, or another
            that libsndfile knows. `read` returns PCM_16 as it went in if it was
            a multiple of `2**-15`.

    Raises:
        ValueError: If the waveform is empty, not finite, or above full scale
            where the subtype would clip it, or if the format is unknown.
    """
    path = Path(path)
    waveform = np.asarray(waveform)
    if path.suffix.lower() not in FORMATS:
        raise ValueError(
            f"`path` must end in one of {', '.join(FORMATS)}. "
            f"Received: path={str(path)!r}."
        )
    if waveform.ndim not in (1, 2) or not waveform.size:
        raise ValueError(
            "`waveform` must have shape (samples,) or (channels, samples). "
            f"Received: waveform.shape={waveform.shape} for {str(path)!r}."
        )
    peak = np.abs(waveform).max()
    if not np.isfinite(peak) or (peak > 1 and subtype not in ("FLOAT", "DOUBLE")):
        raise ValueError(
            f"`waveform` must be finite and, for {subtype}, within -1 and 1. "
            f"Received: a peak of {peak:.4g} for {str(path)!r}. Scale it down or "
            'use subtype="FLOAT".'
        )
    if subtype == "PCM_16":
        # libsndfile rounds floats in FLAC, but down to the next integer in WAV.
        waveform = to_int16(waveform)
    with atomic_file(path) as file:
        soundfile.write(
            file,
            waveform.T,
            sample_rate,
            subtype=subtype,
            format=FORMATS[path.suffix.lower()],
        )


def to_int16(waveform: np.ndarray) -> np.ndarray:
    """Rounds a waveform, full scale at 1, to 16-bit integers."""
    scaled = np.rint(np.asarray(waveform, "float64") * 32768)
    return np.clip(scaled, -32768, 32767).astype("int16")


@contextmanager
def atomic_file(path: str | Path) -> Iterator[BinaryIO]:
    """Opens a file for writing that appears under its name only when complete.

    Args:
        path: File to write. Missing folders are made.

    Yields:
        A binary file, open for writing and reading.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    # Several processes may write the same file; the last to end wins.
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        with open(partial, "w+b") as file:
            yield file
        os.replace(partial, path)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise


def _not_audio(path: str | Path, error: Exception) -> ValueError:
    return ValueError(
        f"The file must be audio that libsndfile reads. Received: path={str(path)!r} "
        f"({str(error).rstrip('.').split(': ')[-1]})."
    )


def _no_samples(path: str | Path) -> ValueError:
    return ValueError(
        f"The file must hold audio. Received: path={str(path)!r}, of zero length."
    )
