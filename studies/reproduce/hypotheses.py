"""Which hypotheses of the paper the trainings confirm."""

import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import scipy.stats

from zoo.documents import markdown_table


@dataclass(frozen=True)
class Hypothesis:
    """A statement of the paper: one row scores higher than another.

    Attributes:
        claim: The statement.
        better: Name of the row that the paper has ahead.
        worse: Name of the other.
        published_db: By how much it is ahead in the paper, in dB of SDR; `None` where
            the paper has no such rows.
        published_rows: Names of the two rows of the paper that this is taken from.
    """

    claim: str
    better: str
    worse: str
    published_db: float | None
    published_rows: tuple[str, str] | None = None


def compare_rows(
    hypotheses: Sequence[Hypothesis], scores: Mapping[str, Sequence[float | None]]
) -> str:
    """Compares rows seed by seed, as a table in Markdown.

    A hypothesis is seen if the mean difference is positive and its 95 % confidence
    interval over seeds (Student's t) leaves out 0, opposite if the same holds with
    the sign reversed, and open otherwise, as it always is with one seed.

    Args:
        hypotheses: What to compare.
        scores: SDR of each row by seed, in dB; `None` where a training is missing.

    Returns:
        The table; empty if no pair has a common seed.
    """
    lines = []
    for hypothesis in hypotheses:
        pairs = zip(scores[hypothesis.better], scores[hypothesis.worse], strict=True)
        found = [a - b for a, b in pairs if a is not None and b is not None]
        if found:
            lines.append(
                [
                    *(hypothesis.claim, hypothesis.better, hypothesis.worse),
                    *(_published(hypothesis), _spread(found)),
                    *(len(found), _verdict(found)),
                ]
            )
    columns = [
        *("claim", "ahead in the paper", "behind", "difference in the paper (dB)"),
        *("difference here (dB)", "seeds", "seen"),
    ]
    return markdown_table(columns, lines) if lines else ""


def against_first(scores: Mapping[str, Sequence[float | None]]) -> dict[str, str]:
    """Returns by how much each row differs from the first, seed by seed, in dB."""
    names = list(scores)
    texts = {names[0]: ""}
    for name in names[1:]:
        pairs = zip(scores[name], scores[names[0]], strict=True)
        found = [a - b for a, b in pairs if a is not None and b is not None]
        texts[name] = _spread(found) if found else ""
    return texts


def _published(hypothesis: Hypothesis) -> str:
    if hypothesis.published_db is None:
        return "-"
    text = f"{hypothesis.published_db:+.2f}"
    if hypothesis.published_rows is None:
        return text
    return f"{text}, {' over '.join(hypothesis.published_rows)}"


def _spread(differences: Sequence[float]) -> str:
    mean = f"{statistics.fmean(differences):+.2f}"
    if len(differences) == 1:
        return mean
    return f"{mean} ± {statistics.stdev(differences):.2f}"


def _verdict(differences: Sequence[float]) -> str:
    count = len(differences)
    if count < 2:
        return "open"
    mean = statistics.fmean(differences)
    margin = statistics.stdev(differences) / math.sqrt(count)
    margin *= float(scipy.stats.t.ppf(0.975, count - 1))
    if abs(mean) <= margin:
        return "open"
    return "yes" if mean > 0 else "opposite"
