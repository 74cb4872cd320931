"""Finding recordings by files, folders and patterns."""

import collections
import glob
import itertools
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from zoo.data import audio

# What is taken from folders; a file that is named itself may have any suffix.
SUFFIXES = tuple(audio.SUBTYPES)


@dataclass(frozen=True)
class Recording:
    """A file to read.

    Attributes:
        path: The file.
        name: What results are named after: its path below the folder that was
            given, without suffix.
    """

    path: Path
    name: str


def find_recordings(
    inputs: Sequence[str | Path], leave_out: str | Path | None = None
) -> list[Recording]:
    """Finds recordings; each is taken once, and no two have the same name.

    Args:
        inputs: Files, which need not exist; folders, which are searched at any
            depth for `SUFFIXES`; patterns as of `glob`, with `**` for any depth,
            which count as a search in the folder before the first wildcard. What
            is hidden is left out.
        leave_out: Folder in which not to search, such as that of the results,
            unless it is an input itself.

    Returns:
        The recordings, in the order of the inputs, those of a folder sorted.

    Raises:
        ValueError: If a folder or a pattern gives no file, or two files have the
            same name.
        OSError: If a folder cannot be searched.
    """
    found: dict[str, Recording] = {}
    for given in inputs:
        recordings = _expanded(str(given), leave_out)
        for recording in recordings:
            found.setdefault(os.path.abspath(recording.path), recording)
        if not recordings:
            raise ValueError(
                f"A folder or pattern must give {', '.join(SUFFIXES)} files. "
                f"Received: {str(given)!r}, which gives none."
            )
    counts = collections.Counter(recording.name for recording in found.values())
    for name, count in counts.most_common(1):
        if count > 1:
            raise ValueError(
                f"File names must differ, as the results are named after them. "
                f"Received: {count} files called {name!r}. Name the folder that they "
                "have in common instead, or separate them into different folders."
            )
    return list(found.values())


def _expanded(given: str, leave_out: str | Path | None) -> list[Recording]:
    path = Path(given)
    if path.is_dir():
        files, root = sorted(_walk(path, leave_out)), path
    elif glob.has_magic(given) and not path.exists():
        files = [Path(name) for name in sorted(glob.glob(given, recursive=True))]
        files = [file for file in files if file.is_file() and _is_audio(file.name)]
        root = _fixed_part(path)
    else:
        files, root = [path], path.parent
    return [
        Recording(file, file.relative_to(root).with_suffix("").as_posix())
        for file in files
    ]


def _walk(root: Path, leave_out: str | Path | None) -> Iterator[Path]:
    apart = None if leave_out is None else os.path.abspath(leave_out)
    # Without `onerror` a folder that cannot be read is left out without a word.
    for folder, folders, names in os.walk(root, onerror=_raise):
        folders[:] = [
            name
            for name in folders
            if not name.startswith(".")
            and os.path.abspath(os.path.join(folder, name)) != apart
        ]
        yield from (Path(folder, name) for name in names if _is_audio(name))


def _is_audio(name: str) -> bool:
    return name.lower().endswith(SUFFIXES) and not name.startswith(".")


def _fixed_part(pattern: Path) -> Path:
    """Returns the folder before the first wildcard."""
    parts = itertools.takewhile(lambda part: not glob.has_magic(part), pattern.parts)
    return Path(*parts)


def _raise(error: OSError) -> None:
    raise error
