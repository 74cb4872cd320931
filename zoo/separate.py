"""Separates recordings: `python -m zoo.separate INPUTS --model=M --output_dir=D`."""

import os
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import soundfile
import tqdm
from absl import app, flags

from zoo import command
from zoo.data import audio
from zoo.inference import litert, outputs
from zoo.inference.recording_separator import RecordingSeparator
from zoo.inference.recordings import Recording, find_recordings
from zoo.presets import DEFAULT_PRESET
from zoo.presets.runtimes import RUNTIMES, load_for

_ERRORS = (ValueError, OSError, soundfile.SoundFileError)


def separate_file(
    separator: RecordingSeparator,
    path: str | Path,
    output_dir: str | Path,
    suffix: str = ".wav",
    subtype: str | None = None,
    mixture_consistency: bool = False,
) -> list[Path]:
    """Separates one file into `<stem>_s1.wav`, `<stem>_s2.wav` and so on.

    The files have the sample rate and the length of the input, which is read and
    separated in blocks: the memory does not grow with its length. Where an estimate
    exceeds full scale, all are scaled down together, so that none clips.

    Args:
        separator: The model, of `zoo.presets.runtimes.load_for` or
            `zoo.load_separator`.
        path: Audio file of any rate and number of channels.
        output_dir: Folder to write to. Files that exist are replaced.
        suffix: Format: `.wav`, `.flac`, `.ogg` or `.mp3`.
        subtype: One of `zoo.data.audio.SUBTYPES`; `None` takes the usual one, 16
            bits for `.wav` and `.flac`.
        mixture_consistency: Whether the estimates are made to sum to the mixture,
            as in `Separator.separate`.

    Returns:
        The files written.

    Raises:
        ValueError: If the file is not a recording that can be separated, or the
            format does not know its rate.
        OSError: If a file cannot be written.
    """
    info = audio.read_info(path)
    subtype = audio.check_writable(suffix, subtype, info.samplerate, info.frames)
    files = outputs.voice_files(
        output_dir, Path(path).stem, separator.num_speakers, suffix
    )
    _separate(separator, path, files, subtype, mixture_consistency)
    return files


def define_flags() -> None:
    flags.DEFINE_string(
        "model",
        DEFAULT_PRESET,
        "A .keras or .tflite file, the workdir of a training, or the name of a preset.",
    )
    flags.DEFINE_enum(
        "runtime",
        RUNTIMES[0],
        RUNTIMES,
        "What runs the model: LiteRT needs a .tflite file and starts at once. auto "
        "takes it where the preset or the model has one for 30 s, unless KERAS_BACKEND "
        "is set.",
    )
    flags.DEFINE_integer(
        "threads", None, "CPU threads of LiteRT; all cores by default.", lower_bound=1
    )
    flags.DEFINE_string("output_dir", "separated", "Folder to write to.")
    formats = [suffix[1:] for suffix in audio.SUBTYPES]
    flags.DEFINE_enum("format", formats[0], formats, "Format of the results.")
    flags.DEFINE_string(
        "subtype",
        None,
        "Coding of the samples: "
        + "; ".join(f"{', '.join(s)} in {k}" for k, s in audio.SUBTYPES.items())
        + ". The first of them unless told otherwise.",
    )
    flags.DEFINE_bool(
        "resample", True, "Whether to take files of another rate than the model's."
    )
    flags.DEFINE_bool(
        "mixture_consistency", False, "Whether the voices must sum to the mixture."
    )
    flags.DEFINE_bool("overwrite", False, "Whether to replace results that exist.")
    flags.DEFINE_bool("dry_run", False, "Whether to list what would be done, only.")
    flags.DEFINE_bool("quiet", False, "Whether to print errors only.")


def main(argv: Sequence[str]) -> int:
    """Separates every file it can; the status is 1 if it could not separate all."""
    values = flags.FLAGS
    suffix = f".{values.format}"
    if len(argv) < 2:
        raise app.UsageError("No file was given. Name audio files or folders of them.")
    try:
        subtype = audio.check_writable(suffix, values.subtype)
        recordings = find_recordings(argv[1:], leave_out=values.output_dir)
    except ValueError as error:
        raise app.UsageError(str(error)) from error
    _check_folder(values.output_dir)
    separator = load_for(values.runtime, values.model, values.threads)
    if values.mixture_consistency and separator.num_speakers < 2:
        raise app.UsageError(
            "With --mixture_consistency the model must have several voices. "
            f"Received: {values.model!r}, which has one. Leave the flag out."
        )
    plan = _plan(recordings, separator, suffix, subtype)
    if values.dry_run:
        for job in plan.jobs:
            _say(str(job))
        _say(f"{_count(len(plan.jobs))}, {plan.seconds:.1f} s of audio, {plan.rest}")
    else:
        _separate_all(plan, separator, subtype)
    return 1 if plan.failed else 0


@dataclass(frozen=True)
class _Job:
    """A file to separate, and into which files."""

    path: Path
    files: list[Path]
    seconds: float
    sample_rate: int
    channels: int

    def __str__(self) -> str:
        channels = f"{self.channels} channel{'s' if self.channels > 1 else ''}"
        return (
            f"{self.path}: {self.seconds:.2f} s, {self.sample_rate} Hz, {channels} -> "
            f"{', '.join(map(str, self.files))}"
        )


@dataclass
class _Plan:
    """All there is to do, and how much is not to do."""

    jobs: list[_Job]
    skipped: int = 0
    failed: int = 0

    @property
    def seconds(self) -> float:
        return sum(job.seconds for job in self.jobs)

    @property
    def rest(self) -> str:
        return f"{self.skipped} skipped, {self.failed} failed"


def _plan(
    recordings: Sequence[Recording],
    separator: RecordingSeparator,
    suffix: str,
    subtype: str,
) -> _Plan:
    """Reads all headers, so that what can be known to fail fails at once."""
    values, plan = flags.FLAGS, _Plan([])
    targets = {
        recording: outputs.voice_files(
            values.output_dir, recording.name, separator.num_speakers, suffix
        )
        for recording in recordings
    }
    _check_targets(targets)
    for recording, files in targets.items():
        existing = [file for file in files if os.path.lexists(file)]
        if len(existing) == len(files) and not values.overwrite:
            plan.skipped += 1
            continue
        try:
            if existing and not values.overwrite:
                raise ValueError(
                    "All results or none may exist. "
                    f"Received: {str(existing[0])!r} without the others. Remove it "
                    "or pass --overwrite."
                )
            plan.jobs.append(_job(recording.path, files, separator, subtype))
        except _ERRORS as error:
            plan.failed += 1
            _complain(recording.path, error)
    return plan


def _job(
    path: Path, files: list[Path], separator: RecordingSeparator, subtype: str
) -> _Job:
    info = audio.read_info(path)
    audio.check_whole(path)
    if not flags.FLAGS.resample and info.samplerate != separator.sample_rate:
        raise ValueError(
            "The sample rate must be that of the model, "
            f"{separator.sample_rate} Hz. Received: {str(path)!r} at "
            f"{info.samplerate} Hz. Leave --noresample out."
        )
    audio.check_writable(files[0].suffix, subtype, info.samplerate, info.frames)
    return _Job(
        path, files, info.frames / info.samplerate, info.samplerate, info.channels
    )


def _separate_all(plan: _Plan, separator: RecordingSeparator, subtype: str) -> None:
    """Separates file after file; an error ends one file, not all."""
    values = flags.FLAGS
    for folder in {file.parent for job in plan.jobs for file in job.files}:
        outputs.remove_left_over(folder)
    done, tried, separated, start = 0.0, 0.0, 0, time.monotonic()
    # None shows a bar on terminals only.
    disable = True if values.quiet or not plan.jobs else None
    layout = "{l_bar}{bar}| {n:.1f}/{total:.1f} s [{elapsed}<{remaining}{postfix}]"
    with tqdm.tqdm(total=plan.seconds, bar_format=layout, disable=disable) as bar:

        def advance(seconds: float) -> None:
            seconds = min(seconds, bar.total - bar.n)
            speed = (bar.n + seconds) / (time.monotonic() - start)
            bar.set_postfix_str(f"{speed:.1f} x real time", refresh=False)
            bar.update(seconds)

        for job in plan.jobs:
            tried += job.seconds
            try:
                gain_db = _separate(
                    separator,
                    job.path,
                    job.files,
                    subtype,
                    values.mixture_consistency,
                    advance,
                )
            except _ERRORS as error:
                plan.failed += 1
                _complain(job.path, error)
            else:
                done, separated = done + job.seconds, separated + 1
                gain = f", gain {gain_db:.1f} dB" if gain_db else ""
                _say(f"{job.path} -> {', '.join(map(str, job.files))}{gain}")
            advance(tried - bar.n)
    speed = done / (time.monotonic() - start)
    _say(
        f"{_count(separated)}, {done:.1f} s of audio, {speed:.1f} x real time, "
        f"{plan.rest}"
    )


def _separate(
    separator: RecordingSeparator,
    path: str | Path,
    files: Sequence[Path],
    subtype: str,
    mixture_consistency: bool,
    progress: Callable[[float], None] | None = None,
) -> float:
    """Separates a file and returns the gain in dB that keeps it from clipping."""
    rate = audio.read_info(path).samplerate
    voices = separator.separate_blocks(
        audio.read_blocks(path),
        rate,
        mixture_consistency=mixture_consistency,
        progress=progress,
    )
    return outputs.write_voices(files, voices, rate, subtype)


def _check_folder(folder: str) -> None:
    """Refuses a folder that cannot be written to before time is spent on it."""
    existing = Path(os.path.abspath(folder))
    while not os.path.lexists(existing):
        existing = existing.parent
    if not existing.is_dir() or not os.access(existing, os.W_OK | os.X_OK):
        raise ValueError(
            "--output_dir must be a folder that can be written to. "
            f"Received: {folder!r}, but {str(existing)!r} cannot."
        )


def _check_targets(targets: dict[Recording, list[Path]]) -> None:
    given = {os.path.realpath(recording.path) for recording in targets}
    for recording, files in targets.items():
        for file in files:
            if os.path.realpath(file) in given:
                raise app.UsageError(
                    f"No result may replace an input. Received: {str(file)!r}, a "
                    f"result of {str(recording.path)!r} and an input. Choose another "
                    "--output_dir."
                )


def _count(files: int) -> str:
    return f"{files} file{'' if files == 1 else 's'}"


def _say(text: str) -> None:
    if not flags.FLAGS.quiet:
        tqdm.tqdm.write(_printable(text))


def _complain(path: Path, error: Exception) -> None:
    """Names the file and the reason in one line."""
    text = str(error)
    if isinstance(error, OSError) and error.strerror:
        text = f"{error.strerror}: {error.filename or 'the results'}"
    text = " ".join(text.split())
    if str(path) not in text:
        text = f"{path}: {text}"
    tqdm.tqdm.write(_printable(f"error: {text}"), file=sys.stderr)


def _printable(text: str) -> str:
    """Escapes what a file name may hold and a terminal cannot show."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


if __name__ == "__main__":
    litert.quiet_exit()
    command.run(main, define_flags)
