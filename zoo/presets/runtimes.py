"""Runtimes of separators: LiteRT, which starts in a fraction of a second, or Keras."""

import importlib.util
import os
from pathlib import Path

from zoo.inference import litert
from zoo.inference.fixed_lengths import FixedLengthSeparator
from zoo.inference.recording_separator import RecordingSeparator
from zoo.presets import PRESETS, load_separator, model_file

RUNTIMES = ("auto", "litert", "keras")


def load_for(
    runtime: str, source: str | os.PathLike[str], threads: int | None = None
) -> RecordingSeparator:
    """Loads a separator for one of the runtimes.

    `"auto"` takes LiteRT for a .tflite file, and for a model beside whose .keras file
    stands a .tflite file that is made for recordings: not older than the model unless
    both are a preset's, and with a longest length of 30 s at least. It takes Keras
    where LiteRT is not installed, or where the environment variable KERAS_BACKEND is
    set: who names a backend, such as one with a GPU, wants it.

    Keras sees a model with such a file in its lengths too, so that both runtimes give
    the same.

    Args:
        runtime: One of `RUNTIMES`.
        source: What `zoo.load_separator` takes, or a .tflite file.
        threads: CPU threads of LiteRT; as many as the process may use if `None`.

    Raises:
        ImportError: If the runtime is not installed.
        ValueError: If the model cannot be loaded, or has no file for the runtime.
    """
    if runtime not in RUNTIMES:
        raise ValueError(
            f"`runtime` must be one of {', '.join(RUNTIMES)}. "
            f"Received: runtime={runtime!r}."
        )
    path = model_file(source)
    if path.suffix == ".tflite":
        if runtime == "keras":
            raise ValueError(
                f"A .tflite file runs on LiteRT alone. Received: {str(path)!r}. Name "
                "the .keras file, or leave --runtime out."
            )
        return litert.load_litert(path, threads)
    beside = path.with_suffix(".tflite")
    if runtime == "litert":
        return litert.load_litert(beside, threads)
    made = is_made_for_recordings(beside, path, os.fspath(source) in PRESETS)
    if runtime == "auto" and made and _prefers_litert():
        return litert.load_litert(beside, threads)
    separator = load_separator(source)
    if not made:
        return separator
    return FixedLengthSeparator(
        separator.separate_batch,
        list(litert.fixed_lengths(litert.read_metadata(beside))),
        separator.sample_rate,
        separator.num_speakers,
    )


def is_made_for_recordings(path: Path, model: Path, same_age: bool = False) -> bool:
    """Whether a LiteRT file may stand for a model wherever it is used.

    Args:
        path: The LiteRT file, which need not exist.
        model: The .keras file.
        same_age: Whether it is known to be of this model.
    """
    if not path.is_file():
        return False
    if not same_age and path.stat().st_mtime < model.stat().st_mtime:
        return False
    try:
        metadata = litert.read_metadata(path)
    except ValueError:
        return False
    longest = max(litert.fixed_lengths(metadata), default=0)
    return longest >= RecordingSeparator.chunk_seconds * metadata["sample_rate"]


def _prefers_litert() -> bool:
    installed = importlib.util.find_spec("ai_edge_litert") is not None
    return installed and not os.environ.get("KERAS_BACKEND")
