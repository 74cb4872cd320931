"""The table of a leaderboard, and the small files that it is made of."""

import csv
import hashlib
import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from studies.leaderboard.entries import MIXTURE, Entry
from studies.reproduce.one_row import read_result
from zoo.files import atomic_file

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


class Results:
    """What is known of each entry.

    Args:
        directory: Of all trainings, one in a directory for each entry.
        data: Folder of the mixtures, whose `tt` is scored.
        kept: Folder of small files, one for each entry that is done, wherever that
            was; `None` for none.
    """

    def __init__(self, directory: Path, data: str | Path, kept: Path | None) -> None:
        self._directory = directory
        self._kept = kept
        self._tests = _fingerprint(Path(data) / "tt")

    def directory(self, entry: Entry) -> Path:
        """Returns the directory of an entry."""
        return self._directory / entry.name.strip("/").replace("/", "_")

    def result(self, entry: Entry) -> dict[str, Any] | None:
        """Returns the result of an entry, or None while there is none.

        Raises:
            ValueError: If the kept result is that of another training or test.
        """
        path = self._path(entry)
        if path is None or not path.exists():
            return read_result(self.directory(entry))
        kept = json.loads(path.read_text())
        same = kept["training"] == _training(entry)
        if not same or self._tests != kept["tests"]:
            what = "other test mixtures" if same else "another training"
            raise ValueError(
                "A kept result must be one of the same training and test mixtures. "
                f"Received: {str(path)!r}, of {what}. Remove it, or choose "
                "another folder for --results."
            )
        return kept

    def keep(self, entries: Sequence[Entry]) -> None:
        """Writes the small file of each entry that is done and has none."""
        for entry in entries:
            path, result = self._path(entry), read_result(self.directory(entry))
            if path is None or result is None or path.exists():
                continue
            more = {"training": _training(entry), "tests": self._tests}
            path.parent.mkdir(parents=True, exist_ok=True)
            _write(path, json.dumps(result | more, indent=1) + "\n")

    def _path(self, entry: Entry) -> Path | None:
        if self._kept is None:
            return None
        return self._kept / f"{self.directory(entry).name}.json"


def write_table(path: Path, entries: Sequence[Entry], results: Results) -> str:
    """Writes the table as Markdown and CSV, the best SI-SDR improvement first.

    Args:
        path: Of the files, without suffix.
        entries: Of the leaderboard.
        results: Theirs. Entries without are left out.

    Returns:
        The table in Markdown.
    """
    lines = []
    for entry in entries:
        result = results.result(entry)
        if result is not None:
            cells = {"model": entry.name} | _cells(result)
            lines.append((result["scores"]["si_sdr_improvement"] or 0.0, cells))
    lines.sort(key=lambda line: -line[0])
    columns = ["model", *_COLUMNS]
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(cells for _, cells in lines)
    _write(path.with_suffix(".csv"), text.getvalue())
    rows = [f"| {' | '.join(columns)} |", "| --- |" + " ---: |" * len(_COLUMNS)]
    rows += [f"| {' | '.join(c[k] or '-' for k in columns)} |" for _, c in lines]
    tests = sorted({r["mixtures"] for e in entries if (r := results.result(e))})
    note = (
        f"Means over {' or '.join(map(str, tests)) or 'no'} test mixtures. Oracles are "
        f"masks computed from the sources; `{MIXTURE}` is the mixture as estimate of "
        "each speaker.\n"
    )
    markdown = f"{note}\n" + "\n".join(rows) + "\n"
    _write(path.with_suffix(".md"), markdown)
    return markdown


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


def _write(path: Path, text: str) -> None:
    with atomic_file(path) as file:
        file.write(text.encode())
