"""Tests of `python -m studies.continuity`."""

import re

import numpy as np
import pytest
import scipy.stats

from studies import continuity


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def test_correlation_does_not_depend_on_levels(rng):
    sources = rng.normal(size=(3, 500))
    gains = np.array([[1e-4], [1.0], [1e4]])
    order = continuity.best_correlation(sources, (gains * sources)[[2, 0, 1]])
    np.testing.assert_array_equal(order, [1, 2, 0])


def test_correlation_with_silence_leaves_the_order():
    order = continuity.best_correlation(np.zeros((3, 8)), np.ones((3, 8)))
    np.testing.assert_array_equal(order, [0, 1, 2])


@pytest.mark.parametrize("method", continuity.METHODS)
def test_finds_orders_where_overlaps_tell(rng, method):
    sources = rng.normal(size=(2, 8000))
    given = [rng.permutation(2) for _ in range(9)]
    chunks = [sources[o, 800 * k : 800 * k + 1600] for k, o in enumerate(given)]
    found = continuity.find_orders(method, chunks, 800, 800)
    first = [order[own] for order, own in zip(given, found, strict=True)]
    np.testing.assert_array_equal(first, np.tile(given[0], (9, 1)))


def test_refuses_an_unknown_method():
    with pytest.raises(ValueError, match="one of correlation, correlation and voices"):
        continuity.find_orders("magic", [], 1, 8000)


def test_a_score_counts_from_the_order_of_most():
    dialogue = continuity.Dialogue([], [], 3, 1, 8000)
    score = continuity.Score()
    score.add([0, 0, 1, 0], dialogue)
    score.add([1, 1, 1, 1], dialogue)
    interval = scipy.stats.binomtest(1, 8).proportion_ci(method="exact")
    low, high = 100 * interval.low, 100 * interval.high
    assert score.cells() == ["1 of 8", f"12.50 ({low:.2f} to {high:.2f})", "1 of 2"]
    assert score.silent == 6


def test_prints_and_inserts_the_table(tmp_path, make_corpus, run_command):
    corpus = make_corpus(count=2)
    document = tmp_path / "page.md"
    document.write_text("# A\n<!-- begin continuity -->\n<!-- end continuity -->\n")
    arguments = [
        f"--corpus={corpus}",
        "--num_dialogues=2",
        "--minutes=1",
        "--chunks=10:2",
        "--leaks_db=-inf",
        f"--insert_into={document}",
    ]
    status, out, err = run_command(continuity, *arguments)
    assert status == 0, err
    header, _, *rows = out.splitlines()
    assert header.startswith("| chunk (s) | overlap (s) | other voice (dB) |")
    assert [row.split(" | ")[4] for row in rows] == list(continuity.METHODS)
    assert all(" of 2 |" in row and "(" in row for row in rows)
    assert out in document.read_text()
    assert run_command(continuity, *arguments)[1] == out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--chunks=30"], "--chunks must be 2 numbers .*'30'"),
        (["--leaks_db=loud"], "--leaks_db must be 1 numbers .*'loud'"),
        (["x"], "Unexpected argument: x"),
    ],
)
def test_wrong_arguments_end_with_status_2(
    make_corpus, run_command, arguments, message
):
    status, _, err = run_command(continuity, f"--corpus={make_corpus()}", *arguments)
    assert status == 2
    assert re.search(message, err) and err.count("\n") == 1
