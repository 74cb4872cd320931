"""Export to LiteRT, the runtime of TFLite files."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np

from zoo.export import (
    agreement,
    conversion,
    finishing,
    interpreters,
    metadata,
    tflite_file,
    tflite_worker,
)
from zoo.export.inputs import load_inputs
from zoo.export.quantization import QUANTIZATIONS
from zoo.files import unfinished
from zoo.inference.separator import Separator

_WARNING = (
    "warning: full_int8 is calibrated with a synthetic signal; what recordings have "
    "beyond its ranges is clipped. Pass recordings of yours by --data; docs/export.md "
    "has what both cost the shipped model."
)


def export_litert(
    separator: Separator,
    path: str | Path,
    samples: int | Sequence[int] | None = None,
    quantization: str = "float32",
    resizable: bool = False,
    data: str | Path | None = None,
    repeats: int = 0,
    pythons: Sequence[str] = (),
) -> float:
    """Writes a TFLite file from a waveform to waveforms, and checks it.

    It has built-in operations only, so every LiteRT runtime takes it as it is.
    Quantization concerns the network alone: level and Fourier transform stay in
    float32, and so do input and output. `<name>.json` and `<name>.md` beside the file
    state rate, shapes, operations and what was measured.

    Args:
        separator: The model.
        path: File to write, ending in .tflite.
        samples: Length of the input, in samples, or several, each of which becomes a
            signature, the first one `serve`; all share the weights. Two seconds if
            `None`.
        quantization: One of `QUANTIZATIONS`: what the weights are stored in and, for
            `"full_int8"`, what convolutions and products are calculated in.
        resizable: Whether the length can be changed before a run. `samples` is then
            the first of the lengths that are tried.
        data: Folder of recordings, better of mixtures, to compare on and to calibrate
            with. A synthetic signal if `None`.
        repeats: Runs by which to compare the time with that of Keras; 0 for none.
        pythons: Other Python programs whose interpreters are tried too.

    Returns:
        How well it agrees with Keras: the SNR of the difference, in dB, the least
        over all inputs.

    Raises:
        ValueError: If Keras runs on another backend, if an argument is wrong, if the
            network does not convert, or if the two do not agree as far as the
            precision allows.
    """
    metadata.require_tensorflow()
    path = Path(path)
    lengths = _lengths(separator, samples)
    _check_arguments(path, lengths, quantization, resizable)
    inputs = load_inputs(separator, data, None if resizable else lengths[0])
    if quantization == "full_int8" and data is None:
        print(_WARNING, file=sys.stderr)
    if resizable:
        content = conversion.convert_resizable(separator)
    else:
        content = conversion.convert(separator, lengths, quantization, inputs)
    fixed = [None] if resizable else lengths
    description = {
        "name": path.name,
        "format": "litert",
        "quantization": quantization,
        **metadata.describe(separator, 1, fixed[0]),
        "signatures": {
            name: {"inputs": ["mixture"], "outputs": ["output_0"], "samples": length}
            for name, length in zip(
                conversion.signature_names(fixed), fixed, strict=True
            )
        },
        "operations": tflite_file.check_builtin(content),
    }
    if quantization == "full_int8":
        description["calibration"] = f"{len(inputs.calibrating)} of {inputs.origin}"
    with unfinished(path) as partial:
        partial.write_bytes(content)
        call = tflite_worker.Runner(partial)
        finishing.measure(separator, call, inputs, description, lengths[0], repeats)
        _compare_others(separator, partial, data, description)
        mixture = inputs.compared[0].mixture[np.newaxis]
        expected = keras.ops.convert_to_numpy(separator(mixture, training=False))
        description["interpreters"] = interpreters.try_all(
            partial, mixture, expected, pythons
        )
    finishing.write_description(path, description)
    return description["agreement"]["snr_db"]


def run(path: str | Path, mixture: np.ndarray) -> np.ndarray:
    """Runs a TFLite file on one mixture `(1, samples)`, with one thread."""
    return tflite_worker.Runner(path)(mixture)


def _compare_others(
    separator: Separator,
    path: Path,
    data: str | Path | None,
    description: dict[str, Any],
) -> None:
    """Compares the signatures after the first with Keras.

    Raises:
        ValueError: If one misses the bound of its precision.
    """
    _, *others = description["signatures"].items()
    for name, signature in others:
        report = agreement.compare(
            separator,
            tflite_worker.Runner(path, signature=name),
            load_inputs(separator, data, signature["samples"]),
        )
        least_db = agreement.check(
            description["name"], report, description["quantization"]
        )
        signature["snr_db"] = least_db
        known_db = description["agreement"]["snr_db"]
        description["agreement"]["snr_db"] = min(known_db, least_db)


def _lengths(separator: Separator, samples: int | Sequence[int] | None) -> list[int]:
    if samples is None:
        return [2 * separator.sample_rate]
    return [samples] if isinstance(samples, int) else list(samples)


def _check_arguments(
    path: Path, lengths: Sequence[int], quantization: str, resizable: bool
) -> None:
    if path.suffix != ".tflite":
        raise ValueError(f"`path` must end in .tflite. Received: path={str(path)!r}.")
    if not lengths or min(lengths) < 1:
        raise ValueError(f"`samples` must be positive. Received: samples={lengths}.")
    if len(set(lengths)) < len(lengths):
        raise ValueError(f"`samples` must differ. Received: samples={lengths}.")
    if len(lengths) > 1 and (resizable or quantization != "float32"):
        raise ValueError(
            "A file of several lengths must be of float32 and not resizable. Received: "
            f"samples={lengths}, quantization={quantization!r}, resizable={resizable}."
            " Pass one length."
        )
    if quantization not in QUANTIZATIONS:
        raise ValueError(
            f"`quantization` must be one of {', '.join(QUANTIZATIONS)}. "
            f"Received: quantization={quantization!r}."
        )
    if resizable and quantization != "float32":
        raise ValueError(
            "`quantization` must be 'float32' for a resizable file. "
            f"Received: quantization={quantization!r}. Pass a fixed length."
        )
