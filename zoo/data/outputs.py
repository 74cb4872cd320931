"""Writing the voices of a recording: all of them or none, and without clipping."""

import os
import re
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from zoo.data import audio

# A temporary file that nobody has written to for as long was left by a process that
# was killed. One that is being written changes every second.
_LEFT_AFTER_SECONDS = 3600
# Of `write_voices`, and of the `audio.write` in it.
_PARTIAL = re.compile(r"\.+[^.].*_s\d+\.\d+\.partial\.\w+(\.\d+\.partial)?")


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
    files: Sequence[Path], voices: np.ndarray, sample_rate: int, subtype: str
) -> float:
    """Writes voices under temporary names and renames them when all are complete.

    Where a voice exceeds what the subtype holds, all are scaled by one gain, in
    place, so that none clips and their balance stays.

    Args:
        files: One file per voice. Missing folders are made; what exists is
            replaced.
        voices: `(voices, samples)`, full scale at 1.
        sample_rate: In Hz.
        subtype: As in `zoo.data.audio.write`.

    Returns:
        The gain in dB: 0 where nothing would clip, negative otherwise.

    Raises:
        ValueError: If the voices are not finite or cannot be written in the format.
        OSError: If a file cannot be written.
    """
    gain_db = _fit(voices, audio.full_scale(subtype))
    partials = [
        file.with_name(f".{file.stem}.{os.getpid()}.partial{file.suffix}")
        for file in files
    ]
    try:
        for partial, voice in zip(partials, voices, strict=True):
            audio.write(partial, voice, sample_rate, subtype)
        for file, partial in zip(files, partials, strict=True):
            os.replace(partial, file)
    finally:
        for partial in partials:
            # Where the folder is none or read-only there is nothing to remove.
            if partial.exists():
                partial.unlink()
    return gain_db


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


def _fit(voices: np.ndarray, full_scale: float) -> float:
    peak = max(float(np.abs(voice).max()) for voice in voices)
    if not full_scale < peak < np.inf:
        return 0.0
    voices *= np.float32(full_scale / peak)
    # The product rounds up in the worst case.
    np.clip(voices, -full_scale, full_scale, out=voices)
    return 20 * float(np.log10(full_scale / peak))
