"""The readable files of a run: its configuration and its history."""

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ml_collections import ConfigDict

from zoo.files import write_text
from zoo.training import checkpoint

# They say when to stop or what to show, not what is trained.
_MAY_CHANGE = ("max_minutes", "preview_every_epochs")


def check_config(workdir: Path, config: ConfigDict) -> None:
    """Compares a configuration with that of the run in the directory, if any.

    Args:
        workdir: Directory of the run.
        config: The resolved configuration.

    Raises:
        ValueError: If the directory holds a checkpoint of another configuration.
            The message names the keys that differ.
    """
    path = workdir / "config.json"
    if not (path.exists() and checkpoint.exists(workdir)):
        return
    old, new = json.loads(path.read_text()), json.loads(_text(config))
    different = [key for key in _differences(old, new) if key not in _MAY_CHANGE]
    if different:
        raise ValueError(
            "A run must go on with the configuration it began with, "
            f"{path}. Received: other values of {', '.join(different)}. "
            "Use another --workdir, or the same values."
        )


def write_config(workdir: Path, config: ConfigDict) -> None:
    """Writes the resolved configuration to `config.json`."""
    write_text(workdir / "config.json", _text(config))


def write_history(workdir: Path, rows: list[dict[str, Any]]) -> None:
    """Writes `history.csv`, one row for each epoch."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, fieldnames=list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    write_text(workdir / "history.csv", text.getvalue())


def _text(config: ConfigDict) -> str:
    return json.dumps(config.to_dict(), indent=2) + "\n"


def _differences(old: Any, new: Any, prefix: str = "") -> Iterator[str]:
    if isinstance(old, dict) and isinstance(new, dict):
        for key in sorted(old.keys() | new.keys()):
            yield from _differences(old.get(key), new.get(key), f"{prefix}.{key}")
    elif old != new:
        yield prefix.removeprefix(".")
