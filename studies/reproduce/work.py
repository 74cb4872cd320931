"""Works through trainings that several processes and machines may share."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from studies.reproduce.claims import is_claimed
from studies.reproduce.one_row import BUSY

_WAIT_SECONDS = 2.0


@dataclass(frozen=True)
class Task:
    """A training in a process of its own.

    Attributes:
        directory: Where it is, claimed by who works on it.
        module: Program that reads the contents as JSON from the standard input.
        contents: What it reads.
        is_done: Tells whether there is nothing left to do.
    """

    directory: Path
    module: str
    contents: dict[str, Any]
    is_done: Callable[[], bool]


def work_through(
    tasks: Sequence[Task], max_hours: float, report: Callable[[], object]
) -> list[Path]:
    """Does tasks until all are done, here or elsewhere.

    Args:
        tasks: In the order in which to begin them.
        max_hours: Begin none after so many hours; 0: no limit.
        report: Called after each task that was done here.

    Returns:
        The directories of the tasks that failed.
    """
    start, waiting = time.monotonic(), list(tasks)
    failed: list[Path] = []
    while waiting:
        progress = False
        for task in waiting:
            if task.is_done() or is_claimed(task.directory):
                continue
            if max_hours and time.monotonic() - start > max_hours * 3600:
                return failed
            print(f"Training {task.directory}", flush=True)
            if _run(task) not in (0, BUSY):
                failed.append(task.directory)
            progress = True
            report()
        waiting = [
            task
            for task in waiting
            if task.directory not in failed and not task.is_done()
        ]
        if waiting and not progress:
            # What others train may be free again: they may be killed.
            time.sleep(_WAIT_SECONDS)
    return failed


def _run(task: Task) -> int:
    """Does a task in a new process, its output in `log.txt`."""
    task.directory.mkdir(parents=True, exist_ok=True)
    with open(task.directory / "log.txt", "a") as log:
        return subprocess.run(
            [sys.executable, "-m", task.module],
            input=json.dumps(task.contents),
            text=True,
            stdout=log,
            stderr=subprocess.STDOUT,
            env=os.environ,
            check=False,
        ).returncode
