"""Trains and scores one row, in a process of its own."""

import json
import os
import sys
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
from absl import logging
from ml_collections import ConfigDict

from studies.reproduce.claims import claimed
from zoo.data.mixtures.folder import MixtureFolder
from zoo.files import atomic_file

RESULT = "result.json"
# What `main` returns if another process has the row.
BUSY = 75


def read_result(directory: Path) -> dict[str, Any] | None:
    """Returns the result of a row, or None while there is none."""
    path = directory / RESULT
    return json.loads(path.read_text()) if path.exists() else None


def train_and_score(config: ConfigDict, directory: Path, max_tests: int) -> None:
    """Trains a network on `tr` and `cv` of the mixtures and scores it on `tt`.

    What was done before is not done again: training goes on after its last complete
    epoch.

    Args:
        config: Of the training; `config.data.mixtures` has the mixtures.
        directory: Of the training; the result goes to `result.json` in it.
        max_tests: How many mixtures to score, in the order of their names; 0: all.
    """
    # TensorFlow takes seconds to import.
    from zoo.evaluate import evaluate
    from zoo.inference import graph_passes
    from zoo.presets import load_separator
    from zoo.training import train

    graph_passes.choose(config.model.name)
    last = train(config, directory)
    separator = load_separator(directory)
    folder = MixtureFolder(f"{config.data.mixtures}/tt", config.sample_rate)
    count = min(len(folder), max_tests or len(folder))
    scores = evaluate(separator, (folder[index] for index in range(count)))
    weights = separator.network.trainable_variables
    result = {
        "parameters": int(sum(np.prod(weight.shape) for weight in weights)),
        "epochs": last["epoch"],
        "minutes": last["minutes"],
        "mixtures": count,
        "scores": {name: entry["mean"] for name, entry in scores["summary"].items()},
        "examples": [
            {k: v for k, v in example.items() if k != "speakers"}
            for example in scores["examples"]
        ],
    }
    with atomic_file(directory / RESULT) as file:
        file.write((json.dumps(result, indent=1) + "\n").encode())


def main() -> int:
    """Reads the task from the standard input and does it."""
    task = json.load(sys.stdin)
    directory = Path(task["directory"])
    end_with(os.getppid())
    with claimed(directory, on_loss=lambda: os._exit(1)) as mine:
        if not mine:
            return BUSY
        if read_result(directory) is None:
            train_and_score(ConfigDict(task["config"]), directory, task["max_tests"])
    return 0


def end_with(parent: int) -> None:
    """Ends this process soon after its parent, which may be killed."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1.0)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


if __name__ == "__main__":
    logging.use_absl_handler()
    sys.exit(main())
