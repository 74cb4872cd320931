"""Trains and scores one row, in a process of its own.

It reads a task as a line of JSON from the standard input, and ends when that closes:
its parent may be killed.
"""

import importlib.util
import json
import os
import sys
import threading
from pathlib import Path
from typing import Any

import numpy as np
from absl import logging
from ml_collections import ConfigDict

from studies.leaderboard.cost import measure_cost
from studies.rows.results import read_result, write_result
from zoo.data.mixtures.folder import MixtureFolder
from zoo.models.oracle_masks import OracleSeparator

# Where the training before a row's own lies, in its directory.
_FIRST = "first"


def task_of(
    directory: Path,
    data: str,
    max_tests: int,
    config: ConfigDict | None = None,
    first: ConfigDict | None = None,
    model: str | None = None,
    mask: str | None = None,
    with_cost: bool = False,
) -> dict[str, Any]:
    """Returns what `train_and_score` takes, as JSON can hold it.

    Args:
        directory: Of the training, and of the result.
        data: Folder with the mixtures `tt`.
        max_tests: How many mixtures to score, in the order of their names; 0: all.
        config: Of the training, which goes on after its last complete epoch; `None`
            for none.
        first: Of a training before it, whose weights it begins with, or `None`.
        model: What `zoo.load_separator` takes, for a row without a training; `None`
            for the mixture itself.
        mask: Of an oracle, in place of a model.
        with_cost: Whether what the model costs is measured.
    """
    return {
        "directory": str(directory),
        "data": data,
        "max_tests": max_tests,
        "config": config and config.to_dict(),
        "first": first and first.to_dict(),
        "model": model,
        "mask": mask,
        "with_cost": with_cost,
    }


def train_and_score(task: dict[str, Any]) -> dict[str, Any]:
    """Trains a row, unless it is trained, and scores it on `tt`.

    Args:
        task: Of `task_of`.

    Returns:
        `scores`, the means over `mixtures` mixtures, and `test_scores`, those of
        each, with STOI where pystoi is installed; of a network `parameters`, those
        that are trained; of a training its `epochs`, `minutes`, `cpu_minutes` and
        `examples`, the mixtures trained on; and its cost as
        `studies.leaderboard.cost.measure_cost` has it.
    """
    model, result = task["model"], dict[str, Any]()
    if task["config"] is not None:
        model = task["directory"]
        first = task["first"] and ConfigDict(task["first"])
        result |= _train(ConfigDict(task["config"]), first, Path(model))
    if task["with_cost"]:
        result |= measure_cost(model)
    return result | _score(model, task)


def _train(
    config: ConfigDict, first: ConfigDict | None, directory: Path
) -> dict[str, Any]:
    # TensorFlow takes seconds to import.
    from zoo.inference import graph_passes
    from zoo.training import train

    graph_passes.choose(config.model.name)
    before = {"minutes": 0.0, "cpu_minutes": 0.0}
    if first is not None:
        before = train(first, directory / _FIRST)
        with config.unlocked():
            config.initial_weights = str(directory / _FIRST)
    last = train(config, directory)
    return {
        "epochs": last["epoch"],
        **{key: before[key] + last[key] for key in ("minutes", "cpu_minutes")},
        "examples": last["epoch"] * config.steps_per_epoch * config.batch_size,
    }


def _score(model: str | None, task: dict[str, Any]) -> dict[str, Any]:
    from zoo.evaluate import RATIOS, evaluate
    from zoo.presets import load_separator

    folder = MixtureFolder(f"{task['data']}/tt")
    count = min(len(folder), task["max_tests"] or len(folder))
    examples = (folder[index] for index in range(count))
    measures = [*RATIOS, *(["stoi"] if importlib.util.find_spec("pystoi") else [])]
    result: dict[str, Any] = {"mixtures": count}
    if task["mask"] is not None:
        oracle = OracleSeparator(task["mask"])
        report = evaluate(oracle, oracle.follow(examples), measures)
    else:
        separator = None if model is None else load_separator(model)
        report = evaluate(separator, examples, measures)
        if separator is not None:
            weights = separator.network.trainable_variables
            result["parameters"] = int(sum(np.prod(w.shape) for w in weights))
    result["scores"] = {name: v["mean"] for name, v in report["summary"].items()}
    result["test_scores"] = [
        {k: v for k, v in example.items() if k != "speakers"}
        for example in report["examples"]
    ]
    return result


def main() -> int:
    """Reads the task from the standard input and does it."""
    task = json.loads(sys.stdin.readline())
    threading.Thread(target=_end_with_parent, daemon=True).start()
    directory = Path(task["directory"])
    if read_result(directory) is None:
        write_result(directory, train_and_score(task))
    return 0


def _end_with_parent() -> None:
    os.read(sys.stdin.fileno(), 1)
    os._exit(1)


if __name__ == "__main__":
    logging.use_absl_handler()
    sys.exit(main())
