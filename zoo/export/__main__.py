"""Exports: `python -m zoo.export --model=M --format=F --output=P`."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from absl import app, flags, logging

from zoo import command
from zoo.export import litert, model_card, onnx, saved_model, streaming, timing
from zoo.export.finishing import size
from zoo.inference.separator import Separator
from zoo.presets import DEFAULT_PRESET, load_separator

# What each format takes of the flags that only some do.
_TAKEN = {
    "saved_model": ("data", "repeats"),
    "litert": (
        *("data", "repeats", "samples", "seconds", "resizable"),
        *("quantization", "python"),
    ),
    "streaming_litert": ("frames_per_step",),
    "onnx": ("data", "repeats", "samples", "seconds", "resizable"),
}


def define_flags() -> None:
    flags.DEFINE_string(
        "model",
        DEFAULT_PRESET,
        "A .keras file, the workdir of a training, or the name of a preset.",
    )
    flags.DEFINE_enum("format", None, list(_TAKEN), "What to write.")
    flags.DEFINE_string(
        "output", None, "Folder (saved_model), .tflite or .onnx file to write."
    )
    flags.DEFINE_list(
        "samples",
        None,
        "Length of the input; 2 seconds by default. LiteRT takes several, with commas, "
        "the usual one first: one file that has a signature for each.",
    )
    flags.DEFINE_list("seconds", None, "The same in seconds.")
    flags.DEFINE_bool(
        "resizable",
        None,
        "Whether the length may be changed before a run. LiteRT and ONNX only.",
    )
    flags.DEFINE_enum(
        "quantization",
        None,
        ["float32", "float16", "dynamic_int8", "full_int8"],
        "Precision of the network, float32 by default. LiteRT only.",
    )
    flags.DEFINE_string(
        "data",
        None,
        "Folder of mixtures (mix, s1, s2) or of recordings to compare with Keras on, "
        "and to calibrate full_int8 with; a synthetic signal by default.",
    )
    flags.DEFINE_integer(
        "repeats",
        None,
        "Runs to time against Keras, 10 by default; 0 for none.",
        lower_bound=0,
    )
    flags.DEFINE_integer(
        "frames_per_step",
        None,
        "Frames that a step of a stream computes, 1 by default. Streams only.",
        lower_bound=1,
    )
    flags.DEFINE_multi_string(
        "python", [], "Another Python whose interpreter to try too. LiteRT only."
    )
    flags.mark_flags_as_required(["format", "output"])


def main(argv: Sequence[str]) -> None:
    values = flags.FLAGS
    if len(argv) > 1:
        raise app.UsageError(f"Only flags are taken. Received: {argv[1]!r}.")
    _check_flags(values)
    if logging.get_verbosity() < logging.DEBUG:
        # TensorFlow tells a lot about how it saves.
        logging.set_verbosity(logging.WARNING)
    # Before the model is loaded, which starts Keras.
    timing.one_thread()
    separator = load_separator(values.model)
    arguments = {
        "data": values.data,
        "repeats": 10 if values.repeats is None else values.repeats,
        "samples": _lengths(separator, values),
        "resizable": bool(values.resizable),
        "quantization": values.quantization or "float32",
        "python": values.python,
        "frames_per_step": values.frames_per_step or 1,
    }
    if values.format == "onnx" and arguments["samples"]:
        if len(arguments["samples"]) > 1:
            raise app.UsageError("An ONNX file takes one length. Received: several.")
        (arguments["samples"],) = arguments["samples"]
    exports: dict[str, Callable[..., float]] = {
        "saved_model": saved_model.export_saved_model,
        "litert": litert.export_litert,
        "streaming_litert": streaming.export_streaming_litert,
        "onnx": onnx.export_onnx,
    }
    taken = [name for name in _TAKEN[values.format] if name in arguments]
    snr_db = exports[values.format](
        separator,
        values.output,
        **{{"python": "pythons"}.get(name, name): arguments[name] for name in taken},
    )
    print(_report(Path(values.output), values.format, snr_db))


def _check_flags(values: Any) -> None:
    for name in sorted({name for names in _TAKEN.values() for name in names}):
        if getattr(values, name) and name not in _TAKEN[values.format]:
            reason = (
                " It takes any length."
                if values.format == "saved_model" and name in ("samples", "seconds")
                else ""
            )
            raise app.UsageError(
                f"The format {values.format} does without --{name}.{reason} Leave it "
                "out."
            )
    if values.samples is not None and values.seconds is not None:
        raise app.UsageError("Only one of --samples and --seconds is taken.")


def _lengths(separator: Separator, values: Any) -> list[int] | None:
    given = values.samples or values.seconds
    if not given:
        return None
    scale, number = (1, int) if values.samples else (separator.sample_rate, float)
    try:
        return [round(scale * number(text)) for text in given]
    except ValueError as error:
        name = "samples" if values.samples else "seconds"
        raise app.UsageError(
            f"--{name} must be numbers with commas between them. "
            f"Received: {','.join(given)!r}."
        ) from error


def _report(path: Path, form: str, snr_db: float) -> str:
    """Returns what was measured, also as a row of a table."""
    lines, parts = [], [form]
    if form != "streaming_litert":
        metadata = path / "metadata.json" if path.is_dir() else Path(f"{path}.json")
        content = json.loads(metadata.read_text(encoding="utf-8"))
        lines = [*model_card.measured(content), "", *model_card.row(content), "", ""]
        parts.append(content["quantization"])
    megabytes = f"{size(path) / 1e6:.2f} MB"
    return "\n".join(lines) + (
        f"{path}: {', '.join((*parts, megabytes))}, agrees with Keras to "
        f"{snr_db:.1f} dB."
    )


if __name__ == "__main__":
    command.run(main, define_flags)
