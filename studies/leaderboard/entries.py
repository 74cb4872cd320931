"""Entries of a leaderboard."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ml_collections import ConfigDict

from studies.reproduce.plan import changed
from zoo.models.oracle_masks import ORACLE_MASKS
from zoo.presets import load_separator
from zoo.presets.config_files import run_config_file

MIXTURE = "mixture"
_ORACLE = "oracle_"
ORACLES = tuple(_ORACLE + name for name in ("ibm", "irm", "wfm", "psm", "crm"))


@dataclass(frozen=True)
class Entry:
    """A line of the leaderboard.

    Attributes:
        name: Its name, of a configuration, an oracle mask, a preset or a file.
        config: Of its training; `None` for what is not trained here.
        first: Of a training before it, whose weights it begins with, or `None`.
    """

    name: str
    config: ConfigDict | None = None
    first: ConfigDict | None = None

    @property
    def mask(self) -> str | None:
        """The oracle mask that it is, or None."""
        return self.name.removeprefix(_ORACLE) if self.name in ORACLES else None


def names_of_networks() -> tuple[str, ...]:
    """Returns the rows of `configs/leaderboard.py`."""
    return tuple(run_config_file("leaderboard.py")["ROWS"])


def make_entries(
    names: list[str],
    mixtures: str,
    num_speakers: int,
    cpu_minutes: float,
    changes: Sequence[str] = (),
) -> list[Entry]:
    """Makes the entries that a command names.

    Args:
        names: Rows of `configs/leaderboard.py`, `"mixture"`, oracles as
            `"oracle_irm"`, presets, or trained models as files or workdirs.
        mixtures: Folder with `tr` and `cv` to train on.
        num_speakers: Of the mixtures.
        cpu_minutes: Time that each training has.
        changes: Of all configurations, such as `"batch_size=2"`.

    Raises:
        ValueError: If a name is none of these, or comes twice, or if a change is one
            of a value that no configuration has.
    """
    if len(set(names)) < len(names):
        raise ValueError(f"--models must name each once. Received: {','.join(names)}.")
    entries = [_entry(name, mixtures, num_speakers, cpu_minutes) for name in names]
    configs = [c for e in entries for c in (e.config, e.first) if c is not None]
    rest = iter(changed(configs, changes))
    return [
        Entry(e.name, e.config and next(rest), e.first and next(rest)) for e in entries
    ]


def _entry(name: str, mixtures: str, num_speakers: int, cpu_minutes: float) -> Entry:
    file = run_config_file("leaderboard.py")
    if name in file["ROWS"]:
        before = file["AFTER"].get(name)
        rows = [name] if before is None else [name, before]
        configs = []
        for row in rows:
            config = file["get_config"](row)
            config.data.mixtures = mixtures
            config.model.num_speakers = num_speakers
            config.schedule.cpu_minutes = cpu_minutes / len(rows)
            config.progress_bar = False
            configs.append(config)
        return Entry(name, *configs)
    if name == MIXTURE or name in ORACLES:
        return Entry(name)
    if name.startswith(_ORACLE):
        known = ", ".join(_ORACLE + mask for mask in ORACLE_MASKS)
        raise ValueError(f"An oracle must be one of {known}. Received: {name!r}.")
    try:
        load_separator(name)
    except ValueError as error:
        known = ", ".join((*names_of_networks(), MIXTURE, *ORACLES))
        raise ValueError(
            f"--models must name trained models, or some of {known}. {error}"
        ) from error
    return Entry(str(Path(name)))
