"""Which interpreters run a TFLite file, and whether they give the same."""

import json
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from zoo.export import tflite_worker
from zoo.export.agreement import snr_db


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
            name, result = _work(python, request)
            if name is None:
                continue
            if result is None:
                with np.load(outputs) as separated:
                    found[name] = _agrees(expected, separated["mixture"])
            else:
                found[name] = _failed(result)
    if not found:
        raise ValueError(
            "A Python program to try must have LiteRT or TensorFlow. Received: "
            f"{python!r}."
        )
    return found


def _work(python: str, request: dict[str, str]) -> tuple[str | None, str | None]:
    """Returns the name of an interpreter, if it is there, and its error, if any."""
    finished = subprocess.run(
        [python, tflite_worker.__file__, json.dumps(request)],
        capture_output=True,
        text=True,
    )
    lines = finished.stdout.strip().splitlines()
    report = json.loads(lines[-1]) if lines else {}
    if finished.returncode < 0:
        return request["runtime"], f"died of signal {-finished.returncode}"
    return report.get("runtime"), report.get("error")


def _agrees(expected: np.ndarray, actual: np.ndarray) -> dict[str, Any]:
    return {"runs": True, "snr_db": snr_db(expected, actual)}


def _failed(error: object) -> dict[str, Any]:
    return {"runs": False, "error": " ".join(str(error).split())[:300]}
