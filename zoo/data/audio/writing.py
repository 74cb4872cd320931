"""Writing of audio files, whole or not at all."""

import io
import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import soundfile

from zoo.data.audio.reading import BLOCK_SAMPLES, reason
from zoo.files import atomic_file

# Subtypes of files to write: all that keep the number of samples, the usual one first.
# ADPCM and GSM pad the last block.
SUBTYPES = {
    ".wav": ("PCM_16", "PCM_24", "PCM_32", "FLOAT"),
    ".flac": ("PCM_16", "PCM_24"),
    ".ogg": ("VORBIS", "OPUS"),
    ".mp3": ("MPEG_LAYER_III",),
}
_BITS = {"PCM_16": 16, "PCM_24": 24, "PCM_32": 32}
# libsndfile dies of more.
_MAX_VORBIS_RATE = 200_000
# Its header has 32 bits for the size, of which it takes some itself.
_MAX_WAV_BYTES = 2**32 - 2**12


def check_writable(
    suffix: str,
    subtype: str | None = None,
    sample_rate: int | None = None,
    samples: int = 0,
) -> str:
    """Checks that a file of a kind can be written here.

    Args:
        suffix: `.wav`, `.flac`, `.ogg` or `.mp3`.
        subtype: One of `SUBTYPES`; `None` takes the usual one.
        sample_rate: In Hz; `None` for one that is not known yet.
        samples: Of one channel.

    Returns:
        The subtype.

    Raises:
        ValueError: If the format has no such subtype or rate or is for shorter
            files, or libsndfile comes without the encoder.
    """
    _check_suffix(suffix)
    subtype = subtype or SUBTYPES[suffix][0]
    if subtype not in SUBTYPES[suffix]:
        raise ValueError(
            f"The subtype of {suffix} must be one of {', '.join(SUBTYPES[suffix])}. "
            f"Received: subtype={subtype!r}."
        )
    size = samples * _BITS.get(subtype, 32) // 8
    if suffix == ".wav" and size > _MAX_WAV_BYTES:
        raise ValueError(
            f"A WAV file must be shorter than 4 GB. Received: {size / 1e9:.1f} GB of "
            f"{subtype}. Take another format."
        )
    # Every encoder takes 8 kHz.
    _check_encoder(suffix, subtype, sample_rate or 8000)
    return subtype


def full_scale(subtype: str) -> float:
    """Returns the largest sample that a subtype holds: infinity for `"FLOAT"`."""
    if subtype in ("FLOAT", "DOUBLE"):
        return np.inf
    return 1 - 2.0 ** (1 - _BITS[subtype]) if subtype in _BITS else 1.0


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
        path: File to write; its suffix, `.wav`, `.flac`, `.ogg` or `.mp3`, is its
            format. Missing folders are made.
        waveform: `(samples,)` or `(channels, samples)`, full scale at 1.
        sample_rate: In Hz.
        subtype: `"FLOAT"` (WAV only), which never clips, `"PCM_16"`, or another
            that libsndfile knows. `read` returns PCM_16 as it went in if it was
            a multiple of `2**-15`.

    Raises:
        ValueError: If the waveform is empty, not finite, or above full scale
            where the subtype would clip it, or if the format is unknown or does
            not know the rate.
        OSError: If the file cannot be written, for want of space for instance.
    """
    waveform = np.asarray(waveform)
    if waveform.ndim not in (1, 2) or not waveform.size:
        raise ValueError(
            "`waveform` must have shape (samples,) or (channels, samples). "
            f"Received: waveform.shape={waveform.shape} for {str(path)!r}."
        )
    waveform = np.atleast_2d(waveform)
    peak = np.abs(waveform).max()
    if not np.isfinite(peak) or (peak > 1 and subtype not in ("FLOAT", "DOUBLE")):
        raise ValueError(
            f"`waveform` must be finite and, for {subtype}, within -1 and 1. "
            f"Received: a peak of {peak:.4g} for {str(path)!r}. Scale it down or "
            'use subtype="FLOAT".'
        )
    parts = range(0, waveform.shape[1], BLOCK_SAMPLES)
    blocks = (waveform[:, start : start + BLOCK_SAMPLES] for start in parts)
    write_blocks(path, blocks, len(waveform), sample_rate, subtype)


def write_blocks(
    path: str | Path,
    blocks: Iterable[np.ndarray],
    channels: int,
    sample_rate: int,
    subtype: str,
) -> None:
    """Writes an audio file whole or not at all, from blocks.

    Args:
        path: As in `write`.
        blocks: `(channels, samples)`, no more than 65536 samples at a time. What
            exceeds full scale clips where the subtype does.
        channels: How many channels there are.
        sample_rate: In Hz.
        subtype: As in `write`.

    Raises:
        ValueError: If the format is unknown or does not know the rate.
        OSError: If the file cannot be written.
    """
    path = Path(path)
    suffix = path.suffix.lower()
    _check_suffix(suffix)
    _check_encoder(suffix, subtype, sample_rate)
    with atomic_file(path) as file:
        sink = _Sink(file)
        with soundfile.SoundFile(
            sink, "w", sample_rate, channels, subtype, format=_format(suffix)
        ) as encoder:
            for block in blocks:
                encoder.write(_quantised(block.T, subtype))
                sink.check()
        sink.check()


def to_int16(waveform: np.ndarray) -> np.ndarray:
    """Rounds a waveform, full scale at 1, to 16-bit integers."""
    scaled = np.rint(np.asarray(waveform, "float64") * 32768)
    return np.clip(scaled, -32768, 32767).astype("int16")


class _Sink:
    """Hands a file to libsndfile, through which no exception passes, and keeps it."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._error: BaseException | None = None

    def write(self, data: bytes) -> int:
        return self._guarded(len(data), self._file.write, data)

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        return self._guarded(0, self._file.seek, offset, whence)

    def tell(self) -> int:
        return self._guarded(0, self._file.tell)

    def check(self) -> None:
        """Raises what went wrong."""
        if self._error is not None:
            raise self._error

    def _guarded(self, default: int, call: Callable[..., int], *arguments: Any) -> int:
        if self._error is None:
            try:
                return call(*arguments)
            except BaseException as error:  # An interruption as well.
                self._error = error
        return default


def _quantised(waveform: np.ndarray, subtype: str) -> np.ndarray:
    """Rounds to the nearest integers: libsndfile rounds floats down in WAV files."""
    if subtype == "PCM_16":
        return to_int16(waveform)
    if subtype not in _BITS:
        return waveform
    # libsndfile takes 24 bits as the upper ones of 32.
    steps, unused = 2 ** (_BITS[subtype] - 1), 32 - _BITS[subtype]
    scaled = np.rint(np.asarray(waveform, "float64") * steps)
    return np.clip(scaled, -steps, steps - 1).astype("int32") << unused


def _format(suffix: str) -> str:
    return suffix[1:].upper()


def _check_suffix(suffix: str) -> None:
    if suffix not in SUBTYPES:
        raise ValueError(
            f"A file to write must end in one of {', '.join(SUBTYPES)}. "
            f"Received: {suffix!r}."
        )


def _check_encoder(suffix: str, subtype: str, sample_rate: int) -> None:
    cause = f"Vorbis ends at {_MAX_VORBIS_RATE} Hz"
    if subtype != "VORBIS" or sample_rate <= _MAX_VORBIS_RATE:
        try:
            with soundfile.SoundFile(
                io.BytesIO(), "w", sample_rate, 1, subtype, format=_format(suffix)
            ):
                return
        except (ValueError, soundfile.SoundFileError) as error:
            cause = reason(error)
    raise ValueError(
        f"libsndfile {soundfile.__libsndfile_version__} must know how to write this. "
        f"Received: {subtype} in {suffix} at {sample_rate} Hz ({cause}). "
        "WAV takes any rate."
    )
