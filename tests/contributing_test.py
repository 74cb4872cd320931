"""Tests that the map of CONTRIBUTING.md is that of the house."""

import re
from pathlib import Path

import pytest

from tests.import_rules_test import FLOORS

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "CONTRIBUTING.md").read_text("utf-8")


def section(title):
    _, _, rest = TEXT.partition(f"\n{title}\n")
    return re.split(r"^##", rest, maxsplit=1, flags=re.MULTILINE)[0]


def table(title):
    """Returns the cells of the rows of the table of a section."""
    lines = [line for line in section(title).splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line[1:-1].split("|")] for line in lines[2:]]


def code(text):
    return re.findall(r"`([^`]+)`", text)


def test_the_map_has_the_rooms_that_the_rules_know():
    found = [(int(floor), set(code(rooms))) for floor, rooms, _ in table("## The map")]
    assert found == list(enumerate(FLOORS))


@pytest.mark.parametrize("row", table("### From the paper to the code"), ids=str)
def test_the_map_of_the_paper_names_what_exists(row):
    paths = code(row[1])
    assert paths
    for path in paths:
        assert (ROOT / path).exists(), path


def test_what_is_new_is_told_of_files_that_exist():
    names = code(section("## What comes with something new"))
    paths = [name for name in names if "/" in name]
    assert len(paths) > 10
    for path in paths:
        assert (ROOT / path).exists(), path
