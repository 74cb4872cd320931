"""A table of all models with their costs and scores: `python -m zoo.models`."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from absl import app, flags

from zoo import command
from zoo.documents import insert, markdown_table
from zoo.inference.separator import Separator
from zoo.models.multiply_adds import MultiplyAdds, multiply_adds
from zoo.models.oracle_masks import OracleSeparator
from zoo.presets import PRESETS, described, from_preset
from zoo.presets.published import Preset, Scores

# Name of the mark in a document.
NAME = "models"
# Long enough for the ends of a recording to make no difference.
_SECONDS = 10
_SCORES = {"si_sdr_improvement": "SI-SDRi", "sdr_improvement": "SDRi", "sdr": "SDR"}
_NUMBERS = ("parameters", "multiply-adds", "latency")


def define_flags() -> None:
    """Defines the flags of the command."""
    flags.DEFINE_enum(
        "format",
        "text",
        ["text", "markdown", "json"],
        "Of what is printed; only json has numbers that are not rounded.",
    )
    flags.DEFINE_string(
        "insert_into",
        None,
        f"Markdown file that receives the table as well, between <!-- begin {NAME} "
        f"--> and <!-- end {NAME} -->.",
    )


def main(argv: Sequence[str]) -> None:
    """Runs the command on the parsed flags."""
    if len(argv) > 1:
        raise app.UsageError(f"Unexpected argument: {argv[1]}. All input is in flags.")
    arguments = flags.FLAGS
    rows = [describe(name) for name in described()]
    if arguments.format == "json":
        print(json.dumps(rows, indent=2))
    else:
        print({"text": text, "markdown": markdown}[arguments.format](rows), end="")
    if arguments.insert_into:
        insert(Path(arguments.insert_into), NAME, markdown(rows), figures=[])


def describe(name: str) -> dict[str, Any]:
    """Returns what the table has of a preset, as JSON can hold it.

    Its network is built without its weights. Unknown is `None`: multiply-adds and
    latency of oracle masks, and the latency of what needs the whole recording.

    Args:
        name: A key of `zoo.presets.described()`.
    """
    preset = described()[name]
    if preset["config"] is None:
        costs: dict[str, Any] = {
            "model": f"OracleSeparator({preset.get('oracle_mask')!r})",
            "representation": "magnitude",
            "parameters": 0,
            "multiply_adds_per_second": None,
            "multiply_adds_left_out": [],
            "causal": None,
            "latency_ms": None,
            "paper": OracleSeparator.paper,
        }
    else:
        costs = _costs(from_preset(name, load_weights=False))
    weights = {"weights": name in PRESETS}
    return {"name": name, "task": _task(preset), **costs, **preset, **weights}


def _task(preset: Preset) -> str:
    return f"separation, {preset['num_speakers']} speakers"


def _costs(separator: Separator) -> dict[str, Any]:
    network = separator.network
    count = count_multiply_adds(separator, _SECONDS)
    latency = network.latency(separator.frame_length, separator.frame_step)
    return {
        "model": type(network).__name__,
        "representation": network.domain,
        "parameters": sum(int(np.prod(v.shape)) for v in network.trainable_variables),
        "multiply_adds_per_second": count.total / _SECONDS,
        "multiply_adds_left_out": list(count.left_out),
        "causal": network.causal,
        "latency_ms": latency and 1000 * latency / separator.sample_rate,
        "paper": network.paper,
    }


def count_multiply_adds(separator: Separator, seconds: float) -> MultiplyAdds:
    """Counts the multiply-adds that a network takes for audio of a length."""
    silence = np.zeros((1, round(seconds * separator.sample_rate)), "float32")
    inputs = separator.domain.encode(silence)
    return multiply_adds(separator.network, tuple(inputs.shape))


def markdown(rows: Sequence[dict[str, Any]]) -> str:
    """Returns the table for a document.

    Args:
        rows: What `describe` returns of each preset.
    """
    lines = [_cells(row) for row in rows]
    for line, row in zip(lines, rows, strict=True):
        line["name"] = f"`{row['name']}`"
        line["paper"] = f"[{row['paper']['title']}]({row['paper']['link']})"
    align = "".join("r" if column in _NUMBERS else "l" for column in lines[0])
    return markdown_table(list(lines[0]), [line.values() for line in lines], align)


def text(rows: Sequence[dict[str, Any]]) -> str:
    """Returns the table for a terminal.

    Args:
        rows: What `describe` returns of each preset.
    """
    lines = [_cells(row) for row in rows]
    table = [list(lines[0]), *(list(line.values()) for line in lines)]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    padded = (
        "  ".join(
            cell.rjust(width) if column in _NUMBERS else cell.ljust(width)
            for cell, width, column in zip(cells, widths, lines[0], strict=True)
        )
        for cells in table
    )
    return "".join(f"{line.rstrip()}\n" for line in padded)


def _cells(row: dict[str, Any]) -> dict[str, str]:
    """Returns what the table shows, by column."""
    return {
        "name": row["name"],
        "model": row["model"],
        "task": row["task"],
        "representation": row["representation"],
        "parameters": rounded(row["parameters"]),
        "multiply-adds": _products(row),
        "latency": _latency(row),
        "weights": "yes" if row["weights"] else "",
        "paper": row["paper"]["title"],
        "published, dB": _published(row["published"]),
    }


def _products(row: dict[str, Any]) -> str:
    if row["multiply_adds_per_second"] is None:
        return ""
    parts = [f"{rounded(row['multiply_adds_per_second'])}/s"]
    return " + ".join([*parts, *row["multiply_adds_left_out"]])


def _latency(row: dict[str, Any]) -> str:
    if row["causal"] is None:
        return ""
    return f"{row['latency_ms']:g} ms" if row["causal"] else "whole file"


def _published(scores: Scores | None) -> str:
    if scores is None:
        return ""
    parts = [f"{_SCORES[key]} {scores[key]}" for key in _SCORES if key in scores]  # type: ignore[literal-required]
    return f"{', '.join(parts)} on {scores['data']}"


def rounded(value: float) -> str:
    """Rounds a count to three digits, as papers print it.

    Args:
        value: At least 0.

    Example:

    >>> rounded(5_050_545), rounded(12_345_678_901), rounded(999_600), rounded(12)
    ('5.05 M', '12.3 G', '1.00 M', '12')
    """
    for factor, prefix in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        # What would round up to 1000 has the next prefix.
        if value >= 0.9995 * factor:
            return f"{value / factor:#.3g}".rstrip(".") + f" {prefix}"
    return f"{value:g}"


if __name__ == "__main__":
    command.run(main, define_flags)
