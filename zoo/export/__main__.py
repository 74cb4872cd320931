"""Exports: `python -m zoo.export --model=M --format=saved_model|litert --output=P`."""

from collections.abc import Sequence
from pathlib import Path

from absl import app, flags

from zoo import command
from zoo.presets import DEFAULT_PRESET, load_separator


def define_flags() -> None:
    flags.DEFINE_string(
        "model",
        DEFAULT_PRESET,
        "A .keras file, the workdir of a training, or the name of a preset.",
    )
    flags.DEFINE_enum("format", None, ["saved_model", "litert"], "What to write.")
    flags.DEFINE_string(
        "output", None, "Folder (saved_model) or .tflite file to write."
    )
    flags.DEFINE_integer(
        "samples", None, "Length of the input, two seconds by default. LiteRT only."
    )
    flags.mark_flags_as_required(["format", "output"])


def main(argv: Sequence[str]) -> None:
    values = flags.FLAGS
    if len(argv) > 1:
        raise app.UsageError(f"Only flags are taken. Received: {argv[1]!r}.")
    if values.format == "saved_model" and values.samples is not None:
        raise app.UsageError("A SavedModel takes any length. Leave --samples out.")
    separator = load_separator(values.model)
    from zoo.export import export_litert, export_saved_model

    if values.format == "saved_model":
        snr_db = export_saved_model(separator, values.output)
    else:
        snr_db = export_litert(separator, values.output, values.samples)
    size = sum(_size(file) for file in [Path(values.output)]) / 1e6
    print(
        f"{values.output}: {values.format}, {size:.1f} MB, agrees with Keras to "
        f"{snr_db:.1f} dB."
    )


def _size(path: Path) -> int:
    files = path.rglob("*") if path.is_dir() else [path]
    return sum(file.stat().st_size for file in files if file.is_file())


if __name__ == "__main__":
    command.run(main, define_flags)
