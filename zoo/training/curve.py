"""Draws a training: `python -m zoo.training.curve --workdir=RUN --output=curve.png`."""

import csv
from collections.abc import Sequence
from pathlib import Path

from absl import app, flags

from zoo import command


def define_flags() -> None:
    flags.DEFINE_string("workdir", None, "Directory of a training.", required=True)
    flags.DEFINE_string("output", None, "PNG file to write.", required=True)


def main(argv: Sequence[str]) -> None:
    if len(argv) > 1:
        raise app.UsageError(f"Only flags are taken. Received: {argv[1]!r}.")
    values = flags.FLAGS
    plot_history(values.workdir, values.output)
    print(f"Wrote {values.output}.")


def plot_history(workdir: str | Path, path: str | Path) -> None:
    """Draws the improvement in SI-SDR and the learning rate of each epoch.

    Args:
        workdir: Directory of a training, with its `history.csv`.
        path: PNG file to write.

    Raises:
        ValueError: If there is no history yet.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.ticker import MaxNLocator

    history = Path(workdir) / "history.csv"
    rows = []
    if history.exists():
        with history.open(newline="") as file:
            rows = list(csv.DictReader(file))
    if not rows:
        raise ValueError(
            "`workdir` must be the directory of a training that has ended an epoch. "
            f"Received: workdir={workdir}."
        )
    epochs = [int(row["epoch"]) for row in rows]
    figure = Figure(figsize=(7, 4), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    improvement = [float(row["si_sdr_improvement"]) for row in rows]
    axes.plot(epochs, improvement, "o-", label="SI-SDR improvement")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set_xlabel("epoch")
    axes.set_ylabel("SI-SDR improvement, validation (dB)")
    axes.grid(alpha=0.3)
    rates = axes.twinx()
    learning_rate = [float(row["learning_rate"]) for row in rows]
    rates.plot(epochs, learning_rate, "--", color="gray", label="learning rate")
    rates.set_ylabel("learning rate at the end of the epoch")
    rates.set_ylim(bottom=0)
    figure.legend(loc="outside upper center", ncols=2)
    figure.savefig(path, dpi=100)


if __name__ == "__main__":
    command.run(main, define_flags)
