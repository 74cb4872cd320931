"""Time of an exported model against that of Keras."""

import contextlib
import importlib
import time
from collections.abc import Callable
from typing import Any

import keras
import numpy as np

from zoo.export.inputs import example_signal
from zoo.inference.separator import Separator


def one_thread() -> None:
    """Keeps Keras to one thread, as far as it has not started yet.

    Only then is a comparison with an interpreter of one thread fair.
    """
    if keras.backend.backend() == "torch":
        importlib.import_module("torch").set_num_threads(1)
    else:
        import tensorflow as tf

        with contextlib.suppress(RuntimeError):
            tf.config.threading.set_intra_op_parallelism_threads(1)
            tf.config.threading.set_inter_op_parallelism_threads(1)


def has_one_thread() -> bool:
    """Whether Keras calculates with one thread."""
    if keras.backend.backend() == "torch":
        return importlib.import_module("torch").get_num_threads() == 1
    import tensorflow as tf

    return tf.config.threading.get_intra_op_parallelism_threads() == 1


def time_against_keras(
    separator: Separator,
    run: Callable[[np.ndarray], np.ndarray],
    samples: int | None,
    repeats: int,
) -> dict[str, Any]:
    """Times the exported model and `predict` of Keras, in turn.

    Args:
        separator: The model in Keras.
        run: The exported one, of one thread.
        samples: Length of the mixture, or `None` for one second.
        repeats: Runs of each after the first.

    Returns:
        Seconds of sound, median seconds of a run of each, seconds per second of sound
        and the ratio of the export to Keras, below 1 if it is faster.
    """
    samples = separator.sample_rate if samples is None else samples
    mixture = example_signal(samples, separator.sample_rate)
    runs = {"export": run, "keras": lambda x: separator.predict(x, verbose=0)}
    times: dict[str, list[float]] = {name: [] for name in runs}
    # In turn, so that other work on the machine slows both.
    for _ in range(repeats + 1):
        for name, call in runs.items():
            start = time.perf_counter()
            call(mixture)
            times[name].append(time.perf_counter() - start)
    medians = {name: float(np.median(values[1:])) for name, values in times.items()}
    seconds = samples / separator.sample_rate
    return {
        "seconds_of_sound": seconds,
        "repeats": repeats,
        "keras_on_one_thread": has_one_thread(),
        "export_seconds": medians["export"],
        "keras_seconds": medians["keras"],
        "seconds_per_second": medians["export"] / seconds,
        "ratio_to_keras": medians["export"] / medians["keras"],
    }
