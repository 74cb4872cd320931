"""Scores a model: `python -m zoo.evaluate --model=M --data=DIR --output_dir=D`."""

import dataclasses
import functools
import json
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import tqdm
from absl import app, flags

from zoo import command, metrics
from zoo.data.mixtures.folder import Example, MixtureFolder
from zoo.files import write_text
from zoo.inference.separator import Separator
from zoo.presets import DEFAULT_PRESET, load_separator

# A mixture has no artifacts, so SAR has no improvement worth the name.
COLUMNS = {
    "sdr": "SDR",
    "sdr_improvement": "SDRi",
    "sir": "SIR",
    "sir_improvement": "SIRi",
    "sar": "SAR",
    "si_sdr": "SI-SDR",
    "si_sdr_improvement": "SI-SDRi",
    "stoi": "STOI",
    "stoi_improvement": "STOIi",
    "estoi": "ESTOI",
    "estoi_improvement": "ESTOIi",
    "pesq_nb": "PESQ-NB",
    "pesq_nb_improvement": "PESQ-NBi",
    "pesq_wb": "PESQ-WB",
    "pesq_wb_improvement": "PESQ-WBi",
}
RATIOS = ("sdr", "sir", "sar", "si_sdr")
# Measures of speech, by packages that are not installed by default.
SPEECH: dict[str, Callable[..., float]] = {
    "stoi": metrics.stoi,
    "estoi": functools.partial(metrics.stoi, extended=True),
    "pesq_nb": functools.partial(metrics.pesq, mode="nb"),
    "pesq_wb": functools.partial(metrics.pesq, mode="wb"),
}


class WaveformSeparator(Protocol):
    """A model that can be scored: a `zoo.Separator`, or what separates as one."""

    def separate(self, waveform: np.ndarray, sample_rate: float) -> np.ndarray:
        """Returns estimates `(speakers, samples)` of a mixture `(samples,)`."""


def evaluate(
    separator: WaveformSeparator | None,
    examples: Iterable[Example],
    measures: Sequence[str] = RATIOS,
) -> dict[str, Any]:
    """Scores a separator on mixtures whose sources are known.

    Args:
        separator: The model, or `None` for the mixture as its own estimate.
        examples: Mixtures, as `zoo.data.mixtures.folder.MixtureFolder` gives them.
        measures: Names of `RATIOS` and `SPEECH`. Those of speech need the packages
            pystoi and pesq.

    Returns:
        `summary`, with the mean and the standard deviation over mixtures of the
        `COLUMNS` of each measure, and `examples`, with the values of each mixture:
        the mean over its speakers, and all of them.
    """
    columns = [c for c in COLUMNS if c.removesuffix("_improvement") in measures]
    results = [_evaluate_example(separator, example, columns) for example in examples]
    means = {
        column: np.array([r[column] for r in results if r[column] is not None])
        for column in columns
    }
    summary = {
        column: {
            "mean": float(np.mean(values)) if len(values) else None,
            "std": float(np.std(values)) if len(values) else None,
            "count": len(values),
        }
        for column, values in means.items()
    }
    return {"summary": summary, "examples": results}


def markdown_table(summary: dict[str, Any]) -> str:
    """Formats the summary of `evaluate` as a table in Markdown."""
    header = f"| {' | '.join(COLUMNS[column] for column in summary)} |"
    rule = f"|{' ---: |' * len(summary)}"
    cells = []
    for entry in summary.values():
        if entry["mean"] is None:
            cells.append("n/a")
        else:
            cells.append(f"{entry['mean']:.2f} ± {entry['std']:.2f}")
    return f"{header}\n{rule}\n| {' | '.join(cells)} |\n"


def define_flags() -> None:
    flags.DEFINE_string(
        "model",
        DEFAULT_PRESET,
        "A .keras file, the workdir of a training, the name of a preset, or "
        "'mixture' to score the mixtures themselves.",
    )
    flags.DEFINE_string(
        "data", None, "Folder with mix, s1, s2, such as wsj0-2mix's tt.", required=True
    )
    flags.DEFINE_string("output_dir", "evaluation", "Folder of metrics.json and .md.")
    flags.DEFINE_integer(
        "max_examples", None, "Take the first so many mixtures only.", lower_bound=1
    )
    flags.DEFINE_multi_enum(
        "metrics",
        list(RATIOS),
        [*RATIOS, *SPEECH],
        "Measures; repeat the flag for several. Those of speech need "
        "`pip install 'keras-complex-zoo[metrics]'`.",
    )
    flags.DEFINE_bool(
        "resample", False, "Whether to take data of another rate than the model's."
    )


def main(argv: Sequence[str]) -> None:
    if len(argv) > 1:
        raise app.UsageError(f"Only flags are taken. Received: {argv[1]!r}.")
    values = flags.FLAGS
    separator = None
    if values.model != "mixture":
        # Late: all of training comes along.
        from zoo.inference import graph_passes

        separator = load_separator(values.model)
        graph_passes.choose(type(separator.network).__name__)
    folder = MixtureFolder(values.data)
    if separator is not None:
        _check_data(folder, separator, values.resample)
    count = min(len(folder), values.max_examples or len(folder))
    examples = tqdm.tqdm((folder[i] for i in range(count)), total=count, unit="mixture")
    report = {
        "model": values.model,
        "data": values.data,
        "sample_rate": folder.sample_rate,
        "num_examples": count,
        **evaluate(separator, examples, values.metrics),
    }
    table = markdown_table(report["summary"])
    output = Path(values.output_dir)
    write_text(output / "metrics.json", json.dumps(report, indent=1) + "\n")
    write_text(
        output / "metrics.md",
        f"{values.model} on {count} mixtures of {values.data}: mean ± standard "
        f"deviation over mixtures, {_units(values.metrics)}\n\n{table}",
    )
    print(table, end="")


def _evaluate_example(
    separator: WaveformSeparator | None, example: Example, columns: Sequence[str]
) -> dict[str, Any]:
    mixture = np.broadcast_to(example.mixture, example.sources.shape)
    baseline = _measure(example, mixture, columns)
    values = baseline
    if separator is not None:
        estimates = separator.separate(example.mixture, example.sample_rate)
        values = _measure(example, estimates, columns)
    for name, unprocessed in baseline.items():
        values = {**values, f"{name}_improvement": values[name] - unprocessed}
    result: dict[str, Any] = {"name": example.name}
    for column in columns:
        present = values[column][~np.isnan(values[column])]
        result[column] = float(present.mean()) if len(present) else None
    result["speakers"] = [
        {
            column: None if np.isnan(values[column][i]) else float(values[column][i])
            for column in columns
        }
        for i in range(len(example.sources))
    ]
    silent = np.flatnonzero(~np.any(example.sources, axis=1))
    if len(silent):
        names = ", ".join(f"s{i + 1}" for i in silent)
        result["note"] = f"{names} silent: no values, and left out of the means"
    return result


def _measure(
    example: Example, estimates: np.ndarray, columns: Sequence[str]
) -> dict[str, np.ndarray]:
    """Computes each measure of `columns`, one value per speaker."""
    values = {}
    if any(name in columns for name in RATIOS):
        values = dataclasses.asdict(
            metrics.score_separation(example.sources, estimates)
        )
    speech = [name for name in SPEECH if name in columns]
    order = metrics.order_by_si_sdr(example.sources, estimates) if speech else []
    for name in speech:
        measure = SPEECH[name]
        values[name] = np.array(
            [
                measure(source, estimates[index], sample_rate=example.sample_rate)
                for source, index in zip(example.sources, order, strict=True)
            ]
        )
    return values


def _units(measures: Sequence[str]) -> str:
    """Names the unit of each measure that has one."""
    if not set(measures) & set(SPEECH):
        return "dB"
    return "ratios in dB, PESQ in points of opinion (MOS-LQO)"


def _check_data(folder: MixtureFolder, separator: Separator, resample: bool) -> None:
    if folder.num_speakers != separator.num_speakers:
        raise ValueError(
            f"The data must have {separator.num_speakers} speakers, as the model. "
            f"Received: {folder.num_speakers} in {str(folder.path)!r}."
        )
    if folder.sample_rate != separator.sample_rate and not resample:
        raise ValueError(
            f"The data must have the model's sample rate, {separator.sample_rate} Hz. "
            f"Received: {folder.sample_rate} Hz in {str(folder.path)!r}. "
            "Pass --resample to separate at the model's rate and score at the data's."
        )


if __name__ == "__main__":
    command.run(main, define_flags)
