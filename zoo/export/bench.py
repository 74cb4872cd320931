"""Time and memory of an exported file: `python -m zoo.export.bench FILE`."""

import json
import struct
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from absl import app, flags

from zoo import command
from zoo.export import tflite_file, tflite_worker

_TABLE = """{path}: {megabytes:.2f} MB, {runtime}, {threads} threads, {shape}

| | |
| --- | ---: |
| sound in a run, s | {seconds} |
| load, ms | {load:.1f} |
| first run, ms | {first:.1f} |
| mean, ms | {mean:.1f} |
| median, ms | {median:.1f} |
| 90 % of runs below, ms | {p90:.1f} |
| 99 % of runs below, ms | {p99:.1f} |
| fastest, ms | {fastest:.1f} |
| mean time per time of sound | {factor} |
| peak memory, MB | {peak:.1f} |
| of which before loading, MB | {before:.1f} |

{repeats} runs after the first, in a process of their own that loads nothing else.
"""


def define_flags() -> None:
    flags.DEFINE_float(
        "seconds", None, "Length of the sound, for files that take any.", lower_bound=0
    )
    flags.DEFINE_integer(
        "sample_rate", None, "In Hz, for files without metadata.", lower_bound=1
    )
    flags.DEFINE_integer("threads", 1, "CPU threads.", lower_bound=1)
    flags.DEFINE_integer("repeats", 20, "Runs after the first.", lower_bound=1)
    flags.DEFINE_bool("json", False, "Whether to print JSON.")


def main(argv: Sequence[str]) -> None:
    if len(argv) != 2:
        raise app.UsageError(
            "Exactly one file is taken, a .tflite file or the folder of a SavedModel. "
            f"Received: {len(argv) - 1}."
        )
    values = flags.FLAGS
    report = bench(
        argv[1], values.seconds, values.sample_rate, values.threads, values.repeats
    )
    print(json.dumps(report, indent=1) if values.json else _text(report))


def bench(
    path: str | Path,
    seconds: float | None = None,
    sample_rate: int | None = None,
    threads: int = 1,
    repeats: int = 20,
) -> dict[str, Any]:
    """Runs an exported file on noise and measures it.

    Args:
        path: A .tflite file, or the folder of a SavedModel.
        seconds: Length of the sound, for files that take any: one second if `None`.
        sample_rate: In Hz. `None` for that of the metadata beside the file.
        threads: CPU threads.
        repeats: Runs after the first.

    Returns:
        Size in bytes, seconds to load, of the first and of the other runs, memory in
        bytes, and operations with their counts.

    Raises:
        ValueError: If the path is none of these, needs operations of TensorFlow, or
            does not run.
    """
    path = Path(path)
    operations = _operations(path)
    words = _metadata(path)
    rate = sample_rate or words.get("sample_rate")
    if seconds is not None and rate is None:
        raise ValueError(
            "`sample_rate` must be given for a file without metadata. Received: "
            f"path={str(path)!r}, seconds={seconds}."
        )
    request: dict[str, Any] = {
        "path": str(path),
        "threads": threads,
        "repeats": repeats,
    }
    if seconds is not None and rate is not None:
        if not _is_free(path):
            raise ValueError(
                "`seconds` is for files that take any length. Received: "
                f"seconds={seconds} for {str(path)!r}, whose length is fixed."
            )
        request["samples"] = round(seconds * rate)
    elif _is_free(path):
        request["samples"] = rate or 8000
    measured = _work(request)
    # A step of a stream takes more than it finishes.
    samples = words.get("hop", measured["shapes"][0][-1])
    return {
        "path": str(path),
        "bytes": _size(path),
        "sample_rate": rate,
        "seconds_of_sound": samples / rate if rate else None,
        "threads": threads,
        **measured,
        "operations": operations,
    }


def _work(request: dict[str, Any]) -> dict[str, Any]:
    """Measures in a process that imports an interpreter and NumPy, and no Keras."""
    finished = subprocess.run(
        [sys.executable, tflite_worker.__file__, json.dumps(request)],
        capture_output=True,
        text=True,
    )
    lines = finished.stdout.strip().splitlines()
    if finished.returncode and not lines:
        raise ValueError(
            f"The file must run. Received: {request['path']!r}, whose process ended "
            f"with status {finished.returncode}."
        )
    report = json.loads(lines[-1])
    if "error" in report:
        reason = " ".join(report["error"].split())[:300]
        raise ValueError(f"The file must run. Received: {request['path']!r}: {reason}")
    return report


def _operations(path: Path) -> dict[str, int]:
    if not path.exists():
        raise FileNotFoundError(f"There is no file {str(path)!r}.")
    if path.is_dir():
        if not (path / "saved_model.pb").is_file():
            raise ValueError(
                "A folder must be a SavedModel, with saved_model.pb in it. "
                f"Received: path={str(path)!r}."
            )
        return {}
    content = path.read_bytes()
    if content[4:8] != b"TFL3":
        raise ValueError(
            "The file must be a TFLite file or the folder of a SavedModel. "
            f"Received: path={str(path)!r}."
        )
    try:
        return tflite_file.check_builtin(content)
    except (struct.error, IndexError, TypeError, AttributeError) as error:
        raise ValueError(
            "The file must be whole. Received: a damaged TFLite file, "
            f"path={str(path)!r}."
        ) from error


def _metadata(path: Path) -> dict[str, Any]:
    """Reads what an export writes beside its file, if it is there."""
    names = [path / "metadata.json"]
    if path.is_file():
        names = [path.with_name(path.name + ".json"), path.with_suffix(".json")]
    for name in names:
        if name.is_file():
            return json.loads(name.read_text(encoding="utf-8"))
    return {}


def _inputs(shapes: list[list[int]]) -> str:
    if len(shapes) > 2:
        return f"{len(shapes)} inputs, one step of a stream"
    return f"input {' '.join(str(tuple(shape)) for shape in shapes)}"


def _is_free(path: Path) -> bool:
    return path.is_dir() or tflite_file.has_free_length(path.read_bytes())


def _size(path: Path) -> int:
    files = path.rglob("*") if path.is_dir() else [path]
    return sum(file.stat().st_size for file in files if file.is_file())


def _text(report: dict[str, Any]) -> str:
    times = 1000 * np.array(report["times"])
    seconds = report["seconds_of_sound"]
    table = _TABLE.format(
        path=report["path"],
        megabytes=report["bytes"] / 1e6,
        runtime=report["runtime"],
        threads=report["threads"],
        shape=_inputs(report["shapes"]),
        seconds="unknown" if seconds is None else f"{seconds:g}",
        load=1000 * report["load_seconds"],
        first=1000 * report["first_seconds"],
        mean=times.mean(),
        median=np.median(times),
        p90=np.percentile(times, 90),
        p99=np.percentile(times, 99),
        fastest=times.min(),
        factor="unknown" if seconds is None else f"{times.mean() / 1000 / seconds:.3f}",
        peak=report["peak_memory"] / 1e6,
        before=report["memory_before"] / 1e6,
        repeats=len(times),
    )
    if not report["operations"]:
        return table
    counts = sorted(report["operations"].items(), key=lambda item: -item[1])
    rows = "".join(f"| {name} | {count} |\n" for name, count in counts)
    return (
        f"{table}\n| operation | count |\n| --- | ---: |\n{rows}\n"
        "The time of each operation is not measured: the interpreter has no profile in "
        "Python. The tool benchmark_model of LiteRT has one: "
        "--enable_op_profiling=true."
    )


if __name__ == "__main__":
    command.run(main, define_flags)
