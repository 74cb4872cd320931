"""Runs a TFLite file, or a SavedModel, where Keras is not; usable by path.

As a program it needs NumPy and LiteRT, or TensorFlow, and nothing else:

    python tflite_worker.py '{"path": "model.tflite", "repeats": 10}'

`samples`, `threads`, `inputs` and `outputs` (.npz files) and `runtime` are optional. It
prints JSON: runtime, seconds to load, of the first and the later runs, peak memory in
bytes.
"""

import json
import resource
import sys
import time
import warnings
from collections.abc import Callable, Sequence
from functools import partial
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np

RUNTIMES = ("LiteRT", "TensorFlow")


class Runner:
    """A TFLite file, open in an interpreter.

    Args:
        path: The file.
        runtime: One of `RUNTIMES`, or `None` for the first that is installed.
        threads: CPU threads.
        signature: Name of the signature to run, with `mixture` as its input; the
            first graph if `None`.

    Attributes:
        name: Of the interpreter, such as "LiteRT 2.3.0".
        load_seconds: Time to open the file.
        memory_before: Peak memory of the process before, in bytes.

    Raises:
        ImportError: If the runtime is not installed.
        ValueError: If the file is not for it.
    """

    def __init__(
        self,
        path: str | Path,
        runtime: str | None = None,
        threads: int = 1,
        signature: str | None = None,
    ) -> None:
        interpreter_class, self.name = _find(runtime)
        self._signature = signature
        self._open = partial(
            interpreter_class, model_path=str(path), num_threads=threads
        )
        self._shape: tuple[int, ...] | None = None
        self.memory_before, start = peak_memory(), time.perf_counter()
        self._reopen()
        self.load_seconds = time.perf_counter() - start

    def __call__(self, mixture: np.ndarray) -> np.ndarray:
        """Separates a mixture `(1, samples)`, after resizing the input if need be."""
        if self._signature is not None:
            run = self.interpreter.get_signature_runner(self._signature)
            (result,) = run(mixture=mixture).values()
            return result
        details = self.interpreter.get_input_details()[0]
        if self._shape and -1 in details["shape_signature"]:
            # LiteRT 2.3 and TensorFlow 2.21 move the memory of a file with open sizes
            # in its first run, and now and then go on in the old: one run for each.
            self._reopen()
        self.resize(mixture.shape)
        self.interpreter.set_tensor(details["index"], mixture)
        self.interpreter.invoke()
        output = self.interpreter.get_output_details()[0]["index"]
        return self.interpreter.get_tensor(output)

    def resize(self, shape: Sequence[int]) -> None:
        """Makes the input of a file with one input this large."""
        if tuple(shape) == self._shape:
            return
        details = self.interpreter.get_input_details()[0]
        if tuple(details["shape"]) != tuple(shape):
            # Strict: a fixed length is refused and not silently changed.
            self.interpreter.resize_tensor_input(
                details["index"], list(shape), strict=True
            )
        self.interpreter.allocate_tensors()
        self._shape = tuple(shape)

    def _reopen(self) -> None:
        with warnings.catch_warnings():
            # TensorFlow's is deprecated in favour of LiteRT, which is tried first.
            warnings.simplefilter("ignore")
            self.interpreter = self._open()
        self._shape = None

    def prepare(self, samples: int | None) -> tuple[Callable[[], Any], list[list[int]]]:
        """Fills all inputs with noise; returns what runs the file, and their shapes."""
        given = self.interpreter.get_input_details()
        if samples is not None and len(given) == 1:
            self.resize((*map(int, given[0]["shape"][:-1]), samples))
        else:
            self.interpreter.allocate_tensors()
        shapes = []
        for details in self.interpreter.get_input_details():
            shapes.append([int(size) for size in details["shape"]])
            noise = _noise(shapes[-1], details["dtype"])
            self.interpreter.set_tensor(details["index"], noise)
        return self.interpreter.invoke, shapes


def peak_memory() -> int:
    """Returns the peak resident memory of this process, in bytes."""
    status = Path("/proc/self/status")
    if status.exists():
        # `getrusage` would count what the parent had when it started this one.
        (line,) = (n for n in status.read_text().splitlines() if "VmHWM" in n)
        return int(line.split()[1]) * 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def main(argv: Sequence[str]) -> int:
    request = json.loads(argv[1])
    report: dict[str, Any] = {}
    make = _SavedModel if Path(request["path"]).is_dir() else Runner
    try:
        runner = make(
            request["path"], request.get("runtime"), request.get("threads", 1)
        )
        report = {
            "runtime": runner.name,
            "load_seconds": runner.load_seconds,
            "memory_before": runner.memory_before,
        }
        if "inputs" in request:
            with np.load(request["inputs"]) as inputs:
                results = {key: runner(inputs[key]) for key in inputs}
            np.savez(request["outputs"], **results)
        if request.get("repeats"):
            report |= _time(runner, request.get("samples"), request["repeats"])
    except ImportError as error:
        report = {"error": str(error)}
    except (RuntimeError, ValueError) as error:
        report.setdefault("runtime", request.get("runtime", "LiteRT"))
        report["error"] = str(error)
    print(json.dumps(report | {"peak_memory": peak_memory()}))
    return 1 if "error" in report else 0


class _SavedModel:
    """The same for a SavedModel."""

    def __init__(self, path: str, runtime: str | None = None, threads: int = 1) -> None:
        import tensorflow as tf

        tf.config.threading.set_intra_op_parallelism_threads(threads)
        tf.config.threading.set_inter_op_parallelism_threads(1)
        self.name = f"TensorFlow {tf.__version__}"
        self.memory_before, start = peak_memory(), time.perf_counter()
        self._model = tf.saved_model.load(path)
        self.load_seconds = time.perf_counter() - start

    def __call__(self, mixture: np.ndarray) -> np.ndarray:
        return self._model.serve(mixture).numpy()

    def prepare(self, samples: int | None) -> tuple[Callable[[], Any], list[list[int]]]:
        shape = [1, samples or 8000]
        mixture = _noise(shape, np.float32)
        return lambda: self(mixture), [shape]


def _time(
    runner: Runner | _SavedModel, samples: int | None, repeats: int
) -> dict[str, Any]:
    """Times every run after the first, which allocates."""
    run, shapes = runner.prepare(samples)
    times = []
    for _ in range(repeats + 1):
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    return {"first_seconds": times[0], "times": times[1:], "shapes": shapes}


def _noise(shape: Sequence[int], dtype: Any) -> np.ndarray:
    return (0.1 * np.random.default_rng(0).normal(size=shape)).astype(dtype)


def _find(runtime: str | None) -> tuple[Any, str]:
    if runtime in (None, "LiteRT"):
        try:
            from ai_edge_litert.interpreter import Interpreter

            return Interpreter, f"LiteRT {metadata.version('ai-edge-litert')}"
        except ImportError:
            if runtime:
                raise
    import tensorflow as tf

    # An attribute that TensorFlow loads on demand; it cannot be imported.
    return tf.lite.Interpreter, f"TensorFlow {tf.__version__}"


if __name__ == "__main__":
    # By path, the neighbours of this file come before packages of the same name.
    sys.path[:] = [p for p in sys.path if Path(p) != Path(__file__).parent]
    sys.exit(main(sys.argv))
