"""Tests of `python -m studies.reproduce`."""

import csv
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import soundfile

from studies.reproduce import __main__ as program

ROOT = Path(__file__).parents[3]
SMALLER = (
    "model.start_filters=2",
    "model.num_residual_blocks=0",
    "steps_per_epoch=2",
    "epochs=4",
    "batch_size=2",
    "data.segment_seconds=0.3",
    "data.validation_seconds=0.3",
    "data.validation_mixtures=2",
    "data.validation_sdr_mixtures=2",
)


@pytest.fixture(scope="module")
def mixtures(tmp_path_factory):
    """A folder of few and short mixtures, as wsj0-2mix."""
    folder = tmp_path_factory.mktemp("mixtures")
    generator = np.random.default_rng(0)
    for subset, count in {"tr": 4, "cv": 2, "tt": 2}.items():
        for part in ("mix", "s1", "s2"):
            (folder / subset / part).mkdir(parents=True)
        for number in range(count):
            sources = generator.normal(size=(2, 4000)) * [[0.1], [0.05]]
            signals = {"mix": sources.sum(axis=0), "s1": sources[0], "s2": sources[1]}
            for part, signal_ in signals.items():
                path = folder / subset / part / f"{number}.wav"
                soundfile.write(path, signal_, 8000, subtype="FLOAT")
    return folder


def command(mixtures, workdir, *more):
    return [
        sys.executable,
        *("-m", "studies.reproduce", "--scale=small", f"--data={mixtures}"),
        *(f"--workdir={workdir}", *(f"--set={change}" for change in SMALLER), *more),
    ]


def run(*arguments):
    return subprocess.run(
        command(*arguments), cwd=ROOT, capture_output=True, text=True, check=False
    )


def epochs(directory):
    """Returns how many epochs have ended."""
    path = directory / "history.csv"
    return len(path.read_text().splitlines()) - 1 if path.exists() else 0


@pytest.mark.slow
@pytest.mark.parametrize("whom", ["all", "parent"])
def test_killed_anywhere_loses_at_most_an_epoch_of_a_row(mixtures, tmp_path, whom):
    arguments = (mixtures, tmp_path, "--study=differences", "--rows=real_batch_norm")
    row = tmp_path / "small/real_batch_norm/seed2018"
    process = subprocess.Popen(
        command(*arguments),
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    while epochs(row) < 2:
        assert process.poll() is None, (row / "log.txt").read_text()[-2000:]
        time.sleep(0.01)
    if whom == "all":
        os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()
    process.wait()
    before = (row / "history.csv").read_text().splitlines()
    assert not (row / "result.json").exists()
    result = run(*arguments)
    assert result.returncode == 0, result.stderr[-2000:]
    after = (row / "history.csv").read_text().splitlines()
    # The lines of all epochs that had a checkpoint are still there, times included.
    assert len(after) == 1 + 4
    assert after[: len(before) - 1] == before[:-1]
    assert "1 of 13 trainings are done" in result.stdout
    assert not list(row.glob("lease*"))


@pytest.mark.slow
def test_two_at_once_share_the_rows_and_skip_what_is_done(mixtures, tmp_path):
    arguments = (mixtures, tmp_path, "--table=1", "--rows=real_14,real_20")
    more = (*arguments, "--set=epochs=1", "--max_tests=1")
    pair = [subprocess.Popen(command(*more), cwd=ROOT) for _ in range(2)]
    assert [process.wait() for process in pair] == [0, 0]
    assert "2 of 16 trainings are done" in (tmp_path / "table1_small.md").read_text()
    rows = [tmp_path / f"small/{name}/seed2018" for name in ("real_14", "real_20")]
    for row in rows:
        # A second training in one directory would have told of going on.
        assert (row / "log.txt").read_text().count("Validation: SI-SDR") == 1
    with open(tmp_path / "table1_small.csv", newline="") as file:
        lines = {line["row"]: line for line in csv.DictReader(file)}
    assert float(lines["real_14"]["SDR"]) < 30
    assert lines["real_14"]["published row"] == "real_64_k1"
    assert lines["complex_t0_l2"]["SDR"] == ""
    times = [(row / "result.json").stat().st_mtime_ns for row in rows]
    again = run(*more)
    assert again.returncode == 0
    assert "Training" not in again.stdout
    assert times == [(row / "result.json").stat().st_mtime_ns for row in rows]
    other = run(*more, "--set=batch_size=1", "--num_seeds=2", "--rows=real_14")
    assert other.returncode == 0


@pytest.mark.slow
def test_what_was_kept_of_a_training_stands_for_it(mixtures, tmp_path):
    arguments = (
        *("--table=1", "--rows=real_14", f"--results={tmp_path / 'kept'}"),
        *("--set=epochs=2", "--max_tests=1"),
    )
    assert run(mixtures, tmp_path / "a", *arguments).returncode == 0
    (file,) = (tmp_path / "kept").rglob("*.*")
    assert file == tmp_path / "kept/small/real_14/seed2018.json"
    again = run(mixtures, tmp_path / "b", *arguments)
    assert again.returncode == 0, again.stderr[-2000:]
    assert "Training" not in again.stdout
    assert not (tmp_path / "b/small").exists()
    tables = [tmp_path / place / "table1_small.md" for place in "ab"]
    assert tables[0].read_text() == tables[1].read_text()
    other = run(mixtures, tmp_path / "b", *arguments, "--set=batch_size=1")
    assert other.returncode == 1
    assert "error: A kept result must be one of the configuration" in other.stderr


@pytest.mark.slow
def test_a_row_that_fails_is_named_and_the_others_are_trained(mixtures, tmp_path):
    broken = tmp_path / "small/real_14/seed2018/config.json"
    broken.mkdir(parents=True)  # Where a file must be.
    result = run(
        *(mixtures, tmp_path / "", "--table=1", "--rows=real_14,real_20"),
        *("--set=epochs=1", "--max_tests=1"),
    )
    assert result.returncode == 1
    assert f"error: {broken.parent} failed; see log.txt there." in result.stderr
    assert "1 of 16 trainings are done" in result.stdout
    assert "Traceback" in (broken.parent / "log.txt").read_text()


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (("--table=1", "--study=differences"), 2, "One of --table and --study"),
        ((), 2, "One of --table and --study"),
        (("--table=4",), 2, "value should be one of <1|2|3>"),
        (("--table=1",), 2, "--data must name a folder"),
        (("--table=1", "--data=nowhere"), 1, "nowhere/tr"),
        (("--table=1", "--rows=real_7"), 1, "--rows must name rows: real_64_k1"),
        (("--table=1", "--set=batch=3"), 1, "of a value that a configuration has"),
        (("--table=1", "--set=batch_size"), 1, "must be KEY=VALUE, text in quotes"),
        (("--table=1", "--set=level=loud"), 1, "must be KEY=VALUE, text in quotes"),
    ],
)
def test_names_what_is_wrong_with_the_flags(
    run_command, tmp_path, arguments, status, message
):
    ended, _, err = run_command(program, f"--workdir={tmp_path}", *arguments)
    assert ended == status
    assert message in err
    assert "Traceback" not in err
