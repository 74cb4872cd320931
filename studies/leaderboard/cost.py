"""Cost of running a trained model, measured in a process of its own."""

import json
import subprocess
import sys
import time
from typing import Any

import numpy as np

from studies.memory import peak_memory

# Seconds of noise that are separated, and how often after the first time.
_SECONDS = 10.0
_REPEATS = 3


def measure_cost(model: str) -> dict[str, Any]:
    """Measures a model in a new process, which does nothing else.

    Args:
        model: What `zoo.load_separator` takes.

    Returns:
        `parameters`, those that are trained; `multiply_adds_per_second` of audio, as
        `zoo.models.multiply_adds` counts them; `real_time_factor`, the time that 10 s
        of noise take over these 10 s, counted on the CPU and summed over its cores,
        the least of 3 runs; and `peak_memory_gib` of the process.

    Raises:
        ValueError: If the process fails.
    """
    finished = subprocess.run(
        [sys.executable, "-m", "studies.leaderboard.cost", model],
        capture_output=True,
        text=True,
        check=False,
    )
    if finished.returncode:
        lines = finished.stderr.strip().splitlines() or ["killed"]
        raise ValueError(f"Measuring {model!r} failed: {lines[-1]}")
    return json.loads(finished.stdout.splitlines()[-1])


def _measure(model: str) -> dict[str, Any]:
    from zoo.presets import load_separator
    from zoo.presets.model_table import count_multiply_adds

    separator = load_separator(model)
    rate = separator.sample_rate
    samples = round(_SECONDS * rate)
    noise = np.random.default_rng(0).normal(scale=0.1, size=samples)
    times = []
    for _ in range(_REPEATS + 1):
        start = time.process_time()
        separator.separate(noise, rate)
        times.append(time.process_time() - start)
    weights = separator.network.trainable_variables
    return {
        "parameters": int(sum(np.prod(weight.shape) for weight in weights)),
        "multiply_adds_per_second": (
            count_multiply_adds(separator, _SECONDS).total / _SECONDS
        ),
        "real_time_factor": min(times[1:]) / _SECONDS,
        "peak_memory_gib": peak_memory(),
    }


if __name__ == "__main__":
    print(json.dumps(_measure(sys.argv[1])))
