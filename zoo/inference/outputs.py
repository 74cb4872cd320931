"""Writing the voices of a recording: all of them or none, and without clipping."""

import os
import re
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryFile
from typing import BinaryIO

import numpy as np

from zoo.data import audio

# A temporary file that nobody has written to for as long was left by a process that
# was killed. One that is being written changes every second.
_LEFT_AFTER_SECONDS = 3600
# Names that `write_voices` gives, and the `audio.write_blocks` in it.
_PARTIAL = re.compile(r"\.+[^.].*_s\d+\.\d+\.partial\.\w+(\.\d+\.partial)?")

# Samples that are read at a time, of those that wait.
_BLOCK = 2**16


def voice_files(
    output_dir: str | Path, name: str, num_voices: int, suffix: str = ".wav"
) -> list[Path]:
    """Returns the files of the voices of a recording, `<name>_s1.wav` and so on.

    Args:
        output_dir: Folder of the results.
        name: Of the recording; it may have folders.
        num_voices: How many voices there are.
        suffix: Of the format.
    """
    return [
        Path(output_dir, f"{name}_s{voice + 1}{suffix}") for voice in range(num_voices)
    ]


def write_voices(
    files: Sequence[Path],
    blocks: Iterable[np.ndarray],
    sample_rate: int,
    subtype: str,
) -> float:
    """Writes voices under temporary names and renames them when all are complete.

    Where a voice exceeds what the subtype holds, all are scaled by one gain, so that
    none clips and their balance stays. As the peak is known at the end only, the
    samples wait on the disk, 4 bytes each, in files without a name beside the
    results: the system removes them, however the process ends.

    Args:
        files: One file per voice, all in one folder. Missing folders are made, and
            removed if nothing is written; files that exist are replaced.
        blocks: `(voices, samples)`, full scale at 1, of any lengths.
        sample_rate: In Hz.
        subtype: As in `zoo.data.audio.write`.

    Returns:
        The gain in dB: 0 where nothing would clip, negative otherwise.

    Raises:
        ValueError: If the voices are empty or not finite or cannot be written in
            the format.
        OSError: If a file cannot be written.
    """
    full_scale = audio.full_scale(subtype)
    with _folder(files[0].parent) as folder, ExitStack() as stack:
        spools: list[BinaryIO] = []
        peak = 0.0
        for block in blocks:
            # Not before the first block is known to be good.
            while len(spools) < len(files):
                os.makedirs(folder, exist_ok=True)
                spools.append(stack.enter_context(TemporaryFile(dir=folder)))
            peak = max(peak, _peak(block))
            for spool, voice in zip(spools, block, strict=True):
                spool.write(np.ascontiguousarray(voice, "float32").data)
        if not spools:
            raise ValueError("`blocks` must hold samples. Received: none.")
        gain = np.float32(full_scale / peak if peak > full_scale else 1)
        voices = [_scaled(spool, gain, full_scale) for spool in spools]
        _write_all(files, voices, sample_rate, subtype)
    return 20 * float(np.log10(gain))


def remove_left_over(folder: str | Path) -> None:
    """Removes the temporary files of processes that were killed.

    Args:
        folder: Folder of results, in which nothing else is touched; it need not
            exist.
    """
    if not os.path.isdir(folder):
        return
    oldest = time.time() - _LEFT_AFTER_SECONDS
    for entry in os.scandir(folder):
        if _PARTIAL.fullmatch(entry.name) and entry.stat().st_mtime < oldest:
            os.unlink(entry.path)


@contextmanager
def _folder(folder: Path) -> Iterator[Path]:
    """Removes the folders that are made in it and left empty by an error."""
    missing = [path for path in (folder, *folder.parents) if not path.exists()]
    try:
        yield folder
    except BaseException:
        for path in missing:
            with suppress(OSError):  # It holds something, or was not made.
                path.rmdir()
        raise


def _peak(block: np.ndarray) -> float:
    peak = float(np.abs(block).max(initial=0))
    if not np.isfinite(peak):
        raise ValueError(
            f"Voices must be finite. Received: a peak of {peak}. The model or the "
            "recording is at fault."
        )
    return peak


def _scaled(
    spool: BinaryIO, gain: np.float32, full_scale: float
) -> Iterator[np.ndarray]:
    """Yields what was written to a file, times the gain."""
    spool.seek(0)
    while data := spool.read(4 * _BLOCK):
        block = np.frombuffer(data, "float32")[np.newaxis]
        # The product rounds up in the worst case.
        yield block if gain == 1 else np.clip(gain * block, -full_scale, full_scale)


def _write_all(
    files: Sequence[Path],
    voices: Sequence[Iterator[np.ndarray]],
    sample_rate: int,
    subtype: str,
) -> None:
    """Writes all of the files or none."""
    partials = [
        file.with_name(f".{file.stem}.{os.getpid()}.partial{file.suffix}")
        for file in files
    ]
    try:
        for partial, voice in zip(partials, voices, strict=True):
            audio.write_blocks(partial, voice, 1, sample_rate, subtype)
        for file, partial in zip(files, partials, strict=True):
            os.replace(partial, file)
    finally:
        for partial in partials:
            # Where the folder is none or read-only there is nothing to remove.
            if partial.exists():
                partial.unlink()
