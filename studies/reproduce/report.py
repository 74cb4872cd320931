"""The table and the figures of what has been trained so far."""

import csv
import json
import statistics
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from studies.reproduce.figures import draw_curves
from studies.reproduce.hypotheses import Hypothesis, against_first, compare_rows
from studies.reproduce.plan import Row
from studies.rows.results import Results
from zoo.documents import csv_text, markdown_table
from zoo.files import write_text

_LOSSES = {
    "cosine_time": "cosine, time",
    "csim": "CSimLoss",
    "l2": "L2, frequency",
    "l2_time": "L2, time",
}
_SCORES = {"sdr": "SDR", "sdr_improvement": "SDRi", "si_sdr_improvement": "SI-SDRi"}


class Runs(Results):
    """Results of the trainings, of which there is one for each row and seed.

    Args:
        directory: Of all trainings.
        num_seeds: How many trainings a row has.
        kept: Of the small files, `ROW/seed2018.json`, or `None` for none.
    """

    def __init__(
        self, directory: Path, num_seeds: int, kept: Path | None = None
    ) -> None:
        super().__init__(directory, kept)
        self.num_seeds = num_seeds

    def directory_of(self, row: Row, seed: int) -> Path:
        """Returns the directory of a training; `seed` counts from 0."""
        return self.directory(_name(row, seed))

    def result(self, row: Row, seed: int) -> dict[str, Any] | None:
        """Returns the result of a training, or None while it has not ended.

        Raises:
            ValueError: If the kept result is that of another configuration.
        """
        return self.read(_name(row, seed), _identity(row))

    def results(self, row: Row) -> list[dict[str, Any]]:
        """Returns the results of the trainings that have ended."""
        found = [self.result(row, seed) for seed in range(self.num_seeds)]
        return [result for result in found if result is not None]

    def scores(self, row: Row) -> list[float | None]:
        """Returns the test SDR of each seed, in dB, or None where there is none."""
        found = [self.result(row, seed) for seed in range(self.num_seeds)]
        return [None if r is None else r["scores"]["sdr"] for r in found]

    def histories(self, row: Row) -> list[list[float]]:
        """Returns the validation SDR of every epoch of each training so far, in dB."""
        curves = [self._history(row, seed) for seed in range(self.num_seeds)]
        return [curve for curve in curves if curve]

    def keep_rows(self, rows: Sequence[Row]) -> None:
        """Writes the small file of each training that has ended and has none."""
        for row in rows:
            for seed in range(self.num_seeds):
                history = {"validation_sdr": self._history(row, seed)}
                self.keep(_name(row, seed), history | _identity(row))

    def _history(self, row: Row, seed: int) -> list[float]:
        kept = self.read_kept(_name(row, seed), _identity(row))
        if kept is not None:
            return kept["validation_sdr"]
        path = self.directory_of(row, seed) / "history.csv"
        if not path.exists():
            return []
        with path.open(newline="") as file:
            lines = list(csv.DictReader(file))
        return [float(line["sdr"]) for line in lines if "sdr" in line]


def _name(row: Row, seed: int) -> str:
    return f"{row.name}/seed{row.config.seed + seed}"


def write(
    path: Path,
    rows: Sequence[Row],
    runs: Runs,
    hypotheses: Sequence[Hypothesis] | None = None,
) -> str:
    """Writes the table as Markdown and CSV, and the figures as PNG and CSV.

    Args:
        path: Of the files, without suffix.
        rows: Of the table.
        runs: Their trainings.
        hypotheses: What the paper says of the rows; `None` for a study, whose rows
            are compared with the first.

    Returns:
        The tables in Markdown.
    """
    cells = [_cells(row, runs.results(row)) for row in rows]
    scores = {row.name: runs.scores(row) for row in rows}
    if hypotheses is None:
        for line, cell in zip(cells, against_first(scores).values(), strict=True):
            line[f"against {rows[0].name}"] = cell
    columns = [
        column for column in cells[0] if any(line[column] != "" for line in cells)
    ]
    lines = [[line[column] for column in columns] for line in cells]
    shown = [[cell or "-" for cell in line] for line in lines]
    parts = [_note(rows, runs), markdown_table(columns, shown)]
    if hypotheses:
        parts.append(compare_rows(hypotheses, scores))
    markdown = "\n".join(part for part in parts if part)
    write_text(path.with_suffix(".md"), markdown)
    write_text(path.with_suffix(".csv"), csv_text([columns, *lines]))
    for name, groups in _figures(rows, runs).items():
        draw_curves(path.with_name(f"{path.name}_{name}"), groups)
    return markdown


def _identity(row: Row) -> dict[str, Any]:
    """Returns the configuration of a row as JSON has it, without what may differ."""
    config = json.loads(json.dumps(row.config.to_dict()))
    del config["seed"], config["progress_bar"], config["data"]["mixtures"]
    return {"config": config}


def _note(rows: Sequence[Row], runs: Runs) -> str:
    results = [result for row in rows for result in runs.results(row)]
    config = rows[0].config
    seconds = config.data.segment_seconds
    parts = f"parts of {seconds:g} s" if seconds else "whole mixtures"
    tests = sorted({result["mixtures"] for result in results})
    tested = f", on {' or '.join(map(str, tests))} test mixtures" if tests else ""
    return (
        f"{len(results)} of {len(rows) * runs.num_seeds} trainings are done, each of "
        f"{config.epochs} epochs of {config.steps_per_epoch} batches of "
        f"{config.batch_size} {parts}. Scores are in dB: the mean over test mixtures, "
        f"then mean and standard deviation over seeds{tested}. SDR is that of "
        "BSS Eval, absolute, as in the paper; SDRi and SI-SDRi are improvements over "
        "the mixture.\n"
    )


def _cells(row: Row, results: list[dict[str, Any]]) -> dict[str, str]:
    """Returns what the table shows of a row, by column; empty where unknown."""
    model = row.config.model
    cells = {
        "row": row.name,
        "model": {"ComplexUNet": "complex", "RealUNet": "real"}[model.name],
        "filters": str(model.start_filters),
        "k": str(model.num_residual_blocks),
        "transforms": str(model.get("num_transforms", 0)),
        "dropout": f"{model.get('transform_dropout', 0.0):g}",
        "loss": _LOSSES[row.config.loss.name],
        "parameters": f"{results[0]['parameters']:,}" if results else "",
        "published row": row.stands_for or "",
        "published parameters (M)": _number(row.published_parameters),
        "published SDR": _number(row.published_sdr),
    }
    for name, title in _SCORES.items():
        values = [result["scores"][name] for result in results]
        cells[title] = _mean_and_deviation(values)
    cells["seeds"] = str(len(results)) if results else ""
    minutes = [result["minutes"] for result in results]
    cells["minutes"] = f"{statistics.fmean(minutes):.0f}" if minutes else ""
    return cells


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"


def _mean_and_deviation(values: list[float]) -> str:
    if not values:
        return ""
    if len(values) == 1:
        return f"{values[0]:.2f}"
    return f"{statistics.fmean(values):.2f} ± {statistics.stdev(values):.2f}"


def _figures(
    rows: Sequence[Row], runs: Runs
) -> dict[str, dict[str, list[list[float]]]]:
    """Groups the curves as Figures 3 to 5 of the paper do, by file and by label."""
    extractors = [row for row in rows if row.config.model.get("num_transforms", 0)]
    groupings: dict[str, tuple[Sequence[Row], Callable[[Row], str]]] = {
        "by_transforms": (
            rows,
            lambda row: (
                "with transforms" if row in extractors else "without transforms"
            ),
        ),
        "by_loss": (extractors, lambda row: _LOSSES[row.config.loss.name]),
        "by_dropout": (
            extractors,
            lambda row: (
                "with dropout"
                if row.config.model.transform_dropout
                else "without dropout"
            ),
        ),
    }
    figures = {}
    for name, (members, label) in groupings.items():
        groups: dict[str, list[list[float]]] = {}
        for row in members:
            if row.config.model.name == "ComplexUNet":
                groups.setdefault(label(row), []).extend(runs.histories(row))
        groups = {key: curves for key, curves in groups.items() if curves}
        if len(groups) > 1:
            figures[name] = groups
    return figures
