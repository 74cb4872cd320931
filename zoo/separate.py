"""Separates recordings: `python -m zoo.separate FILES --model=M --output_dir=D`."""

import collections
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import tqdm
from absl import app, flags

from zoo import command
from zoo.data import audio
from zoo.presets import DEFAULT_PRESET, load_separator
from zoo.separator import Separator


def separate_file(
    separator: Separator, path: str | Path, output_dir: str | Path
) -> list[Path]:
    """Separates one file into `<stem>_s1.wav`, `<stem>_s2.wav` and so on.

    The files have the sample rate and the length of the input and 16 bits. Where an
    estimate exceeds full scale, all are scaled down together, so that none clips.

    Args:
        separator: The model.
        path: Audio file of any rate and number of channels.
        output_dir: Folder to write to.

    Returns:
        The files written.

    Raises:
        ValueError: If the file is not a recording that can be separated.
    """
    waveform, rate = audio.read(path)
    sources = separator.separate(waveform, rate, verbose=True)
    # The largest sample that 16 bits hold is 1 - 2^-15.
    sources /= max(1.0, np.abs(sources).max() / (1 - 2**-15))
    files = _output_files(path, output_dir, separator.num_speakers)
    for file, source in zip(files, sources, strict=True):
        audio.write(file, source, rate, subtype="PCM_16")
    return files


def define_flags() -> None:
    flags.DEFINE_string(
        "model",
        DEFAULT_PRESET,
        "A .keras file, the workdir of a training, or the name of a preset.",
    )
    flags.DEFINE_string("output_dir", "separated", "Folder to write to.")
    flags.DEFINE_bool(
        "resample", True, "Whether to take files of another rate than the model's."
    )
    flags.DEFINE_bool("overwrite", True, "Whether to replace files that exist.")


def main(argv: Sequence[str]) -> int:
    """Separates every file it can; the status is 1 if it could not separate all."""
    values, paths = flags.FLAGS, argv[1:]
    _check_paths(paths)
    separator = load_separator(values.model)
    failed = 0
    for path in tqdm.tqdm(paths, unit="file", disable=len(paths) == 1):
        try:
            if not values.resample:
                _check_rate(path, separator.sample_rate)
            if not values.overwrite:
                _check_new(
                    _output_files(path, values.output_dir, separator.num_speakers)
                )
            files = separate_file(separator, path, values.output_dir)
        except (ValueError, OSError) as error:
            failed += 1
            tqdm.tqdm.write(f"error: {' '.join(str(error).split())}", file=sys.stderr)
        else:
            tqdm.tqdm.write(f"{path} -> {', '.join(map(str, files))}")
    return 1 if failed else 0


def _output_files(
    path: str | Path, output_dir: str | Path, speakers: int
) -> list[Path]:
    return [
        Path(output_dir) / f"{Path(path).stem}_s{speaker + 1}.wav"
        for speaker in range(speakers)
    ]


def _check_paths(paths: Sequence[str]) -> None:
    if not paths:
        raise app.UsageError("No file was given. Name one or more audio files.")
    stems = collections.Counter(Path(path).stem for path in paths)
    stem, count = stems.most_common(1)[0]
    if count > 1:
        raise app.UsageError(
            f"File names must differ, as the results are named after them. "
            f"Received: {count} files called {stem!r}."
        )


def _check_rate(path: str, sample_rate: int) -> None:
    rate = audio.read_info(path).samplerate
    if rate != sample_rate:
        raise ValueError(
            f"The sample rate must be that of the model, {sample_rate} Hz. "
            f"Received: {path!r} at {rate} Hz. Leave --noresample out."
        )


def _check_new(files: Sequence[Path]) -> None:
    for file in files:
        if file.exists():
            raise ValueError(
                f"With --nooverwrite no result may exist. Received: {str(file)!r}."
            )


if __name__ == "__main__":
    command.run(main, define_flags)
