"""Results of rows, in their directories and in small files that are worth keeping."""

import json
from pathlib import Path
from typing import Any

from zoo.files import write_text

_RESULT = "result.json"


def read_result(directory: Path) -> dict[str, Any] | None:
    """Returns the result in the directory of a row, or None while there is none."""
    path = directory / _RESULT
    return json.loads(path.read_text()) if path.exists() else None


def write_result(directory: Path, result: dict[str, Any]) -> None:
    """Writes the result of a row into its directory."""
    write_text(directory / _RESULT, json.dumps(result, indent=1) + "\n")


class Results:
    """Results of rows by name, wherever the rows were done.

    Args:
        directory: Of all rows, one in a directory of its name.
        kept: Folder of small files, `NAME.json`, with what is worth keeping of each
            row that is done. A row that has one is done. `None` for none.
    """

    def __init__(self, directory: Path, kept: Path | None = None) -> None:
        self._directory = directory
        self._kept = kept

    def directory(self, name: str) -> Path:
        """Returns the directory of a row."""
        return self._directory / name

    def read(self, name: str, identity: dict[str, Any]) -> dict[str, Any] | None:
        """Returns the result of a row, or None while there is none.

        Args:
            name: Of the row.
            identity: What the row is, as JSON has it: a kept result is of no other.

        Raises:
            ValueError: If the kept result is.
        """
        kept = self.read_kept(name, identity)
        return read_result(self.directory(name)) if kept is None else kept

    def read_kept(self, name: str, identity: dict[str, Any]) -> dict[str, Any] | None:
        """Does as `read`, but for the small files only."""
        path = self._path(name)
        if path is None or not path.exists():
            return None
        kept = json.loads(path.read_text())
        other = [key for key, value in identity.items() if kept[key] != value]
        if other:
            raise ValueError(
                "A kept result must be one of the configuration and test mixtures of "
                f"its row. Received: {str(path)!r}, of another {' and '.join(other)}. "
                "Remove it, or choose another folder for --results."
            )
        return kept

    def keep(self, name: str, identity: dict[str, Any]) -> None:
        """Writes the small file of a row, if it is done and has none."""
        result, path = read_result(self.directory(name)), self._path(name)
        if result is not None and path is not None and not path.exists():
            kept = {key: v for key, v in result.items() if key != "test_scores"}
            write_text(path, json.dumps(kept | identity, indent=1) + "\n")

    def _path(self, name: str) -> Path | None:
        return None if self._kept is None else self._kept / f"{name}.json"
