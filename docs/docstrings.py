"""Turns the examples and headings of docstrings into Markdown, for the site."""

import re
import textwrap

import griffe

# Sections that the docstring parser does not know; it leaves them as text.
HEADINGS = ("Input shape", "Output shape", "Call arguments", "Example", "Reference")
EXAMPLE = re.compile(r"^>>> .*?(?=\n\s*\n|\Z)", re.MULTILINE | re.DOTALL)
SECTION = re.compile(
    rf"^({'|'.join(HEADINGS)}):\n((?:[ \t]+.*\n?|\n(?=[ \t]))*)", re.MULTILINE
)


def to_markdown(text: str) -> str:
    """Fences the examples of a docstring and sets its headings in bold."""
    text = SECTION.sub(
        lambda match: f"**{match[1]}:**\n\n{textwrap.dedent(match[2])}\n", text
    )
    return EXAMPLE.sub(lambda match: f"```pycon\n{match[0]}\n```", text)


class MarkdownDocstrings(griffe.Extension):
    """Rewrites every docstring before it is parsed."""

    def on_object(self, *, obj: griffe.Object, **kwargs: object) -> None:
        if obj.docstring:
            obj.docstring.value = to_markdown(obj.docstring.value)
