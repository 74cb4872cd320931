r"""Trains and scores the rows of the paper's tables, and writes what came out.

    python -m studies.reproduce --table=2 --data=wsj0-2mix/2speakers/wav8k/min \
        --workdir=reproduction
    python -m studies.reproduce --study=differences --scale=small --data=mixtures \
        --workdir=small --num_seeds=3

Each row is trained in a process of its own. A run that was stopped, or killed, goes
on where it was. Several machines may share the workdir: each takes rows that no other
has, and all wait for the last. After every row, the workdir receives the table
(`table2_paper.md`, `.csv`) and the figures (`table2_paper_by_loss.png`, ...) of what
is there so far.
"""

import sys
from collections.abc import Sequence
from pathlib import Path

from absl import app, flags
from ml_collections import ConfigDict

from studies.reproduce import plan, report
from studies.reproduce.hypotheses import Hypothesis
from studies.rows.train_row import task_of
from studies.rows.work import Task, work_through
from zoo import command
from zoo.data.mixtures.folder import MixtureFolder
from zoo.documents import insert


def define_flags() -> None:
    """Defines the flags of the command."""
    flags.DEFINE_enum("table", None, ["1", "2", "3"], "Table of the paper.")
    flags.DEFINE_enum("study", None, list(plan.STUDIES), "Study, in place of a table.")
    flags.DEFINE_enum(
        "scale",
        "paper",
        list(plan.SCALES),
        "The published size, or one that a CPU finishes.",
    )
    flags.DEFINE_string(
        "data", None, "Folder with tr, cv and tt, as wsj0-2mix/2speakers/wav8k/min."
    )
    flags.DEFINE_string("workdir", None, "Folder of all results.", required=True)
    flags.DEFINE_integer(
        "num_seeds", 1, "Trainings of each row, with seeds of their own.", lower_bound=1
    )
    flags.DEFINE_list("rows", None, "Names of the rows to train; by default all.")
    flags.DEFINE_multi_string(
        "set",
        [],
        "KEY=VALUE: changes the configuration of every row that has the key, such as "
        "--set=batch_size=12.",
    )
    flags.DEFINE_integer(
        "max_tests", 0, "Test mixtures to score; 0: all.", lower_bound=0
    )
    flags.DEFINE_float(
        "max_hours", 0.0, "Start no row after so many hours; 0: no limit.", 0.0
    )
    flags.DEFINE_string(
        "results",
        None,
        "Folder that keeps configuration, scores and curve of each training that is "
        "done, in small files; what it has is not trained again.",
    )
    flags.DEFINE_bool("report_only", False, "Write the table of what is there.")
    flags.DEFINE_string(
        "insert_into",
        None,
        "Markdown file that receives table and figures as well, between <!-- begin "
        "table1_small --> and <!-- end table1_small -->, for instance.",
    )


def main(argv: Sequence[str]) -> int:
    """Runs the command on the parsed flags."""
    if len(argv) > 1:
        raise app.UsageError(f"Unexpected argument: {argv[1]}. All input is in flags.")
    arguments = flags.FLAGS
    rows = _rows(arguments)
    name = f"table{arguments.table}" if arguments.table else arguments.study
    workdir = Path(arguments.workdir)
    results = Path(arguments.results) / arguments.scale if arguments.results else None
    runs = report.Runs(workdir / arguments.scale, arguments.num_seeds, results)
    path = workdir / f"{name}_{arguments.scale}"
    _chosen(rows, arguments.rows)
    failed = []
    if not arguments.report_only:
        _check_data(arguments.data, rows[0].config)
        failed = _train(arguments, rows, runs, path)
    runs.keep_rows(rows)
    table = report.write(path, rows, runs, _hypotheses(arguments))
    print(table)
    if arguments.insert_into:
        figures = sorted(workdir.glob(f"{path.name}_*.png"))
        insert(Path(arguments.insert_into), path.name, table, figures)
    for directory in failed:
        print(f"error: {directory} failed; see log.txt there.", file=sys.stderr)
    return 1 if failed else 0


def _train(
    arguments: flags.FlagValues, rows: list[plan.Row], runs: report.Runs, path: Path
) -> list[Path]:
    """Trains until all rows are done, here or elsewhere; returns what failed."""
    chosen = _chosen(rows, arguments.rows)

    def write() -> None:
        runs.keep_rows(chosen)
        report.write(path, rows, runs, _hypotheses(arguments))

    tasks = [
        _task(row, seed, runs, arguments)
        # All rows with one seed come before any with the next.
        for seed in range(arguments.num_seeds)
        for row in chosen
    ]
    return work_through(tasks, arguments.max_hours, write)


def _task(
    row: plan.Row, seed: int, runs: report.Runs, arguments: flags.FlagValues
) -> Task:
    config = ConfigDict(row.config.to_dict())
    config.seed = row.config.seed + seed
    config.data.mixtures = arguments.data
    config.progress_bar = False
    directory = runs.directory_of(row, seed)
    return Task(
        directory,
        task_of(directory, arguments.data, arguments.max_tests, config),
        lambda: runs.result(row, seed) is not None,
    )


def _rows(arguments: flags.FlagValues) -> list[plan.Row]:
    if bool(arguments.table) == bool(arguments.study):
        raise app.UsageError("One of --table and --study must be given.")
    if arguments.table:
        rows = plan.rows_of_table(int(arguments.table), arguments.scale)
    else:
        rows = plan.rows_of_study(arguments.study, arguments.scale)
    return plan.with_changes(rows, arguments.set)


def _hypotheses(arguments: flags.FlagValues) -> list[Hypothesis] | None:
    if not arguments.table:
        return None
    return plan.hypotheses_of_table(int(arguments.table), arguments.scale)


def _chosen(rows: list[plan.Row], names: list[str] | None) -> list[plan.Row]:
    if names is None:
        return rows
    unknown = set(names) - {row.name for row in rows}
    if unknown:
        raise ValueError(
            f"--rows must name rows: {', '.join(row.name for row in rows)}. "
            f"Received: {', '.join(sorted(unknown))}."
        )
    return [row for row in rows if row.name in names]


def _check_data(data: str | None, config: ConfigDict) -> None:
    """Finds out at once what each training would find out for itself."""
    if data is None:
        raise app.UsageError("--data must name a folder with tr, cv and tt.")
    for subset in ("tr", "cv", "tt"):
        MixtureFolder(f"{data}/{subset}", config.sample_rate)


if __name__ == "__main__":
    command.run(main, define_flags)
