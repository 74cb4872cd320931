"""Time and memory of a model: `python -m studies.benchmark --model=ComplexUNet`."""

import json
import platform
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from absl import app, flags

from studies.memory import measured_environment, peak_memory
from zoo import command
from zoo.documents import markdown_table
from zoo.processes import answer

TASKS = ("forward", "training step", "litert")


def define_flags() -> None:
    flags.DEFINE_string("model", "ComplexUNet", "A name in zoo.models.MODELS.")
    flags.DEFINE_string(
        "arguments", "{}", "Arguments of the model as JSON; the paper's by default."
    )
    flags.DEFINE_integer("batch", 1, "Mixtures in a batch.", lower_bound=1)
    flags.DEFINE_integer("frames", 256, "Frames of a spectrogram.", lower_bound=1)
    flags.DEFINE_integer("frame_length", 256, "Samples of a frame.", lower_bound=2)
    flags.DEFINE_integer("threads", 2, "CPU threads.", lower_bound=1)
    flags.DEFINE_integer("repeats", 5, "Runs after the first.", lower_bound=1)
    flags.DEFINE_list("tasks", list(TASKS), f"Of {', '.join(TASKS)}.")
    flags.DEFINE_string("output", None, "Markdown file to write, beside the terminal.")
    flags.DEFINE_bool("worker", False, "Measure one task in this process.")


def main(argv: Sequence[str]) -> None:
    if len(argv) > 1:
        raise app.UsageError(f"Only flags are taken. Received: {argv[1]!r}.")
    values = flags.FLAGS
    unknown = set(values.tasks) - set(TASKS)
    if unknown:
        raise ValueError(
            f"`tasks` must be of {', '.join(TASKS)}. Received: {sorted(unknown)}."
        )
    if values.worker:
        print(json.dumps(_measure(values.tasks[0])))
        return
    # A process for each task: the peak memory is that of the task alone.
    rows = [_measure_in_process(task) for task in values.tasks]
    table = _table(rows)
    print(table)
    if values.output:
        Path(values.output).write_text(table + "\n")


def _measure_in_process(task: str) -> dict[str, Any]:
    values = flags.FLAGS
    names = ("model", "arguments", "batch", "frames", "frame_length", "repeats")
    arguments = [f"--{name}={getattr(values, name)}" for name in (*names, "threads")]
    worker = ["-m", "studies.benchmark", "--worker", f"--tasks={task}", *arguments]
    return answer(worker, environment=measured_environment(values.threads))


def _measure(task: str) -> dict[str, Any]:
    """Measures in this process, which has done nothing else."""
    import keras

    from zoo.inference import graph_passes
    from zoo.models import MODELS

    values = flags.FLAGS
    if values.model not in MODELS:
        raise ValueError(
            f"`model` must be one of {', '.join(MODELS)}. "
            f"Received: model={values.model}."
        )
    graph_passes.choose(values.model)
    imported = peak_memory()
    network = MODELS[values.model](**json.loads(values.arguments))
    shape = {"shape": _input_shape(network)}
    if task == "litert":
        return _measure_litert(network) | shape
    run = {"forward": _forward, "training step": _training_step}[task](network)
    times = []
    for _ in range(values.repeats + 1):
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    version = keras.version()
    runtime = f"Keras {version}, {keras.backend.backend()}"
    return _row(task, runtime, times, imported, peak_memory()) | shape


def _forward(network: Any) -> Callable[[], Any]:
    network.compile(jit_compile=_jit())
    mixture = _mixture(network)
    return lambda: network.predict_on_batch(mixture)


def _training_step(network: Any) -> Callable[[], Any]:
    from keras_complex.losses import CSimLoss, NegativeSISDR, PermutationInvariant
    from zoo.training.optimizers import SGD

    network.compile(
        optimizer=SGD(0.01, max_norm=1.0, l2_decay=1e-4, momentum=0.9, nesterov=True),
        loss=PermutationInvariant(
            NegativeSISDR() if _takes_waveforms(network) else CSimLoss()
        ),
        jit_compile=_jit(),
    )
    # Otherwise, the first step is traced twice.
    network.optimizer.build(network.trainable_variables)
    mixture = _mixture(network)
    references = np.stack([mixture] * network.num_speakers, axis=1)
    return lambda: network.train_on_batch(mixture, references)


def _measure_litert(network: Any) -> dict[str, Any]:
    """Measures the exported file, waveform to waveforms, in a bare process."""
    from zoo.export.conversion import convert
    from zoo.export.inputs import load_inputs
    from zoo.export.interpreters import time_file
    from zoo.inference.separator import Separator

    values = flags.FLAGS
    step = values.frame_length // 2
    frame_length = 0 if _takes_waveforms(network) else values.frame_length
    separator = Separator(network, 8000, frame_length, step)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.tflite"
        # Unchecked: rounding decides what networks that nobody trained put out.
        samples = (values.frames - 1) * step
        inputs = load_inputs(separator, None, samples)
        path.write_bytes(convert(separator, [samples], "float32", inputs))
        measured = time_file(path, None, values.threads, values.repeats)
    times = [measured["first_seconds"], *measured["times"]]
    return _row("forward", "LiteRT", times, 0.0, measured["peak_memory"] / 2**30)


def _row(
    task: str, runtime: str, times: list[float], imported: float, peak: float
) -> dict[str, Any]:
    return {
        "task": task,
        "runtime": runtime,
        "first": times[0],
        "fastest": min(times[1:]),
        "median": float(np.median(times[1:])),
        "imported": imported,
        "peak": peak,
    }


def _takes_waveforms(network: Any) -> bool:
    return len(network.input_shape) == 2


def _input_shape(network: Any) -> tuple[int, ...]:
    """Returns the shape of spectrograms, or of waveforms that are as long."""
    values = flags.FLAGS
    if _takes_waveforms(network):
        return (values.batch, (values.frames - 1) * values.frame_length // 2)
    return (values.batch, values.frames, values.frame_length // 2 + 1, 2)


def _mixture(network: Any) -> np.ndarray:
    shape = _input_shape(network)
    return np.random.default_rng(0).normal(size=shape).astype("float32")


def _jit() -> bool | str:
    """XLA slows the step of a CPU on TensorFlow; JAX knows nothing else."""
    import keras

    return False if keras.backend.backend() == "tensorflow" else "auto"


def _table(rows: list[dict[str, Any]]) -> str:
    values = flags.FLAGS
    lines = [
        f"`{values.model}({values.arguments})`, input {tuple(rows[0]['shape'])}, "
        f"{values.threads} threads, {values.repeats} runs after the first; "
        f"{platform.machine()}, Python {platform.python_version()}.",
        "\n",
    ]
    columns = {
        "first": "first, s",
        "fastest": "fastest, s",
        "median": "median, s",
        "imported": "after import, GiB",
        "peak": "peak, GiB",
    }
    cells = [
        [row["task"], row["runtime"], *(f"{row[key]:.2f}" for key in columns)]
        for row in rows
    ]
    table = markdown_table(["task", "runtime", *columns.values()], cells, "llrrrrr")
    return "\n".join([*lines, table])


if __name__ == "__main__":
    command.run(main, define_flags)
