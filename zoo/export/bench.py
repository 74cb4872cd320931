"""Time and memory of an exported file: `python -m zoo.export.bench FILE`."""

import json
import struct
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from absl import app, flags

from zoo import command
from zoo.documents import markdown_table
from zoo.export import tflite_file
from zoo.export.finishing import size
from zoo.export.interpreters import time_file


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
    metadata = _metadata(path)
    rate = sample_rate or metadata.get("sample_rate")
    if seconds is not None and rate is None:
        raise ValueError(
            "`sample_rate` must be given for a file without metadata. Received: "
            f"path={str(path)!r}, seconds={seconds}."
        )
    length = None
    if _takes_any_length(path):
        length = rate or 8000
        if seconds is not None and rate is not None:
            length = round(seconds * rate)
    elif seconds is not None:
        raise ValueError(
            "`seconds` is for files that take any length. Received: "
            f"seconds={seconds} for {str(path)!r}, whose length is fixed."
        )
    measured = time_file(path, length, threads, repeats)
    # A step of a stream takes more than it finishes.
    samples = metadata.get("hop", measured["shapes"][0][-1])
    return {
        "path": str(path),
        "bytes": size(path),
        "sample_rate": rate,
        "seconds_of_sound": samples / rate if rate else None,
        "threads": threads,
        **measured,
        "operations": operations,
    }


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


def _takes_any_length(path: Path) -> bool:
    return path.is_dir() or tflite_file.has_free_length(path.read_bytes())


def _text(report: dict[str, Any]) -> str:
    times_ms = 1000 * np.array(report["times"])
    seconds = report["seconds_of_sound"]
    known = seconds is not None
    rows = {
        "sound in a run, s": f"{seconds:g}" if known else "unknown",
        "load, ms": f"{1000 * report['load_seconds']:.1f}",
        "first run, ms": f"{1000 * report['first_seconds']:.1f}",
        "mean, ms": f"{times_ms.mean():.1f}",
        "median, ms": f"{np.median(times_ms):.1f}",
        "90 % of runs below, ms": f"{np.percentile(times_ms, 90):.1f}",
        "99 % of runs below, ms": f"{np.percentile(times_ms, 99):.1f}",
        "fastest, ms": f"{times_ms.min():.1f}",
        "mean time per time of sound": (
            f"{times_ms.mean() / 1000 / seconds:.3f}" if known else "unknown"
        ),
        "peak memory, MB": f"{report['peak_memory'] / 1e6:.1f}",
        "of which before loading, MB": f"{report['memory_before'] / 1e6:.1f}",
    }
    text = (
        f"{report['path']}: {report['bytes'] / 1e6:.2f} MB, {report['runtime']}, "
        f"{report['threads']} threads, {_inputs(report['shapes'])}\n\n"
        f"{markdown_table(('', ''), rows.items(), 'lr')}\n"
        f"{len(times_ms)} runs after the first, in a process of their own that loads "
        "nothing else.\n"
    )
    if not report["operations"]:
        return text
    counts = sorted(report["operations"].items(), key=lambda item: -item[1])
    return (
        f"{text}\n{markdown_table(('operation', 'count'), counts, 'lr')}\n"
        "The time of each operation is not measured: the interpreter has no profile in "
        "Python. The tool benchmark_model of LiteRT has one: "
        "--enable_op_profiling=true."
    )


if __name__ == "__main__":
    command.run(main, define_flags)
