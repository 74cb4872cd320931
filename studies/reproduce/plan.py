"""Which trainings a table or a study is made of."""

import ast
import dataclasses
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from ml_collections import ConfigDict

from studies.reproduce.hypotheses import Hypothesis
from zoo.presets.config_files import run_config_file

SCALES = ("paper", "small")
STUDIES = ("differences",)


@dataclass(frozen=True)
class Row:
    """A training of which a table shows the score.

    Attributes:
        name: Its name; rows of the same name in two tables are one training.
        config: Of `zoo.training.train`, without the data.
        published_sdr: Score in the paper, in dB; `None` if it has none.
        published_parameters: In millions, as the paper prints them, or `None`.
        stands_for: Row of the paper that it is the small form of, or `None`.
    """

    name: str
    config: ConfigDict
    published_sdr: float | None = None
    published_parameters: float | None = None
    stands_for: str | None = None


def rows_of_table(table: int, scale: str = "paper") -> list[Row]:
    """Returns the rows of one of the paper's Tables 1 to 3.

    Args:
        table: Its number.
        scale: `"paper"` for the published size, in the order of the paper; `"small"`
            for the comparisons of `configs/small.py`, whose published scores are
            those of the rows that they stand for.
    """
    if scale == "paper":
        file = run_config_file(f"table{table}.py")
        return [
            Row(name, file["get_config"](name), row[-1], row[-2])
            for name, row in file["ROWS"].items()
        ]
    small = run_config_file("small.py")
    published = {row.name: row for n in (1, 2, 3) for row in rows_of_table(n)}
    rows = []
    for name in small["TABLES"][table]:
        stands_for = small["ROWS"][name][-1]
        sdr = published[stands_for].published_sdr if stands_for else None
        config = small["get_config"](name)
        rows.append(Row(name, config, sdr, stands_for=stands_for))
    return rows


def rows_of_study(study: str, scale: str = "paper") -> list[Row]:
    """Returns the rows of a study, the setting that is changed first.

    Args:
        study: `"differences"`, of paper and public code.
        scale: See `rows_of_table`.
    """
    file = run_config_file(f"{study}.py")
    if scale == "small":
        names = file["SMALL_CHANGES"]
        return [Row(name, file["get_config"](f"small/{name}")) for name in names]
    return [Row(name, file["get_config"](name)) for name in file["CHANGES"]]


def hypotheses_of_table(table: int, scale: str) -> list[Hypothesis]:
    """Returns what the paper says of rows of a table of the small scale."""
    if scale != "small":
        return []
    rows = [row for number in (1, 2, 3) for row in rows_of_table(number)]
    published = {row.name: row.published_sdr or 0.0 for row in rows}
    file = run_config_file("small.py")
    hypotheses = []
    for claim, (better, worse), pair in file["DIRECTIONS"]:
        if {better, worse} <= set(file["TABLES"][table]):
            gap = published[pair[0]] - published[pair[1]] if pair else None
            hypotheses.append(Hypothesis(claim, better, worse, gap, pair))
    return hypotheses


def with_changes(rows: Iterable[Row], changes: Sequence[str]) -> list[Row]:
    """Changes the configuration of every row that has the keys.

    Args:
        rows: Left as they are.
        changes: As `changed` takes them.

    Raises:
        ValueError: As `changed` does.
    """
    rows = list(rows)
    configs = changed([row.config for row in rows], changes)
    return [
        dataclasses.replace(row, config=config)
        for row, config in zip(rows, configs, strict=True)
    ]


def changed(configs: Iterable[ConfigDict], changes: Sequence[str]) -> list[ConfigDict]:
    """Changes every configuration that has the keys.

    Args:
        configs: Left as they are.
        changes: Such as `"batch_size=12"` or `"model.start_filters=4"`.

    Raises:
        ValueError: If a change is not `key=value`, or no configuration has the key.
    """
    values = dict(_parse(change) for change in changes)
    results, unused = [], set(values)
    for original in configs:
        config = ConfigDict(original.to_dict())
        for key, value in values.items():
            *parents, last = key.split(".")
            part: Any = config
            for parent in parents:
                part = part.get(parent, ConfigDict())
            if last in part:
                part[last] = value
                unused.discard(key)
        results.append(config)
    if unused:
        raise ValueError(
            "A change must be of a value that a configuration has. "
            f"Received: {', '.join(sorted(unused))}."
        )
    return results


def _parse(change: str) -> tuple[str, Any]:
    key, equals, text = change.partition("=")
    try:
        if not (key and equals):
            raise ValueError
        return key, ast.literal_eval(text)
    except (SyntaxError, ValueError):
        raise ValueError(
            "A change must be KEY=VALUE, text in quotes. "
            f"Received: {change!r}. Write batch_size=12, for instance."
        ) from None
