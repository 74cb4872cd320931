"""Separators from LiteRT files, without TensorFlow and without Keras."""

import atexit
import contextlib
import json
import os
import weakref
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from zoo.inference.fixed_lengths import FixedLengthSeparator

# A flag of XNNPACK: pointers to what each window of a convolution covers are made anew
# in every run. To keep them takes 15 MB for each second of a block, as all else does.
_TRANSIENT_INDIRECTION = 0x20
_HOW_TO_EXPORT = (
    "Make one by `python -m zoo.export --model=MODEL --format=litert "
    "--seconds=2,4,10,30 --output=model.tflite`."
)


def load_litert(
    path: str | os.PathLike[str], threads: int | None = None
) -> FixedLengthSeparator:
    """Loads a separator from a file that `zoo.export.export_litert` wrote.

    Each of its signatures takes one length. Its sample rate stands in `<name>.json`
    beside it.

    Args:
        path: File that ends in .tflite.
        threads: CPU threads; as many as the process may use if `None`.

    Raises:
        ImportError: If LiteRT is not installed.
        ValueError: If the file is not such a file, or has no `<name>.json`.

    Example:

    >>> separator = load_litert("saved_models/complex_unet_small_8k/model.tflite")
    >>> separator.separate(np.zeros(11025), sample_rate=44100).shape
    (2, 11025)
    """
    path = Path(path)
    metadata = read_metadata(path)
    lengths = fixed_lengths(metadata)
    if not lengths:
        raise ValueError(
            f"A LiteRT file must take fixed lengths. Received: {str(path)!r}, which "
            f"takes any. {_HOW_TO_EXPORT}"
        )
    return FixedLengthSeparator(
        _File(path, lengths, metadata["num_speakers"], threads or usable_cores()),
        list(lengths),
        metadata["sample_rate"],
        metadata["num_speakers"],
    )


def read_metadata(path: Path) -> dict[str, Any]:
    """Reads what stands beside a LiteRT file.

    Raises:
        ValueError: If the file or its metadata are missing or not of a separator.
    """
    if not path.is_file():
        raise ValueError(
            f"A LiteRT file must exist. Received: {str(path)!r}. {_HOW_TO_EXPORT}"
        )
    beside = path.with_name(path.name + ".json")
    try:
        metadata = json.loads(beside.read_text(encoding="utf-8"))
        _ = metadata["sample_rate"], metadata["num_speakers"], metadata["signatures"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ValueError(
            f"A LiteRT file must have its metadata, with its sample rate, in "
            f"{str(beside)!r} beside it. Received: {type(error).__name__}. "
            f"{_HOW_TO_EXPORT}"
        ) from error
    if metadata.get("format") != "litert":
        raise ValueError(
            f"A LiteRT file must be of whole mixtures. Received: {str(path)!r}, whose "
            f"metadata say format={metadata.get('format')!r}. {_HOW_TO_EXPORT}"
        )
    return metadata


def fixed_lengths(metadata: dict[str, Any]) -> dict[int, str]:
    """Returns the signature for each length that a LiteRT file takes, in samples.

    There is none if the file takes any length.

    Args:
        metadata: As `read_metadata` returns it.
    """
    usual = metadata["input"]["shape"][-1]
    lengths = {
        signature.get("samples", usual): name
        for name, signature in metadata["signatures"].items()
    }
    return {length: name for length, name in lengths.items() if length}


def quiet_exit() -> None:
    """Silences what LiteRT tells when the process ends, after all of Python.

    For a program, not for a library: nothing reaches stderr from then on.
    """
    atexit.register(_discard_stderr)


def usable_cores() -> int:
    """Returns how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class _File:
    """A LiteRT file, open in the runtime, in which nothing is ever resized."""

    def __init__(
        self, path: Path, lengths: dict[int, str], num_speakers: int, threads: int
    ) -> None:
        self._lengths = lengths
        self._num_speakers = num_speakers
        with _no_stderr():
            model = _open(path, threads)
        # All that is native is in here, so that it is closed without a word.
        self._native: dict[str, Any] = {"model": model, "buffers": {}}
        weakref.finalize(self, _close, self._native)
        # To ask it for more than the names would allocate the memory of all lengths.
        missing = set(lengths.values()) - set(model.get_signature_list())
        if missing:
            raise ValueError(
                "A LiteRT file must have the signatures that its metadata name. "
                f"Received: {str(path)!r} without {', '.join(sorted(missing))}. "
                f"{_HOW_TO_EXPORT}"
            )

    def __call__(self, mixture: np.ndarray) -> np.ndarray:
        samples = mixture.shape[-1]
        model, buffers = self._native["model"], self._native["buffers"]
        index = model.get_signature_index(self._lengths[samples])
        if samples not in buffers:
            buffers[samples] = (
                model.create_input_buffers(index),
                model.create_output_buffers(index),
            )
        inputs, outputs = buffers[samples]
        with _no_stderr():
            inputs[0].write(np.ascontiguousarray(mixture, "float32"))
        model.run_by_index(index, inputs, outputs)
        estimates = outputs[0].read(self._num_speakers * samples, np.float32)
        return np.reshape(estimates, (1, self._num_speakers, samples))


def _open(path: Path, threads: int) -> Any:
    from ai_edge_litert.compiled_model import CompiledModel
    from ai_edge_litert.cpu_options import CpuOptions
    from ai_edge_litert.hardware_accelerator import HardwareAccelerator
    from ai_edge_litert.options import Options

    cpu = CpuOptions(num_threads=threads, xnnpack_flags=_TRANSIENT_INDIRECTION)
    options = Options(hardware_accelerators=HardwareAccelerator.CPU, cpu_options=cpu)
    try:
        return CompiledModel.from_file(str(path), options=options)
    except (RuntimeError, ValueError) as error:
        raise ValueError(
            f"A LiteRT file must be whole. Received: {str(path)!r} ({error})."
        ) from error


def _close(native: dict[str, Any]) -> None:
    with _no_stderr():
        native["buffers"].clear()
        native.clear()


def _discard_stderr() -> None:
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    os.close(nowhere)


@contextlib.contextmanager
def _no_stderr() -> Iterator[None]:
    """Silences native code, which tells on the file descriptor what it looks for."""
    try:
        kept = os.dup(2)
    except OSError:  # It is closed already.
        yield
        return
    try:
        _discard_stderr()
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
