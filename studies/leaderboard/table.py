"""The table of a leaderboard, and the small files that it is made of."""

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from studies.leaderboard.entries import MIXTURE, Entry
from studies.rows.results import Results
from zoo.documents import csv_text, markdown_table
from zoo.files import write_text

# Columns, and how each is printed from a result.
_COLUMNS = {
    "parameters (M)": lambda result: f"{result['parameters'] / 1e6:.2f}",
    "multiply-adds (G/s)": lambda r: f"{r['multiply_adds_per_second'] / 1e9:.2f}",
    "real-time factor": lambda result: f"{result['real_time_factor']:.3f}",
    "peak memory (GiB)": lambda result: f"{result['peak_memory_gib']:.2f}",
    "SI-SDRi (dB)": lambda result: f"{result['scores']['si_sdr_improvement']:.2f}",
    "SDRi (dB)": lambda result: f"{result['scores']['sdr_improvement']:.2f}",
    "STOI": lambda result: f"{result['scores']['stoi']:.3f}",
    "training (CPU hours)": lambda result: f"{result['cpu_minutes'] / 60:.2f}",
    "mixtures trained on": lambda result: f"{result['examples']:,}",
}


class Board(Results):
    """Results of the entries.

    Args:
        directory: Of all trainings, one in a directory for each entry.
        data: Folder of the mixtures, whose `tt` is scored.
        kept: Folder of small files, one for each entry that is done, wherever that
            was; `None` for none.
    """

    def __init__(
        self, directory: Path, data: str | Path, kept: Path | None = None
    ) -> None:
        super().__init__(directory, kept)
        self._tests = _fingerprint(Path(data) / "tt")

    def directory_of(self, entry: Entry) -> Path:
        """Returns the directory of an entry."""
        return self.directory(_name(entry))

    def result(self, entry: Entry) -> dict[str, Any] | None:
        """Returns the result of an entry, or None while there is none.

        Raises:
            ValueError: If the kept result is that of another training or test.
        """
        return self.read(_name(entry), self._identity(entry))

    def keep_entries(self, entries: Sequence[Entry]) -> None:
        """Writes the small file of each entry that is done and has none."""
        for entry in entries:
            self.keep(_name(entry), self._identity(entry))

    def _identity(self, entry: Entry) -> dict[str, Any]:
        return {"training": _training(entry), "tests": self._tests}


def write_table(path: Path, entries: Sequence[Entry], board: Board) -> str:
    """Writes the table as Markdown and CSV, the best SI-SDR improvement first.

    Args:
        path: Of the files, without suffix.
        entries: Of the leaderboard.
        board: Their results. Entries without are left out.

    Returns:
        The table in Markdown.
    """
    lines = []
    for entry in entries:
        result = board.result(entry)
        if result is not None:
            cells = {"model": entry.name} | _cells(result)
            lines.append((result["scores"]["si_sdr_improvement"] or 0.0, cells))
    lines.sort(key=lambda line: -line[0])
    columns = ["model", *_COLUMNS]
    rows = [[cells[column] for column in columns] for _, cells in lines]
    write_text(path.with_suffix(".csv"), csv_text([columns, *rows]))
    shown = [[cell or "-" for cell in row] for row in rows]
    table = markdown_table(columns, shown, "l" + "r" * len(_COLUMNS))
    tests = sorted({r["mixtures"] for e in entries if (r := board.result(e))})
    note = (
        f"Means over {' or '.join(map(str, tests)) or 'no'} test mixtures. Oracles are "
        f"masks computed from the sources; `{MIXTURE}` is the mixture as estimate of "
        "each speaker.\n"
    )
    markdown = f"{note}\n{table}"
    write_text(path.with_suffix(".md"), markdown)
    return markdown


def _name(entry: Entry) -> str:
    return entry.name.strip("/").replace("/", "_")


def _cells(result: dict[str, Any]) -> dict[str, str]:
    cells = {}
    for column, show in _COLUMNS.items():
        try:
            cells[column] = show(result)
        except (KeyError, TypeError):
            # Oracles have no parameters, models that came trained no time, and
            # without its package there is no STOI.
            cells[column] = ""
    return cells


def _training(entry: Entry) -> list[Any]:
    """Returns the configurations of an entry, without what may differ."""
    configs = []
    for config in (entry.first, entry.config):
        if config is not None:
            values = json.loads(json.dumps(config.to_dict()))
            del values["data"]["mixtures"], values["progress_bar"]
            configs.append(values)
    return configs


def _fingerprint(folder: Path) -> str:
    """Tells sets of mixtures apart by the names and sizes of their files."""
    files = sorted((folder / "mix").iterdir())
    names = "\n".join(f"{file.name} {file.stat().st_size}" for file in files)
    return hashlib.sha256(names.encode()).hexdigest()[:16]
