"""Reading and writing of audio files."""

import io
import os
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import numpy as np
import soundfile

from zoo.data import audio_errors
from zoo.data.file_sink import FileSink

# Of corpora.
FORMATS = {".wav": "WAV", ".flac": "FLAC", ".ogg": "OGG"}
# Of files to write: all that keep the number of samples, the usual one first. ADPCM
# and GSM pad the last block.
SUBTYPES = {
    ".wav": ("PCM_16", "PCM_24", "PCM_32", "FLOAT"),
    ".flac": ("PCM_16", "PCM_24"),
    ".ogg": ("VORBIS", "OPUS"),
    ".mp3": ("MPEG_LAYER_III",),
}
_BITS = {"PCM_16": 16, "PCM_24": 24, "PCM_32": 32}
# libsndfile dies of more.
_MAX_VORBIS_RATE = 200_000
# It dies as well of Vorbis that comes in one piece of a few minutes.
_BLOCK = 2**16
# What libsndfile says of FLAC that was written to a pipe, and cannot read.
_UNKNOWN_FRAMES = 2**63 - 1
# Its header has 32 bits for the size, of which it takes some itself.
_MAX_WAV_BYTES = 2**32 - 2**12
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
                block = file.read(_BLOCK, dtype="float32", always_2d=True)
                if not len(block):
                    break
                if not np.isfinite(block).all():
                    raise audio_errors.not_finite(path)
                samples += len(block)
                yield block
    except soundfile.SoundFileError as error:
        raise audio_errors.not_audio(path, error) from error
    if not samples:
        raise audio_errors.no_samples(path)
    # The header of an MP3 file need not tell its length.
    if samples < info.frames and info.format != "MP3":
        raise audio_errors.truncated(path, samples, info.frames, "samples")


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
        raise audio_errors.not_audio(path, error) from error
    if not info.frames:
        raise audio_errors.no_samples(path)
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
        raise audio_errors.truncated(path, int(found[2]), int(found[1]), "bytes")


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
    parts = range(0, waveform.shape[1], _BLOCK)
    blocks = (waveform[:, start : start + _BLOCK] for start in parts)
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
        sink = FileSink(file)
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


class _Sequential(soundfile.SoundFile):
    """Does not seek between two reads, which a decoder with a memory would hear."""

    def seekable(self) -> bool:
        return False


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
    reason = f"Vorbis ends at {_MAX_VORBIS_RATE} Hz"
    if subtype != "VORBIS" or sample_rate <= _MAX_VORBIS_RATE:
        try:
            with soundfile.SoundFile(
                io.BytesIO(), "w", sample_rate, 1, subtype, format=_format(suffix)
            ):
                return
        except (ValueError, soundfile.SoundFileError) as error:
            reason = audio_errors.reason(error)
    raise ValueError(
        f"libsndfile {soundfile.__libsndfile_version__} must know how to write this. "
        f"Received: {subtype} in {suffix} at {sample_rate} Hz ({reason}). "
        "WAV takes any rate."
    )


def _encoded(path: str | Path) -> str | bytes:
    """Returns the name as the system knows it, which need not be UTF-8."""
    return str(path) if os.name == "nt" else os.fsencode(path)
