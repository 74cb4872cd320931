"""Tables and figures inside of Markdown documents."""

import shutil
from collections.abc import Sequence
from pathlib import Path

from zoo.files import write_text


def insert(document: Path, name: str, markdown: str, figures: Sequence[Path]) -> None:
    """Puts a table and its figures into a document, between two marks.

    The marks are the comments `<!-- begin NAME -->` and `<!-- end NAME -->`. Figures
    are copied beside the document.

    Args:
        document: Markdown file.
        name: Of the marks.
        markdown: The table.
        figures: PNG files.

    Raises:
        ValueError: If the document lacks the marks.
    """
    begin, end = f"<!-- begin {name} -->\n", f"<!-- end {name} -->\n"
    text = document.read_text()
    before, found, rest = text.partition(begin)
    _, closed, after = rest.partition(end)
    if not (found and closed):
        raise ValueError(
            f"The document must hold {begin.strip()} and {end.strip()}. "
            f"Received: {str(document)!r}."
        )
    pictures = ""
    for figure in figures:
        shutil.copyfile(figure, document.with_name(figure.name))
        title = figure.stem.removeprefix(name).strip("_").replace("_", " ")
        pictures += f"\n![Validation SDR {title}]({figure.name})\n"
    write_text(document, f"{before}{begin}\n{markdown}{pictures}\n{end}{after}")
