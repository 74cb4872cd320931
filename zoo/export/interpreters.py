"""Which interpreters run a TFLite file, and whether they give the same."""

import json
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from zoo.export import tflite_worker
from zoo.export.agreement import snr_db
from zoo.processes import NoAnswerError, answer


def try_all(
    path: Path, mixture: np.ndarray, expected: np.ndarray, pythons: Sequence[str] = ()
) -> dict[str, dict[str, Any]]:
    """Runs a file with LiteRT and with TensorFlow, here and elsewhere.

    Args:
        path: The file.
        mixture: Input `(1, samples)`.
        expected: What Keras gives for it.
        pythons: Other Python programs to try, each with all that it has.

    Returns:
        For each interpreter, by name and version, `runs` and either `snr_db` or
        `error`. One that is not installed is left out.

    Raises:
        ValueError: If a Python program has no interpreter at all.
    """
    found: dict[str, dict[str, Any]] = {}
    for runtime in tflite_worker.RUNTIMES:
        name = runtime
        try:
            runner = tflite_worker.Runner(path, runtime)
            name = runner.name
            found[name] = _agrees(expected, runner(mixture))
        except ImportError:
            continue
        except (RuntimeError, ValueError) as error:
            found[name] = _failed(error)
    for python in pythons:
        found |= _try_elsewhere(python, path, mixture, expected)
    return found


def time_file(
    path: Path, samples: int | None, threads: int, repeats: int
) -> dict[str, Any]:
    """Times a file in a process that imports an interpreter and NumPy, and no Keras.

    Args:
        path: A TFLite file, or the folder of a SavedModel.
        samples: Length of the input, for files that take any.
        threads: CPU threads.
        repeats: Runs after the first.

    Returns:
        What `zoo.export.tflite_worker` prints.

    Raises:
        ValueError: If the file does not run.
    """
    request = {"path": str(path), "threads": threads, "repeats": repeats}
    if samples is not None:
        request["samples"] = samples
    try:
        measured = _ask(sys.executable, request)
    except NoAnswerError as error:
        measured = {"error": str(error)}
    if "error" in measured:
        reason = " ".join(measured["error"].split())[:300]
        raise ValueError(f"The file must run. Received: {str(path)!r}: {reason}")
    return measured


def _ask(python: str, request: dict[str, Any]) -> dict[str, Any]:
    return answer([tflite_worker.__file__, json.dumps(request)], python)


def _try_elsewhere(
    python: str, path: Path, mixture: np.ndarray, expected: np.ndarray
) -> dict[str, dict[str, Any]]:
    found = {}
    for runtime in tflite_worker.RUNTIMES:
        with tempfile.TemporaryDirectory() as folder:
            inputs, outputs = f"{folder}/inputs.npz", f"{folder}/outputs.npz"
            np.savez(inputs, mixture=mixture)
            request = {"path": str(path), "runtime": runtime}
            request |= {"inputs": inputs, "outputs": outputs}
            try:
                report = _ask(python, request)
            except NoAnswerError as error:
                found[runtime] = _failed(error)
                continue
            if "error" not in report:
                with np.load(outputs) as separated:
                    found[report["runtime"]] = _agrees(expected, separated["mixture"])
            elif "runtime" in report:
                found[report["runtime"]] = _failed(report["error"])
    if not found:
        raise ValueError(
            "A Python program to try must have LiteRT or TensorFlow. Received: "
            f"{python!r}."
        )
    return found


def _agrees(expected: np.ndarray, actual: np.ndarray) -> dict[str, Any]:
    return {"runs": True, "snr_db": snr_db(expected, actual)}


def _failed(error: object) -> dict[str, Any]:
    return {"runs": False, "error": " ".join(str(error).split())[:300]}
