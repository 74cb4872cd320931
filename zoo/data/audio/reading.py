"""Reading of audio files."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import soundfile

# Formats of the recordings of corpora.
FORMATS = {".wav": "WAV", ".flac": "FLAC", ".ogg": "OGG"}
# libsndfile dies of Vorbis that comes in one piece of a few minutes.
BLOCK_SAMPLES = 2**16
# What libsndfile says of FLAC that was written to a pipe, and cannot read.
_UNKNOWN_FRAMES = 2**63 - 1
# The size in WAV files of a program that does not know it yet is this or more.
_UNKNOWN_SIZE = 2**31 - 2**16


def read(
    path: str | Path,
    sample_rate: int | None = None,
    resample: bool = False,
    mono: bool = True,
) -> tuple[np.ndarray, int]:
    """Reads a whole audio file.

    Args:
        path: WAV, FLAC, OGG or MP3 file, or another that libsndfile knows.
        sample_rate: Rate the caller needs, in Hz. `None` takes any.
        resample: Whether a file of another rate is resampled (soxr, very high
            quality: no delay, no damping below 0.91 of the new Nyquist frequency)
            rather than refused.
        mono: Whether to average the channels.

    Returns:
        The waveform, float32 `(samples,)`, or `(channels, samples)` if not
        `mono`, with full scale at 1, and its sample rate in Hz.

    Raises:
        ValueError: If the file is missing, unreadable, empty, not audio, damaged,
            of zero length, of another rate, or has samples that are not finite.
    """
    info = read_info(path)
    if sample_rate is not None and info.samplerate != sample_rate and not resample:
        raise ValueError(
            f"The sample rate must be {sample_rate} Hz. "
            f"Received: path={str(path)!r} at {info.samplerate} Hz. "
            "Ask for resampling, when mixtures are made by `python -m zoo.mix "
            f"--sample_rate={sample_rate}`, or convert the file."
        )
    blocks = read_blocks(path)
    if mono:
        blocks = (block.mean(axis=1, keepdims=True) for block in blocks)
    waveform, rate = np.concatenate(list(blocks)), info.samplerate
    if sample_rate is not None and rate != sample_rate:
        waveform, rate = resampled(waveform.T, rate, sample_rate).T, sample_rate
    if mono:
        return np.ascontiguousarray(waveform[:, 0]), rate
    return np.ascontiguousarray(waveform.T), rate


def read_blocks(path: str | Path) -> Iterator[np.ndarray]:
    """Reads an audio file block by block.

    Args:
        path: As in `read`.

    Yields:
        Samples, float32 `(samples, channels)`, with full scale at 1. There is at
        least one, and no more than 65536 come at a time.

    Raises:
        ValueError: As `read` does; for what is wrong with the samples, when they
            are reached.
    """
    info, samples = read_info(path), 0
    try:
        with _Sequential(_encoded(path)) as file:
            while True:
                block = file.read(BLOCK_SAMPLES, dtype="float32", always_2d=True)
                if not len(block):
                    break
                if not np.isfinite(block).all():
                    raise _not_finite(path)
                samples += len(block)
                yield block
    except soundfile.SoundFileError as error:
        raise _not_audio(path, error) from error
    if not samples:
        raise _no_samples(path)
    # The header of an MP3 file need not tell its length.
    if samples < info.frames and info.format != "MP3":
        raise _truncated(path, samples, info.frames, "samples")


def read_info(path: str | Path) -> "soundfile._SoundFileInfo":
    """Reads the header of an audio file: `frames`, `samplerate`, `subtype`, ...

    Args:
        path: Audio file.

    Returns:
        What `soundfile.info` returns.

    Raises:
        ValueError: If the file is missing, unreadable, empty, not audio, or of zero
            or unknown length.
    """
    if not os.path.isfile(path):
        raise ValueError(f"The file must exist. Received: path={str(path)!r}.")
    if not os.path.getsize(path):
        raise ValueError(
            f"The file must hold audio. Received: path={str(path)!r}, an empty file."
        )
    try:
        # libsndfile says "System error." where Python gives the reason.
        with open(path, "rb"):
            info = soundfile.info(_encoded(path))
    except OSError as error:
        raise ValueError(
            f"The file must be readable. Received: path={str(path)!r} "
            f"({error.strerror})."
        ) from error
    except soundfile.SoundFileError as error:
        raise _not_audio(path, error) from error
    if not info.frames:
        raise _no_samples(path)
    if info.frames == _UNKNOWN_FRAMES:
        raise ValueError(
            f"The file must tell its length. Received: path={str(path)!r}, a stream. "
            "Write it again."
        )
    return info


def check_whole(path: str | Path) -> None:
    """Checks that a file has all the samples that its header announces.

    It finds cut WAV and AIFF files, whose rest libsndfile reads without a word. Cut
    FLAC files end in an error when they are read. A stream that was cut (Ogg, MP3)
    is a shorter stream.

    Args:
        path: Audio file.

    Raises:
        ValueError: If samples are missing, or as `read_info` says.
    """
    log = read_info(path).extra_info
    found = re.search(r"^ *(?:data|SSND) *: (\d+) \(should be (\d+)\)", log, re.M)
    if found and int(found[2]) < int(found[1]) < _UNKNOWN_SIZE:
        raise _truncated(path, int(found[2]), int(found[1]), "bytes")


def resampled(waveform: np.ndarray, rate: int, new_rate: int) -> np.ndarray:
    """Resamples waveforms `(..., samples)` from `rate` to `new_rate`, in Hz."""
    import soxr

    flat = np.reshape(waveform, (-1, waveform.shape[-1])).T
    flat = soxr.resample(flat, rate, new_rate, quality="VHQ")
    return np.ascontiguousarray(flat.T).reshape(*waveform.shape[:-1], -1)


class _Sequential(soundfile.SoundFile):
    """Does not seek between two reads, which a decoder with a memory would hear."""

    def seekable(self) -> bool:
        return False


def _encoded(path: str | Path) -> str | bytes:
    """Returns the name as the system knows it, which need not be UTF-8."""
    return str(path) if os.name == "nt" else os.fsencode(path)


def reason(error: Exception) -> str:
    """Returns what libsndfile gives as a reason, without the file and the period."""
    return str(error).rstrip(".").split(": ")[-1]


def _not_finite(path: str | Path) -> ValueError:
    return ValueError(
        f"All samples must be finite. Received: path={str(path)!r} with NaN or "
        "infinity. Write the file again or leave it out."
    )


def _truncated(path: str | Path, found: int, expected: int, unit: str) -> ValueError:
    return ValueError(
        f"The file must be whole. Received: path={str(path)!r} with {found} of "
        f"{expected} {unit}, truncated. Copy or write it again."
    )


def _not_audio(path: str | Path, error: Exception) -> ValueError:
    return ValueError(
        f"The file must be audio that libsndfile reads. Received: path={str(path)!r} "
        f"({reason(error)})."
    )


def _no_samples(path: str | Path) -> ValueError:
    return ValueError(
        f"The file must hold audio. Received: path={str(path)!r}, of zero length."
    )
