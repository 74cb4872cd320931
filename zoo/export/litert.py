"""Export to LiteRT, the runtime of TFLite files."""

import sys
from collections.abc import Sequence
from pathlib import Path

import keras
import numpy as np

from zoo.export import (
    conversion,
    finishing,
    interpreters,
    metadata,
    tflite_file,
    tflite_worker,
)
from zoo.export.conversion import QUANTIZATIONS
from zoo.export.inputs import load_inputs
from zoo.separator import Separator

_WARNING = (
    "warning: full_int8 is calibrated with a synthetic signal; what recordings have "
    "beyond its ranges is clipped. Pass recordings of yours by --data; docs/export.md "
    "has what both cost the shipped model."
)


def export_litert(
    separator: Separator,
    path: str | Path,
    samples: int | None = None,
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
        samples: Length of the input. Two seconds if `None`.
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
    samples = 2 * separator.sample_rate if samples is None else samples
    _check_arguments(path, samples, quantization, resizable)
    inputs = load_inputs(separator, data, None if resizable else samples)
    if quantization == "full_int8" and data is None:
        print(_WARNING, file=sys.stderr)
    if resizable:
        content = conversion.convert_resizable(separator)
    else:
        content = conversion.convert(separator, samples, quantization, inputs)
    words = {
        "name": path.name,
        "format": "litert",
        "quantization": quantization,
        **metadata.describe(separator, 1, None if resizable else samples),
        "signatures": {"serve": {"inputs": ["mixture"], "outputs": ["output_0"]}},
        "operations": tflite_file.check_builtin(content),
    }
    if quantization == "full_int8":
        words["calibration"] = f"{len(inputs.calibrating)} of {inputs.origin}"
    with finishing.partial(path) as unfinished:
        unfinished.write_bytes(content)
        call = tflite_worker.Runner(unfinished)
        finishing.measure(separator, call, inputs, words, samples, repeats)
        mixture = inputs.compared[0].mixture[np.newaxis]
        expected = keras.ops.convert_to_numpy(separator(mixture, training=False))
        words["interpreters"] = interpreters.try_all(
            unfinished, mixture, expected, pythons
        )
    finishing.write_words(path, words)
    return words["agreement"]["snr_db"]


def run(path: str | Path, mixture: np.ndarray) -> np.ndarray:
    """Runs a TFLite file on one mixture `(1, samples)`, with one thread."""
    return tflite_worker.Runner(path)(mixture)


def _check_arguments(
    path: Path, samples: int, quantization: str, resizable: bool
) -> None:
    if path.suffix != ".tflite":
        raise ValueError(f"`path` must end in .tflite. Received: path={str(path)!r}.")
    if samples < 1:
        raise ValueError(f"`samples` must be positive. Received: samples={samples}.")
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
