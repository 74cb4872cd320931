"""Files and folders that are written whole or not at all."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO


@contextmanager
def unfinished(path: str | Path) -> Iterator[Path]:
    """Gives a name for a file or folder that becomes `path` unless an error ends it.

    Whatever `path` was before is replaced. Missing folders are made.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    # Several processes may write the same file; the last to end wins.
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        yield partial
        if path.is_dir() and partial.is_dir():
            shutil.rmtree(path)
        os.replace(partial, path)
    finally:
        if partial.is_dir():
            shutil.rmtree(partial)
        partial.unlink(missing_ok=True)


@contextmanager
def atomic_file(path: str | Path) -> Iterator[BinaryIO]:
    """Opens a binary file, which appears under its name only when complete.

    Args:
        path: File to write. Missing folders are made.

    Yields:
        The file, open for writing and reading.
    """
    with unfinished(path) as partial, open(partial, "w+b") as file:
        yield file


def write_text(path: str | Path, text: str) -> None:
    """Writes a text as UTF-8, whole or not at all."""
    with atomic_file(path) as file:
        file.write(text.encode())
