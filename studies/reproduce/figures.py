"""Curves of validation: the mean and the spread of groups of trainings."""

import importlib.util
from pathlib import Path

import numpy as np
from absl import logging

from zoo.documents import csv_text
from zoo.files import atomic_file, write_text


def draw_curves(path: Path, groups: dict[str, list[list[float]]]) -> None:
    """Draws mean and standard deviation of each group over the epochs.

    Args:
        path: Without suffix; `.csv` is written, and `.png` where matplotlib is
            installed.
        groups: Curves by label, in dB, a value for each epoch from 1 on. An epoch
            that only some of a group have reached is the mean of those.
    """
    lines = [
        (label, epoch, float(np.mean(values)), float(np.std(values)), len(values))
        for label, curves in groups.items()
        for epoch, values in enumerate(_by_epoch(curves), start=1)
    ]
    columns = ("group", "epoch", "mean_sdr", "std_sdr", "trainings")
    rows = [
        (label, epoch, f"{mean:.4f}", f"{deviation:.4f}", count)
        for label, epoch, mean, deviation, count in lines
    ]
    write_text(path.with_suffix(".csv"), csv_text([columns, *rows]))
    if importlib.util.find_spec("matplotlib"):
        _draw(path.with_suffix(".png"), lines)
    else:
        logging.warning(
            "No figure %s.png: it needs pip install 'keras-complex-zoo[demo]'.", path
        )


def _by_epoch(curves: list[list[float]]) -> list[list[float]]:
    longest = max(map(len, curves))
    return [[c[epoch] for c in curves if len(c) > epoch] for epoch in range(longest)]


def _draw(path: Path, lines: list[tuple[str, int, float, float, int]]) -> None:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.ticker import MaxNLocator

    figure = Figure(figsize=(7, 4), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    for label in dict.fromkeys(line[0] for line in lines):
        _, epochs, means, deviations, counts = zip(
            *(line for line in lines if line[0] == label), strict=True
        )
        mean, deviation = np.array(means), np.array(deviations)
        (curve,) = axes.plot(epochs, mean, label=f"{label} ({counts[0]} trainings)")
        axes.fill_between(
            epochs,
            mean - deviation,
            mean + deviation,
            color=curve.get_color(),
            alpha=0.2,
        )
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set_xlabel("epoch")
    axes.set_ylabel("validation SDR (dB), mean ± standard deviation")
    axes.grid(alpha=0.3)
    axes.legend()
    with atomic_file(path) as file:
        figure.savefig(file, dpi=100, format="png")
