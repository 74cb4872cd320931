"""Works through rows that several processes and machines may share."""

import contextlib
import functools
import json
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from filelock import LeaseCompromise, SoftFileLease, Timeout

_WAIT_SECONDS = 2.0
# A machine that has not renewed its lease for so long is taken for dead.
_LEASE_SECONDS = 300.0


@dataclass(frozen=True)
class Task:
    """A row to train and score in a process of its own.

    Attributes:
        directory: Where it is, leased by who works on it.
        contents: What `studies.rows.train_row` reads.
        is_done: Tells whether there is nothing left to do.
    """

    directory: Path
    contents: dict[str, Any]
    is_done: Callable[[], bool]


def work_through(
    tasks: Sequence[Task], max_hours: float, report: Callable[[], object]
) -> list[Path]:
    """Does tasks until all are done, here or elsewhere.

    A task is leased: who does it renews the lease, and another takes it over as soon
    as the process is killed, or its machine was not heard of for five minutes. Then a
    process that only slept is told, and ends its work. The directories must be ones
    that all who share them see, with a file system that creates files exclusively, as
    NFS since version 3.

    Args:
        tasks: In the order in which to begin them.
        max_hours: Begin none after so many hours; 0: no limit.
        report: Called after each task that was done here.

    Returns:
        The directories of the tasks that failed.
    """
    start, waiting = time.monotonic(), list(tasks)
    failed: list[Path] = []
    running: list[subprocess.Popen[str]] = []

    def stop(loss: LeaseCompromise) -> None:
        for process in running:
            process.kill()

    @functools.cache  # How long a lease was seen unrenewed is kept in it.
    def lease_of(directory: Path) -> SoftFileLease:
        directory.mkdir(parents=True, exist_ok=True)
        return SoftFileLease(
            directory / "lease",
            timeout=0,
            lease_duration=_LEASE_SECONDS,
            on_compromise=stop,
        )

    while True:
        waiting = [
            task
            for task in waiting
            if task.directory not in failed and not task.is_done()
        ]
        if not waiting:
            return failed
        progress = False
        for task in waiting:
            try:
                with lease_of(task.directory):
                    if task.is_done():
                        continue
                    if max_hours and time.monotonic() - start > max_hours * 3600:
                        return failed
                    print(f"Training {task.directory}", flush=True)
                    if _run(task, running):
                        failed.append(task.directory)
            except Timeout:
                continue
            progress = True
            report()
        if not progress:
            # What others train may be free again: they may be killed.
            time.sleep(_WAIT_SECONDS)


def _run(task: Task, running: list[subprocess.Popen[str]]) -> int:
    """Does a task in a new process, its output in `log.txt`; returns its status."""
    with open(task.directory / "log.txt", "a") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "studies.rows.train_row"],
            stdin=subprocess.PIPE,
            text=True,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    running[:] = [process]
    assert process.stdin is not None
    # It stays open: the process ends as soon as this one does.
    with contextlib.suppress(BrokenPipeError), process.stdin as pipe:
        print(json.dumps(task.contents), file=pipe, flush=True)
        process.wait()
    running.clear()
    return process.wait()
