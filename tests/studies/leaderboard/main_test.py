"""Tests of `python -m studies.leaderboard`."""

import csv
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

from studies.leaderboard import __main__ as program

ROOT = Path(__file__).parents[3]
SMALLER = (
    "steps_per_epoch=2",
    "batch_size=2",
    "data.segment_seconds=0.3",
    "data.validation_seconds=0.3",
    "data.validation_mixtures=2",
)


@pytest.fixture(scope="module")
def mixtures(tmp_path_factory):
    """A folder of few and short mixtures of three speakers."""
    folder = tmp_path_factory.mktemp("mixtures")
    generator = np.random.default_rng(0)
    for subset in ("tr", "cv", "tt"):
        for number in range(2):
            sources = generator.normal(scale=0.1, size=(3, 4000))
            signals = {"mix": sources.sum(axis=0)}
            signals |= {f"s{k}": source for k, source in enumerate(sources, 1)}
            for part, signal in signals.items():
                path = folder / subset / part / f"{number}.wav"
                path.parent.mkdir(parents=True, exist_ok=True)
                soundfile.write(path, signal, 8000, subtype="FLOAT")
    return folder


def run(mixtures, workdir, *more):
    return subprocess.run(
        [
            *(sys.executable, "-m", "studies.leaderboard", f"--data={mixtures}"),
            *(f"--workdir={workdir}", "--cpu_minutes=0.001"),
            *(f"--set={change}" for change in SMALLER),
            *more,
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def read(workdir):
    with open(workdir / "leaderboard.csv", newline="") as file:
        return {line["model"]: line for line in csv.DictReader(file)}


@pytest.mark.slow
def test_trains_scores_and_measures_each_model_once(mixtures, tmp_path):
    document = tmp_path / "page.md"
    document.write_text("<!-- begin leaderboard -->\n<!-- end leaderboard -->\n")
    more = (f"--results={tmp_path / 'kept'}", f"--insert_into={document}")
    models = "--models=wa_misi,oracle_crm,mixture"
    result = run(mixtures, tmp_path / "a", models, *more)
    assert result.returncode == 0, result.stderr[-2000:]
    lines = read(tmp_path / "a")
    assert next(iter(lines)) == "oracle_crm"
    assert float(lines["mixture"]["SI-SDRi (dB)"]) == 0
    trained = lines["wa_misi"]
    for column in ("parameters (M)", "multiply-adds (G/s)", "peak memory (GiB)"):
        assert float(trained[column]) > 0
    # One epoch of the network itself, and one of that with whose weights it began.
    assert trained["mixtures trained on"] == "4"
    directory = tmp_path / "a/models/wa_misi"
    first = json.loads((directory / "first/config.json").read_text())
    assert first["loss"]["name"] == "chimera"
    config = json.loads((directory / "config.json").read_text())
    assert config["initial_weights"] == str(directory / "first")
    assert "| wa_misi |" in document.read_text()

    # What was kept is not done again; a trained model is scored as it is.
    models = f"{models},{directory}"
    again = run(mixtures, tmp_path / "b", models, *more[:1])
    assert again.returncode == 0, again.stderr[-2000:]
    assert again.stdout.count("Training") == 1
    lines = read(tmp_path / "b")
    for column in ("parameters (M)", "SI-SDRi (dB)", "multiply-adds (G/s)"):
        assert lines[str(directory)][column] == lines["wa_misi"][column]


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (("--data=nowhere",), 1, "nowhere/tt"),
        (("--models=x",), 1, "--models must name trained models"),
        (("--set=batch=3",), 1, "a value that a configuration has"),
        (("x",), 2, "Unexpected argument: x"),
    ],
)
def test_names_what_is_wrong_with_the_flags(
    run_command, mixtures, tmp_path, arguments, status, message
):
    flags = (f"--data={mixtures}", f"--workdir={tmp_path}", *arguments)
    ended, _, err = run_command(program, *flags)
    assert ended == status
    assert message in err
    assert "Traceback" not in err


def test_needs_data(run_command, tmp_path):
    ended, _, err = run_command(program, f"--workdir={tmp_path}")
    assert ended == 2
    assert "--data" in err
