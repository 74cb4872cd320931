"""Tests of the table and the figures."""

import csv
import json

import pytest

from studies.reproduce import report
from studies.reproduce.plan import rows_of_table


def add_run(runs, row, seed, sdr, curve):
    directory = runs.directory_of(row, seed)
    directory.mkdir(parents=True)
    names = ("sdr", "sdr_improvement", "si_sdr_improvement")
    scores = dict(zip(names, (sdr, sdr - 0.5, sdr - 1), strict=True))
    result = {"parameters": 1234567, "minutes": 90.4, "mixtures": 3, "scores": scores}
    (directory / "result.json").write_text(json.dumps(result))
    lines = ["epoch,sdr", *(f"{k},{v}" for k, v in enumerate(curve, 1))]
    (directory / "history.csv").write_text("\n".join(lines) + "\n")


@pytest.fixture
def table(tmp_path):
    """Returns rows and trainings of Table 3, two of them done."""
    rows = rows_of_table(3)
    runs = report.Runs(tmp_path / "paper", num_seeds=2)
    by_name = {row.name: row for row in rows}
    plain, extractor = by_name["complex_44_t0_l2"], by_name["complex_44_t10_csim_d0.1"]
    add_run(runs, plain, 0, 9.0, [1.0, 2.0])
    add_run(runs, plain, 1, 10.0, [3.0, 4.0, 5.0])
    add_run(runs, extractor, 1, 11.25, [6.0])
    return rows, runs


def test_table_has_published_and_measured_scores(table, tmp_path):
    rows, runs = table
    markdown = report.write(tmp_path / "table3", rows, runs)
    assert (tmp_path / "table3.md").read_text() == markdown
    assert "3 of 64 trainings are done" in markdown
    with open(tmp_path / "table3.csv", newline="") as file:
        lines = {line["row"]: line for line in csv.DictReader(file)}
    assert list(lines) == [row.name for row in rows]
    done = lines["complex_44_t0_l2"]
    assert done["published SDR"] == "9.88"
    assert done["SDR"] == "9.50 ± 0.71"
    assert done["SDRi"] == "9.00 ± 0.71"
    assert done["seeds"] == "2"
    assert done["minutes"] == "90"
    assert done["parameters"] == "1,234,567"
    assert lines["complex_44_t10_csim_d0.1"]["SDR"] == "11.25"
    missing = lines["complex_44_t5_l2"]
    assert missing["published SDR"] == "10.11"
    assert missing["SDR"] == ""
    assert markdown.count("\n| complex_44") == 32
    assert "| complex_44_t5_l2 | complex | 44 | 2 | 5 | 0 | L2, frequency | - |" in (
        markdown
    )


def test_figures_have_mean_and_deviation_of_each_group(table, tmp_path):
    rows, runs = table
    report.write(tmp_path / "table3", rows, runs)
    with open(tmp_path / "table3_by_transforms.csv", newline="") as file:
        lines = [tuple(line.values()) for line in csv.DictReader(file)]
    assert lines == [
        ("without transforms", "1", "2.0000", "1.0000", "2"),
        ("without transforms", "2", "3.0000", "1.0000", "2"),
        ("without transforms", "3", "5.0000", "0.0000", "1"),
        ("with transforms", "1", "6.0000", "0.0000", "1"),
    ]
    # Only one loss, and only one side of the dropout, has curves of extractors.
    assert not (tmp_path / "table3_by_loss.csv").exists()
    assert not (tmp_path / "table3_by_dropout.csv").exists()


def test_kept_results_give_the_same_table_and_curves(table, tmp_path):
    rows, runs = table
    kept = tmp_path / "kept"
    report.Runs(tmp_path / "paper", 2, kept).keep_rows(rows)
    assert len(list(kept.rglob("*.json"))) == 3
    elsewhere = report.Runs(tmp_path / "nothing", 2, kept)
    markdown = report.write(tmp_path / "again", rows, elsewhere)
    assert markdown == report.write(tmp_path / "table3", rows, runs)
    assert [elsewhere.histories(row) for row in rows] == [
        runs.histories(row) for row in rows
    ]
    assert [elsewhere.scores(row) for row in rows] == [runs.scores(row) for row in rows]


def test_a_kept_result_of_another_configuration_is_named(table, tmp_path):
    rows, _ = table
    runs = report.Runs(tmp_path / "paper", 2, tmp_path / "kept")
    runs.keep_rows(rows)
    rows[0].config.batch_size += 1
    with pytest.raises(ValueError, match="configuration and test mixtures of its row"):
        runs.results(rows[0])


def test_figures_are_pictures(table, tmp_path):
    pytest.importorskip("matplotlib")
    rows, runs = table
    by_name = {row.name: row for row in rows}
    add_run(runs, by_name["complex_44_t5_l2"], 0, 10.0, [1.0, 2.0])
    report.write(tmp_path / "table3", rows, runs)
    for name in ("by_transforms", "by_loss", "by_dropout"):
        picture = (tmp_path / f"table3_{name}.png").read_bytes()
        assert picture.startswith(b"\x89PNG")
