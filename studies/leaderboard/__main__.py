r"""Sets models side by side: `python -m studies.leaderboard --data=DIR --workdir=W`.

    python -m studies.leaderboard --data=mixtures --workdir=leaderboard \
        --models=conv_tasnet,complex_unet,runs/mine,mixture,oracle_irm

Models are names of `configs/leaderboard.py`, each trained for `--cpu_minutes` on `tr`
and `cv` of the data; trained models, as files, workdirs or presets; masks computed from
the sources (`oracle_ibm`, ...); and the mixture itself. All are scored on `tt`.

Each is trained in a process of its own. A run that was stopped, or killed, goes on
where it was; several may share the workdir. Time is that of the CPU, so that other
work on the machine does not shorten a training.
"""

import sys
from collections.abc import Sequence
from pathlib import Path

from absl import app, flags

from studies.leaderboard.entries import (
    MIXTURE,
    ORACLES,
    Entry,
    make_entries,
    names_of_networks,
)
from studies.leaderboard.table import Board, write_table
from studies.rows.train_row import task_of
from studies.rows.work import Task, work_through
from zoo import command
from zoo.data.mixtures.folder import MixtureFolder
from zoo.documents import insert

_NAME = "leaderboard"


def define_flags() -> None:
    """Defines the flags of the command."""
    flags.DEFINE_string(
        "data",
        None,
        "Folder with tr, cv and tt, as zoo.mix makes it.",
        required=True,
    )
    flags.DEFINE_string("workdir", None, "Folder of all results.", required=True)
    flags.DEFINE_list(
        "models", None, "Names, files or workdirs; by default all networks and masks."
    )
    flags.DEFINE_float(
        "cpu_minutes", 10.0, "Time of each training, summed over cores.", 1e-3
    )
    flags.DEFINE_multi_string(
        "set",
        [],
        "KEY=VALUE: changes every configuration that has the key, such as "
        "--set=batch_size=2.",
    )
    flags.DEFINE_integer(
        "max_tests", 0, "Test mixtures to score; 0: all.", lower_bound=0
    )
    flags.DEFINE_float(
        "max_hours", 0.0, "Begin no training after so many hours; 0: no limit.", 0.0
    )
    flags.DEFINE_string(
        "results",
        None,
        "Folder that keeps training, scores and cost of each model that is done, in "
        "small files; what it has is not trained again.",
    )
    flags.DEFINE_bool("report_only", False, "Write the table of what is there.")
    flags.DEFINE_string(
        "insert_into",
        None,
        "Markdown file that receives the table as well, between <!-- begin leaderboard "
        "--> and <!-- end leaderboard -->.",
    )


def main(argv: Sequence[str]) -> int:
    """Runs the command on the parsed flags."""
    if len(argv) > 1:
        raise app.UsageError(f"Unexpected argument: {argv[1]}. All input is in flags.")
    arguments = flags.FLAGS
    num_speakers = MixtureFolder(f"{arguments.data}/tt").num_speakers
    names = arguments.models or [*names_of_networks(), *ORACLES, MIXTURE]
    entries = make_entries(
        names,
        arguments.data,
        num_speakers,
        arguments.cpu_minutes,
        arguments.set,
    )
    kept = Path(arguments.results) / _NAME if arguments.results else None
    workdir = Path(arguments.workdir)
    board = Board(workdir / "models", arguments.data, kept)

    def write() -> str:
        board.keep_entries(entries)
        return write_table(workdir / _NAME, entries, board)

    failed: list[Path] = []
    if not arguments.report_only:
        tasks = [
            _task(entry, board, arguments.data, arguments.max_tests)
            for entry in entries
        ]
        failed = work_through(tasks, arguments.max_hours, write)
    table = write()
    print(table)
    if arguments.insert_into:
        insert(Path(arguments.insert_into), _NAME, table, [])
    for directory in failed:
        print(f"error: {directory} failed; see log.txt there.", file=sys.stderr)
    return 1 if failed else 0


def _task(entry: Entry, board: Board, data: str, max_tests: int) -> Task:
    directory = board.directory_of(entry)
    trained = entry.config is not None
    model = None if trained or entry.mask or entry.name == MIXTURE else entry.name
    contents = task_of(
        directory,
        data,
        max_tests,
        entry.config,
        entry.first,
        model,
        entry.mask,
        with_cost=trained or model is not None,
    )
    return Task(directory, contents, lambda: board.result(entry) is not None)


if __name__ == "__main__":
    command.run(main, define_flags)
