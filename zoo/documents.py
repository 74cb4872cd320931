"""Tables and figures inside of Markdown documents."""

import csv
import io
import shutil
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from zoo.files import write_text


def markdown_table(
    columns: Sequence[str], rows: Iterable[Iterable[object]], align: str = ""
) -> str:
    """Returns a table in Markdown.

    Args:
        columns: The titles.
        rows: Their cells; one that is empty stays so.
        align: `"l"` or `"r"` for each column; all to the left without.
    """
    return "".join(f"{line}\n" for line in _lines(columns, rows, align))


def print_table(
    columns: Sequence[str], rows: Iterable[Iterable[object]], align: str = ""
) -> None:
    """Prints a table as of `markdown_table`, each row as soon as it is there."""
    for line in _lines(columns, rows, align):
        print(line, flush=True)


def _lines(
    columns: Sequence[str], rows: Iterable[Iterable[object]], align: str
) -> Iterator[str]:
    rules = ["---:" if side == "r" else "---" for side in align or "l" * len(columns)]
    for cells in (columns, rules):
        yield f"| {' | '.join(cells)} |"
    for row in rows:
        yield f"| {' | '.join(map(str, row))} |"


def csv_text(rows: Iterable[Iterable[object]]) -> str:
    """Returns lines of CSV."""
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


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
