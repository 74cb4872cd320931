"""Tests of claims on shared directories."""

import json
import os
import signal
import subprocess
import sys
import threading
import time

from studies.reproduce import claims
from studies.reproduce.claims import claimed, is_claimed

# Without the packages around it, whose import takes seconds.
HOLD = """
import runpy, sys, time
from pathlib import Path
claimed = runpy.run_path(sys.argv[2])["claimed"]
with claimed(Path(sys.argv[1])) as mine:
    print(mine, flush=True)
    time.sleep(60 if mine else 0)
"""


def hold(directory):
    return subprocess.Popen(
        [sys.executable, "-c", HOLD, str(directory), claims.__file__],
        stdout=subprocess.PIPE,
        text=True,
    )


def test_a_claim_holds_until_its_block_ends(tmp_path):
    assert not is_claimed(tmp_path / "row")
    with claimed(tmp_path / "row") as mine:
        assert mine
        assert is_claimed(tmp_path / "row")
        with claimed(tmp_path / "row") as other:
            assert not other
        assert is_claimed(tmp_path / "row")
    assert not is_claimed(tmp_path / "row")
    assert not list((tmp_path / "row").iterdir())


def test_a_killed_process_gives_up_its_claim(tmp_path):
    with hold(tmp_path) as process:
        assert process.stdout.readline() == "True\n"
        with claimed(tmp_path) as mine:
            assert not mine
        process.send_signal(signal.SIGKILL)
    with claimed(tmp_path) as mine:
        assert mine
        assert len(list(tmp_path.glob("claim.*"))) == 1


def test_a_machine_not_heard_of_gives_up_its_claim(tmp_path):
    path = tmp_path / "claim.7"
    path.write_text(json.dumps({"host": "elsewhere", "process": 1}))
    with claimed(tmp_path) as mine:
        assert not mine
    long_ago = time.time() - 301
    os.utime(path, (long_ago, long_ago))
    with claimed(tmp_path) as mine:
        assert mine
        assert [p.name for p in tmp_path.iterdir()] == ["claim.8"]


def test_a_claim_is_renewed_while_it_holds(tmp_path, monkeypatch):
    monkeypatch.setattr(claims, "_BEAT_SECONDS", 0.01)
    with claimed(tmp_path):
        (path,) = tmp_path.glob("claim.*")
        os.utime(path, (0, 0))
        deadline = time.monotonic() + 10
        while path.stat().st_mtime < 1 and time.monotonic() < deadline:
            time.sleep(0.01)
        assert path.stat().st_mtime > 1


def test_a_process_that_lost_its_claim_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr(claims, "_BEAT_SECONDS", 0.01)
    lost = threading.Event()
    with claimed(tmp_path, on_loss=lost.set):
        (path,) = tmp_path.glob("claim.*")
        path.unlink()
        assert lost.wait(10)


def test_of_many_at_once_one_gets_a_stale_claim(tmp_path):
    (tmp_path / "claim.1").write_text(json.dumps({"host": "gone", "process": 1}))
    os.utime(tmp_path / "claim.1", (0, 0))
    with hold(tmp_path) as one, hold(tmp_path) as two, hold(tmp_path) as three:
        processes = (one, two, three)
        answers = [process.stdout.readline() for process in processes]
        for process in processes:
            process.kill()
    assert sorted(answers) == ["False\n", "False\n", "True\n"]
