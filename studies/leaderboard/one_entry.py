"""Trains and scores one entry, in a process of its own."""

import importlib.util
import json
import os
import sys
from pathlib import Path
from typing import Any

from absl import logging
from ml_collections import ConfigDict

from studies.leaderboard.cost import measure_cost
from studies.leaderboard.entries import MIXTURE, Entry
from studies.reproduce.claims import claimed
from studies.reproduce.one_row import BUSY, RESULT, end_with, read_result
from zoo.data.mixtures.folder import MixtureFolder
from zoo.files import atomic_file
from zoo.models.oracle_masks import OracleSeparator

# Where the training before an entry's own lies, in its directory.
_FIRST = "first"


def train_and_score(entry: Entry, directory: Path, data: str, max_tests: int) -> None:
    """Trains an entry, unless it is trained, and scores it on `tt`.

    What was done before is not done again: training goes on after its last complete
    epoch.

    Args:
        entry: Of the leaderboard.
        directory: Of its training; the result goes to `result.json` in it.
        data: Folder with the mixtures `tt`.
        max_tests: How many mixtures to score, in the order of their names; 0: all.
    """
    model, result = entry.name, dict[str, Any]()
    if entry.config is not None:
        model, result = str(directory), _train(entry.config, entry.first, directory)
    if entry.mask is None and entry.name != MIXTURE:
        result |= measure_cost(model)
    count, scores = _score(entry, model, data, max_tests)
    result |= {"mixtures": count, "scores": scores}
    with atomic_file(directory / RESULT) as file:
        file.write((json.dumps(result, indent=1) + "\n").encode())


def _train(
    config: ConfigDict, first: ConfigDict | None, directory: Path
) -> dict[str, Any]:
    # TensorFlow takes seconds to import.
    from zoo.inference import graph_passes
    from zoo.training import train

    graph_passes.choose(config.model.name)
    minutes = 0.0
    if first is not None:
        minutes = train(first, directory / _FIRST)["cpu_minutes"]
        with config.unlocked():
            config.initial_weights = str(directory / _FIRST)
    last = train(config, directory)
    examples = last["epoch"] * config.steps_per_epoch * config.batch_size
    return {"cpu_minutes": minutes + last["cpu_minutes"], "examples": examples}


def _score(
    entry: Entry, model: str, data: str, max_tests: int
) -> tuple[int, dict[str, float]]:
    from zoo.evaluate import RATIOS, evaluate
    from zoo.presets import load_separator

    folder = MixtureFolder(f"{data}/tt")
    count = min(len(folder), max_tests or len(folder))
    examples = (folder[index] for index in range(count))
    measures = [*RATIOS, *(["stoi"] if importlib.util.find_spec("pystoi") else [])]
    if entry.mask is not None:
        oracle = OracleSeparator(entry.mask)
        report = evaluate(oracle, oracle.follow(examples), measures)
    else:
        separator = None if entry.name == MIXTURE else load_separator(model)
        report = evaluate(separator, examples, measures)
    return count, {name: value["mean"] for name, value in report["summary"].items()}


def main() -> int:
    """Reads the task from the standard input and does it."""
    task = json.load(sys.stdin)
    directory = Path(task["directory"])
    configs = [task[key] and ConfigDict(task[key]) for key in ("config", "first")]
    entry = Entry(task["name"], *configs)
    end_with(os.getppid())
    with claimed(directory, on_loss=lambda: os._exit(1)) as mine:
        if not mine:
            return BUSY
        if read_result(directory) is None:
            train_and_score(entry, directory, task["data"], task["max_tests"])
    return 0


if __name__ == "__main__":
    logging.use_absl_handler()
    sys.exit(main())
