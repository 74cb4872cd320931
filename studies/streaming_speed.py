"""Measures live separation with LiteRT: `python -m studies.streaming_speed`."""

import json
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from absl import app, flags

from zoo import command
from zoo.documents import print_table
from zoo.inference.separator import Separator

# Model, its arguments, window and hop of the transform, and frames at once.
_TASNET = {"filters": 128, "units": 256, "num_layers": 2, "causal": True}
_CONV_TASNET = {
    "filters": 128,
    "kernel_size": 20,
    "bottleneck_filters": 64,
    "hidden_filters": 128,
    "skip_filters": 64,
    "num_blocks": 6,
    "num_repeats": 2,
    "normalization": "cumulative",
    "causal": True,
}
ROWS: tuple[tuple[str, dict[str, Any], int, int, int], ...] = (
    ("CausalComplexUNet", {"start_filters": 8}, 256, 128, 1),
    ("CausalComplexUNet", {}, 256, 128, 1),
    ("CausalComplexUNet", {}, 256, 128, 4),
    ("CausalComplexUNet", {}, 64, 32, 4),
    ("TasNet", _TASNET, 0, 0, 1),
    ("ConvTasNet", _CONV_TASNET, 0, 0, 1),
    ("ConvTasNet", _CONV_TASNET, 0, 0, 16),
)
_RATE = 8000
_COLUMNS = (
    *("network at 8 kHz", "parameters (M)", "frames at once", "latency, ms"),
    *("states, KiB", "CPU seconds for one of audio", "agrees with Keras, dB"),
)


def define_flags() -> None:
    """Defines the flags of the command."""
    flags.DEFINE_float("seconds", 10.0, "Length of the noise that is separated.")
    flags.DEFINE_list("rows", None, "Numbers of the rows to measure, all by default.")


def main(argv: Sequence[str]) -> None:
    """Runs the command on the parsed flags."""
    if len(argv) > 1:
        raise app.UsageError(f"Unexpected argument: {argv[1]}. All input is in flags.")
    values = flags.FLAGS
    if not values.seconds > 0:
        raise ValueError(
            f"`seconds` must be positive. Received: seconds={values.seconds}."
        )
    rows = ROWS if values.rows is None else [ROWS[int(row)] for row in values.rows]
    cells = (_cells(*row, values.seconds) for row in rows)
    print_table(_COLUMNS, cells, "lrrrrrr")


def _cells(
    name: str,
    arguments: dict[str, Any],
    frame_length: int,
    frame_step: int,
    frames_per_step: int,
    seconds: float,
) -> list[str]:
    from zoo.export.streaming import export_streaming_litert, run
    from zoo.models import MODELS

    network = MODELS[name](**arguments, seed=0)
    separator = Separator(network, _RATE, frame_length, frame_step, level=None)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "step.tflite"
        snr_db = export_streaming_litert(separator, path, frames_per_step)
        sizes = json.loads(Path(f"{path}.json").read_text("utf-8"))
        mixture = np.random.default_rng(0).normal(size=round(seconds * _RATE))
        # Time of the processor, in one thread: other programs do not count.
        start = time.process_time()
        run(path, mixture)
        spent = time.process_time() - start
    values = sum(int(np.prod(shape)) for shape in sizes["states"].values())
    transform = f", window {frame_length}" if frame_length else ""
    width = arguments.get("start_filters")
    return [
        f"`{name}`{f', {width} filters' if width else ''}{transform}",
        f"{network.count_params() / 1e6:.2f}",
        f"{frames_per_step}",
        f"{sizes['latency_ms']:g}",
        f"{4 * values / 1024:.0f}",
        f"{spent / seconds:.3f}",
        f"{snr_db:.0f}",
    ]


if __name__ == "__main__":
    command.run(main, define_flags)
