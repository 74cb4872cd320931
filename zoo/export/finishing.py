"""Parts that exports share: the comparison, the description beside the file."""

import contextlib
import io
import json
import logging
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from zoo.export import agreement, timing
from zoo.export.inputs import Inputs
from zoo.export.model_card import card_text
from zoo.files import write_text
from zoo.inference.separator import Separator


def measure(
    separator: Separator,
    run: Callable[[np.ndarray], np.ndarray],
    inputs: Inputs,
    content: dict[str, Any],
    samples: int | None,
    repeats: int,
) -> None:
    """Adds the agreement with Keras, and the time if `repeats`, to `content`.

    Raises:
        ValueError: If the bound of its precision is missed.
    """
    report = agreement.compare(separator, run, inputs)
    agreement.check(content["name"], report, content["quantization"])
    content["agreement"] = report
    if repeats:
        content["time"] = timing.time_against_keras(separator, run, samples, repeats)


def write_description(path: Path, content: dict[str, Any]) -> None:
    """Writes metadata and model card into a folder, or beside a file."""
    content["bytes"] = size(path)
    metadata, card = Path(f"{path}.json"), Path(f"{path}.md")
    if path.is_dir():
        metadata, card = path / "metadata.json", path / "README.md"
    write_text(metadata, json.dumps(content, indent=1) + "\n")
    write_text(card, card_text(content))


def size(path: Path) -> int:
    """Returns the bytes of a file or of all files of a folder."""
    files = path.rglob("*") if path.is_dir() else [path]
    return sum(file.stat().st_size for file in files if file.is_file())


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Keeps what a converter says of itself from the terminal."""
    before = logging.root.manager.disable
    logging.disable(logging.WARNING)
    nowhere = io.StringIO()
    try:
        with (
            warnings.catch_warnings(),
            contextlib.redirect_stdout(nowhere),
            contextlib.redirect_stderr(nowhere),
        ):
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(before)
