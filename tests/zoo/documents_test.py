"""Tests of tables and figures in documents."""

import pytest

from zoo.documents import insert


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
