"""Exports: `python -m zoo.export --model=M --format=F --output=P`."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from absl import app, flags, logging

from zoo import command
from zoo.inference.separator import Separator
from zoo.presets import DEFAULT_PRESET, load_separator

# Flags that only some formats take.
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
    from zoo.export import timing

    if logging.get_verbosity() < logging.DEBUG:
        # TensorFlow tells a lot about how it saves.
        logging.set_verbosity(logging.WARNING)
    # Before the model is loaded, which starts Keras.
    timing.one_thread()
    separator = load_separator(values.model)
    print(_EXPORT[values.format](separator, values))


def _saved_model(separator: Separator, values: Any) -> str:
    from zoo.export import export_saved_model

    export_saved_model(separator, values.output, values.data, _repeats(values))
    return _report(Path(values.output), Path(values.output) / "metadata.json")


def _litert(separator: Separator, values: Any) -> str:
    from zoo.export import export_litert

    export_litert(
        separator,
        values.output,
        _lengths(separator, values),
        values.quantization or "float32",
        bool(values.resizable),
        values.data,
        _repeats(values),
        values.python,
    )
    return _report(Path(values.output), Path(values.output + ".json"))


def _streaming_litert(separator: Separator, values: Any) -> str:
    from zoo.export.streaming import export_streaming_litert

    frames = values.frames_per_step or 1
    snr_db = export_streaming_litert(separator, values.output, frames)
    size = Path(values.output).stat().st_size / 1e6
    return (
        f"{values.output}: streaming_litert, {size:.2f} MB, agrees with Keras to "
        f"{snr_db:.1f} dB."
    )


def _onnx(separator: Separator, values: Any) -> str:
    from zoo.export import export_onnx

    lengths = _lengths(separator, values)
    if lengths and len(lengths) > 1:
        raise app.UsageError("An ONNX file takes one length. Received: several.")
    export_onnx(
        separator,
        values.output,
        lengths[0] if lengths else None,
        bool(values.resizable),
        values.data,
        _repeats(values),
    )
    return _report(Path(values.output), Path(values.output + ".json"))


_EXPORT: dict[str, Callable[[Separator, Any], str]] = {
    "saved_model": _saved_model,
    "litert": _litert,
    "streaming_litert": _streaming_litert,
    "onnx": _onnx,
}


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


def _repeats(values: Any) -> int:
    return 10 if values.repeats is None else values.repeats


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


def _report(path: Path, metadata: Path) -> str:
    """Says what was measured, and the same as a row of a table."""
    from zoo.export.model_card import measured, row

    content = json.loads(metadata.read_text(encoding="utf-8"))
    lines = [*measured(content), "", *row(content), ""]
    return "\n".join(lines) + (
        f"\n{path}: {content['format']}, {content['quantization']}, "
        f"{content['bytes'] / 1e6:.2f} MB, agrees with Keras to "
        f"{content['agreement']['snr_db']:.1f} dB."
    )


if __name__ == "__main__":
    command.run(main, define_flags)
