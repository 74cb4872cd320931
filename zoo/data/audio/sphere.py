"""Reading of NIST SPHERE files, which the WSJ0 corpus is made of."""

import io
import os
import shutil
import subprocess
import textwrap
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile

_MAGIC = b"NIST_1A\n"
# Others, above all compressed ones, libsndfile refuses or reads as noise.
_READ_BY_LIBSNDFILE = ("pcm", "ulaw", "alaw")
_TOOL_SECONDS = 60
_MESSAGE_LENGTH = 200


class DecoderMissingError(ValueError):
    """No program is there to decompress SPHERE files, so that all will fail."""


@dataclass(frozen=True)
class Header:
    """Header of a SPHERE file.

    Attributes:
        bytes: Length of the header itself.
        sample_rate: In Hz.
        sample_count: Samples of each channel; None if the header does not say.
        channel_count: Number of channels.
        sample_n_bytes: Bytes of a sample before compression.
        sample_coding: Such as `pcm`, `ulaw` or `pcm,embedded-shorten-v2.00`.
    """

    bytes: int
    sample_rate: int
    sample_count: int | None
    channel_count: int
    sample_n_bytes: int
    sample_coding: str


def is_sphere(path: str | Path) -> bool:
    """Whether the file starts as a SPHERE file does, whatever its name."""
    with open(path, "rb") as file:
        return file.read(len(_MAGIC)) == _MAGIC


def find_decoder(sph2pipe: str | Path | None = None) -> str | None:
    """Returns the program that decompresses SPHERE files, or None without one.

    Args:
        sph2pipe: Path or name of sph2pipe. `None` looks for `sph2pipe` and then
            for `ffmpeg`. SoX does not read compressed SPHERE files.

    Raises:
        ValueError: If `sph2pipe` is given and cannot be run.
    """
    if sph2pipe:
        program = shutil.which(sph2pipe)
        if program is None:
            raise ValueError(
                "`sph2pipe` must be a program that can be run. "
                f"Received: sph2pipe={str(sph2pipe)!r}."
            )
        return program
    return shutil.which("sph2pipe") or shutil.which("ffmpeg")


def read_header(path: str | Path) -> Header:
    """Reads the header of a SPHERE file.

    Args:
        path: The file.

    Returns:
        The header.

    Raises:
        ValueError: If the file does not start with a whole SPHERE header; the
            message names it.
    """
    with open(path, "rb") as file:
        start = file.read(16)
        size = start[len(_MAGIC) :].strip()
        if not start.startswith(_MAGIC) or not size.isdigit():
            raise _error(path, "start with a SPHERE header", "none")
        text = start + file.read(int(size) - len(start))
    lines = text.decode("latin-1").split("\n")[2:]
    if "end_head" not in [line.strip() for line in lines]:
        raise _error(path, "have a whole header", "one without `end_head`")
    fields = {}
    for line in lines:
        words = line.split(None, 2)
        if len(words) == 3 and words[1].startswith("-"):
            fields[words[0]] = words[2].strip()
    return _header(path, int(size), fields)


def read(path: str | Path, decoder: str | None = None) -> tuple[np.ndarray, int]:
    """Reads a whole SPHERE file of one channel.

    Args:
        path: The file. PCM, mu-law and A-law are read by libsndfile, all else,
            such as `pcm,embedded-shorten-v2.00`, through the decoder.
        decoder: Path of sph2pipe or ffmpeg; see `find_decoder`.

    Returns:
        The waveform, float32 `(samples,)`, full scale at 1, and its sample rate
        in Hz.

    Raises:
        ValueError: If the file is not SPHERE, has several channels, or holds
            fewer samples than its header says; the message names it.
        DecoderMissingError: If it is compressed and there is no decoder.
    """
    header = read_header(path)
    if header.channel_count != 1:
        raise _error(path, "have one channel", f"{header.channel_count} channels")
    if header.sample_coding in _READ_BY_LIBSNDFILE:
        _check_complete(path, header)
        try:
            waveform, _ = soundfile.read(path, dtype="float32")
        except soundfile.SoundFileError as error:
            raise _error(path, "be audio that libsndfile reads", str(error)) from error
    else:
        waveform = _decompressed(path, header, decoder)
    if not len(waveform) or len(waveform) < (header.sample_count or 0):
        raise _truncated(path, f"{len(waveform)} samples", f"{header.sample_count}")
    return waveform[: header.sample_count], header.sample_rate


def _header(path: str | Path, size: int, fields: dict[str, str]) -> Header:
    try:
        count = fields.get("sample_count")
        return Header(
            bytes=size,
            sample_rate=int(fields["sample_rate"]),
            sample_count=None if count is None else int(count),
            channel_count=int(fields.get("channel_count", "1")),
            sample_n_bytes=int(fields.get("sample_n_bytes", "2")),
            sample_coding=fields.get("sample_coding", "pcm"),
        )
    except (KeyError, ValueError) as error:
        raise _error(
            path, "have a header with a sample rate and whole numbers", str(error)
        ) from error


def _check_complete(path: str | Path, header: Header) -> None:
    """Compares lengths, because libsndfile reads what is there and says nothing."""
    held = os.path.getsize(path) - header.bytes
    needed = (header.sample_count or 1) * header.sample_n_bytes
    if held < needed:
        raise _truncated(path, f"{max(held, 0)} bytes of samples", f"{needed}")


def _decompressed(path: str | Path, header: Header, decoder: str | None) -> np.ndarray:
    if decoder is None:
        raise DecoderMissingError(
            f"A file of coding {header.sample_coding!r} needs sph2pipe or ffmpeg to "
            f"be read. Received: path={str(path)!r}, and neither is on the PATH. "
            "Install ffmpeg by your system's package manager, or sph2pipe from "
            "https://github.com/burrmill/sph2pipe."
        )
    file = os.path.abspath(path)
    by_ffmpeg = "ffmpeg" in os.path.basename(decoder)
    command = (
        [decoder, "-nostdin", "-v", "error", "-i", f"file:{file}"]
        # Without a container, for the header of a WAV comes before its length.
        + ["-f", "s16le", "-c:a", "pcm_s16le", "-"]
        if by_ffmpeg
        else [decoder, "-p", "-f", "wav", file]
    )
    name = os.path.basename(decoder)
    try:
        done = subprocess.run(
            command, capture_output=True, timeout=_TOOL_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise _error(path, f"be read by {name}", str(error)) from error
    said = " ".join(done.stderr.decode("utf-8", "replace").split())
    said = textwrap.shorten(said, _MESSAGE_LENGTH, placeholder=" ...")
    # ffmpeg ends with 0 on a file that breaks off, so the caller counts samples.
    if done.returncode or not done.stdout:
        reason = said or f"no samples, and exit status {done.returncode}"
        raise _error(path, f"be read by {name}", reason)
    if by_ffmpeg:
        whole = done.stdout[: len(done.stdout) // 2 * 2]
        return np.frombuffer(whole, "<i2").astype("float32") / 32768
    try:
        return soundfile.read(io.BytesIO(done.stdout), dtype="float32")[0]
    except soundfile.SoundFileError as error:
        raise _error(path, f"be read by {name}", str(error)) from error


def _error(path: str | Path, must: str, received: str) -> ValueError:
    return ValueError(
        f"A SPHERE file must {must}. Received: path={str(path)!r} ({received})."
    )


def _truncated(path: str | Path, held: str, needed: str) -> ValueError:
    return _error(path, "hold all its samples", f"truncated: {held} of {needed}")
