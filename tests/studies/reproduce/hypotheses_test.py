"""Tests of the comparisons between rows."""

import numpy as np
import pytest
from scipy import stats

from studies.reproduce.hypotheses import Hypothesis, against_first, compare_rows
from studies.reproduce.plan import hypotheses_of_table, rows_of_table

SCORES = {"a": [3.0, 3.2, 3.1], "b": [2.0, 2.1, 2.2], "c": [None, 2.0, 9.0]}


def verdict(better, worse, **scores):
    table = compare_rows([Hypothesis("claim", better, worse, 0.5)], SCORES | scores)
    return table.splitlines()[-1].split("|")[-2].strip()


def test_table_has_the_differences_seed_by_seed():
    lines = compare_rows([Hypothesis("a over b", "a", "b", 0.5)], SCORES).splitlines()
    assert len(lines) == 3
    # Differences 1.0, 1.1 and 0.9.
    assert lines[2] == "| a over b | a | b | +0.50 | +1.00 ± 0.10 | 3 | yes |"


def test_what_the_paper_has_not_is_a_dash():
    line = compare_rows([Hypothesis("a over b", "a", "b", None)], SCORES).splitlines()[
        2
    ]
    assert line == "| a over b | a | b | - | +1.00 ± 0.10 | 3 | yes |"


def test_rows_of_other_names_are_named():
    hypothesis = Hypothesis("a over b", "a", "b", 0.5, ("complex_1", "real_1"))
    line = compare_rows([hypothesis], SCORES).splitlines()[2]
    assert line.split(" | ")[3] == "+0.50, complex_1 over real_1"


def test_verdict_needs_more_than_the_spread():
    assert verdict("a", "b") == "yes"
    assert verdict("b", "a") == "opposite"
    assert verdict("a", "c") == "open"
    assert verdict("a", "c", c=[1.0, None, None]) == "open"


@pytest.mark.parametrize("seed", range(20))
def test_verdict_is_that_of_the_paired_t_test(seed):
    generator = np.random.default_rng(seed)
    count = int(generator.integers(2, 10))
    a, b = generator.normal(size=(2, count)) + [[0.8], [0.0]]
    result = stats.ttest_rel(a, b)
    seen = "yes" if result.statistic > 0 else "opposite"
    expected = "open" if result.pvalue > 0.05 else seen
    assert verdict("a", "b", a=list(a), b=list(b)) == expected


def test_rows_without_a_common_seed_are_left_out():
    scores = {"a": [1.0, None], "b": [None, 1.0]}
    assert compare_rows([Hypothesis("claim", "a", "b", 0.1)], scores) == ""


def test_a_study_is_compared_with_its_first_row():
    assert against_first(SCORES) == {"a": "", "b": "-1.00 ± 0.10", "c": "+2.35 ± 5.02"}


def test_hypotheses_are_those_of_the_paper():
    hypotheses = hypotheses_of_table(1, "small")
    names = {row.name for row in rows_of_table(1, "small")}
    assert {d.better for d in hypotheses} | {d.worse for d in hypotheses} == names
    by_claim = {direction.claim: direction for direction in hypotheses}
    extractor = by_claim["the extractor helps, CSimLoss"]
    assert extractor.published_db == pytest.approx(10.90 - 10.21)
    assert by_claim["15 transforms over 10"].published_db == pytest.approx(0.01)
    assert hypotheses_of_table(1, "paper") == []
