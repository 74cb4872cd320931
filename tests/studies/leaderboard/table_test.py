"""Tests of the table of a leaderboard."""

import csv
import json

import pytest

from studies.leaderboard.entries import Entry, make_entries
from studies.leaderboard.table import Board, write_table

SCORES = {"si_sdr_improvement": 2.345, "sdr_improvement": 3.0, "stoi": 0.75}


def add_result(results, entry, **more):
    directory = results.directory_of(entry)
    directory.mkdir(parents=True)
    result = {"mixtures": 3, "scores": SCORES | more.pop("scores", {}), **more}
    (directory / "result.json").write_text(json.dumps(result))


@pytest.fixture
def board(tmp_path):
    """Returns entries and results, of all but one."""
    entries = make_entries(["tasnet", "oracle_irm", "mixture", "chimera"], "m", 2, 5.0)
    (tmp_path / "data/tt/mix").mkdir(parents=True)
    results = Board(tmp_path / "models", tmp_path / "data", None)
    add_result(
        results,
        entries[0],
        parameters=1_234_567,
        multiply_adds_per_second=2.5e9,
        real_time_factor=0.0123,
        peak_memory_gib=0.5,
        cpu_minutes=90.0,
        examples=12_000,
    )
    add_result(results, entries[1], scores={"si_sdr_improvement": 12.0, "stoi": None})
    add_result(results, entries[2], scores={"si_sdr_improvement": 0.0})
    return entries, results


def test_the_best_comes_first(board, tmp_path):
    entries, results = board
    markdown = write_table(tmp_path / "board", entries, results)
    assert (tmp_path / "board.md").read_text() == markdown
    assert markdown.startswith("Means over 3 test mixtures.")
    assert markdown.splitlines()[-3:] == [
        "| oracle_irm | - | - | - | - | 12.00 | 3.00 | - | - | - |",
        "| tasnet | 1.23 | 2.50 | 0.012 | 0.50 | 2.35 | 3.00 | 0.750 | 1.50 | 12,000 |",
        "| mixture | - | - | - | - | 0.00 | 3.00 | 0.750 | - | - |",
    ]
    with open(tmp_path / "board.csv", newline="") as file:
        lines = list(csv.DictReader(file))
    assert [line["model"] for line in lines] == ["oracle_irm", "tasnet", "mixture"]
    assert lines[1]["training (CPU hours)"] == "1.50"


def test_kept_results_give_the_same_table(board, tmp_path):
    entries, results = board
    kept = tmp_path / "kept"
    Board(tmp_path / "models", tmp_path / "data", kept).keep_entries(entries)
    assert len(list(kept.iterdir())) == 3
    elsewhere = Board(tmp_path / "nothing", tmp_path / "data", tmp_path / "kept")
    assert write_table(tmp_path / "a", entries, elsewhere) == write_table(
        tmp_path / "b", entries, results
    )


def test_a_kept_result_of_another_training_or_test_is_named(board, tmp_path):
    entries, _ = board
    kept = tmp_path / "kept"
    Board(tmp_path / "models", tmp_path / "data", kept).keep_entries(entries)
    (longer,) = make_entries(["tasnet"], "m", 2, 6.0)
    with pytest.raises(ValueError, match=r"of another training"):
        Board(tmp_path / "models", tmp_path / "data", kept).result(longer)
    (tmp_path / "data/tt/mix/1.wav").touch()
    results = Board(tmp_path / "models", tmp_path / "data", kept)
    with pytest.raises(ValueError, match="of another tests"):
        results.result(entries[0])


def test_models_from_files_have_a_directory_of_their_own(tmp_path):
    (tmp_path / "tt/mix").mkdir(parents=True)
    results = Board(tmp_path, tmp_path, None)
    directory = results.directory_of(Entry("/runs/one/best.keras"))
    assert directory == tmp_path / "runs_one_best.keras"
