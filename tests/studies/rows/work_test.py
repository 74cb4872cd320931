"""Tests of rows that several processes share."""

import signal
import subprocess
import sys
import threading
import time

import pytest

from studies.rows import work
from studies.rows.work import Task, work_through

_popen = subprocess.Popen
# In place of the program that trains: it writes a result when it is let, and ends with
# its parent as that does.
PROGRAM = """
import json, os, sys, threading, time
from pathlib import Path

task = json.loads(sys.stdin.readline())
threading.Thread(
    target=lambda: (os.read(0, 1), os._exit(1)), daemon=True
).start()
directory = Path(task["directory"])
with open(directory / "starts", "a") as file:
    print(os.getpid(), file=file)
while not (directory.parent / "go").exists():
    time.sleep(0.01)
if "fail" in task:
    sys.exit("as asked")
(directory / "result").touch()
"""
WORK = """
import sys
from pathlib import Path
from studies.rows import work
from tests.studies.rows.work_test import patched, tasks
patched(Path(sys.argv[1]))
work.work_through(tasks(Path(sys.argv[1]), sys.argv[2:]), 0.0, lambda: None)
"""


def patched(folder):
    """Has another program run, from its file."""
    (folder / "program.py").write_text(PROGRAM)

    def start(command, **options):
        assert command[1:] == ["-m", "studies.rows.train_row"]
        return _popen([command[0], str(folder / "program.py")], **options)

    work.subprocess.Popen = start


def tasks(folder, names):
    def task(name):
        directory = folder / name
        contents = {"directory": str(directory)} | ({"fail": 1} if "x" in name else {})
        return Task(directory, contents, lambda: (directory / "result").exists())

    return [task(name) for name in names]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    # It is put back after the test.
    monkeypatch.setattr(subprocess, "Popen", _popen)
    monkeypatch.setattr(work, "_WAIT_SECONDS", 0.01)
    patched(tmp_path)
    return tmp_path


@pytest.fixture
def start(folder):
    """Returns a function that has another process work."""
    started = []

    def start(*names):
        process = _popen([sys.executable, "-c", WORK, str(folder), *names])
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()


def starts(folder, name):
    path = folder / name / "starts"
    return path.read_text().split() if path.exists() else []


def wait_for(condition):
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_each_row_is_done_once_by_whoever_takes_it(folder, start):
    names = ("a", "b", "c")
    others = [start(*names) for _ in range(2)]
    wait_for(lambda: sum(len(starts(folder, name)) for name in names) == 2)
    (folder / "go").touch()
    reported = []
    assert work_through(tasks(folder, names), 0.0, lambda: reported.append(1)) == []
    assert [process.wait() for process in others] == [0, 0]
    assert [len(starts(folder, name)) for name in names] == [1, 1, 1]
    assert not list(folder.glob("*/lease*"))


def test_what_a_killed_process_had_is_taken_over(folder, start):
    first = start("a")
    wait_for(lambda: starts(folder, "a"))
    first.send_signal(signal.SIGKILL)
    first.wait()
    (folder / "go").touch()
    assert work_through(tasks(folder, ["a"]), 0.0, lambda: None) == []
    assert len(starts(folder, "a")) == 2


def test_a_stopped_process_loses_its_lease_and_its_work(folder, monkeypatch):
    monkeypatch.setattr(work, "_LEASE_SECONDS", 0.3)
    failed = []
    thread = threading.Thread(
        target=lambda: failed.extend(work_through(tasks(folder, ["a"]), 0.0, list))
    )
    thread.start()
    wait_for(lambda: starts(folder, "a"))
    (folder / "a" / "lease").unlink()
    thread.join(30)
    assert failed == [folder / "a"]
    assert not (folder / "a" / "result").exists()


def test_failures_are_returned_and_logged(folder):
    (folder / "go").touch()
    reported = []
    failed = work_through(tasks(folder, ["x", "a"]), 0.0, lambda: reported.append(1))
    assert failed == [folder / "x"] and len(reported) == 2
    assert "as asked" in (folder / "x" / "log.txt").read_text()
    assert (folder / "a" / "result").exists()


def test_none_begins_after_the_time(folder):
    assert work_through(tasks(folder, ["a"]), 1e-12, lambda: None) == []
    assert not starts(folder, "a")
