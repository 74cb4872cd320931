"""Tests of tables and of what is put into documents."""

import csv
import io

import pytest

from zoo.documents import csv_text, insert, markdown_table, print_table


def test_tables_have_titles_and_sides(capsys):
    table = markdown_table(["a", "b c"], [["x", 1], ("", 2.5)], "lr")
    assert table == "| a | b c |\n| --- | ---: |\n| x | 1 |\n|  | 2.5 |\n"
    print_table(["a", "b c"], iter([["x", 1], ("", 2.5)]), "lr")
    assert capsys.readouterr().out == table
    assert markdown_table(["a", "b"], []) == "| a | b |\n| --- | --- |\n"


def test_rows_are_printed_as_they_come(capsys):
    def rows():
        yield ["x"]
        assert capsys.readouterr().out.splitlines()[-1] == "| x |"

    print_table(["a"], rows())


def test_csv_reads_back():
    rows = [["a", "b"], ["x, y", 'a "quote"']]
    assert list(csv.reader(io.StringIO(csv_text(rows)))) == rows


def test_inserts_table_and_figures_between_the_marks(tmp_path):
    figure = tmp_path / "t_by_loss.png"
    figure.write_bytes(b"picture")
    document = tmp_path / "docs" / "page.md"
    document.parent.mkdir()
    document.write_text("before\n<!-- begin t -->\nold\n<!-- end t -->\nafter\n")
    for _ in range(2):
        insert(document, "t", "| new |\n", [figure])
    assert document.read_text() == (
        "before\n<!-- begin t -->\n\n| new |\n\n"
        "![Validation SDR by loss](t_by_loss.png)\n\n<!-- end t -->\nafter\n"
    )
    assert (document.parent / "t_by_loss.png").read_bytes() == b"picture"
    with pytest.raises(ValueError, match="must hold <!-- begin u --> and <!-- end u"):
        insert(document, "u", "", [])
