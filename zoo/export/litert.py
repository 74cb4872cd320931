"""Export to LiteRT, the runtime of TFLite files."""

import tempfile
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from zoo.export import agreement, metadata
from zoo.separator import Separator


def export_litert(
    separator: Separator, path: str | Path, samples: int | None = None
) -> float:
    """Writes a TFLite file from a waveform to waveforms, and checks it.

    It has built-in operations only, so every LiteRT runtime takes it as it is, and
    one input of fixed length, `(1, samples)`. A JSON file of the same name states
    sample rate and shapes.

    Args:
        separator: The model.
        path: File to write, ending in .tflite.
        samples: Length of the input. Two seconds if `None`.

    Returns:
        How well it agrees with Keras: the SNR of the difference, in dB.

    Raises:
        ValueError: If Keras runs on another backend, if the name or the length is
            wrong, or if the two do not agree.
    """
    metadata.require_tensorflow()
    path = Path(path)
    samples = 2 * separator.sample_rate if samples is None else samples
    if path.suffix != ".tflite":
        raise ValueError(f"`path` must end in .tflite. Received: path={str(path)!r}.")
    if samples < 1:
        raise ValueError(f"`samples` must be positive. Received: samples={samples}.")
    content = _convert(separator, samples)
    if b"Flex" in content:
        raise ValueError(
            "The network must convert to built-in operations. Received: one with "
            "operations of TensorFlow (Flex)."
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    metadata.write(separator, path.with_suffix(".json"), samples)
    mixture = agreement.example_signal(samples, separator.sample_rate)
    expected = keras.ops.convert_to_numpy(separator(mixture, training=False))
    snr_db = agreement.snr_db(expected, run(path, mixture))
    return agreement.check(str(path), [snr_db])


def run(path: str | Path, mixture: np.ndarray) -> np.ndarray:
    """Runs a TFLite file on one mixture `(1, samples)`, with one thread."""
    interpreter = _interpreter(str(path))
    interpreter.allocate_tensors()
    interpreter.set_tensor(interpreter.get_input_details()[0]["index"], mixture)
    interpreter.invoke()
    return interpreter.get_tensor(interpreter.get_output_details()[0]["index"])


def _convert(separator: Separator, samples: int) -> bytes:
    # By way of a SavedModel: conversion from concrete functions aborts or gives
    # models that return NaN with Keras 3.
    signature = keras.InputSpec(shape=(1, samples), dtype="float32", name="mixture")
    with tempfile.TemporaryDirectory() as folder:
        separator.export(folder, input_signature=[signature], verbose=False)
        converter = tf.lite.TFLiteConverter.from_saved_model(folder)
        converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS]
        return converter.convert()


def _interpreter(path: str) -> Any:
    try:
        from ai_edge_litert.interpreter import Interpreter
    except ImportError:
        # An attribute that TensorFlow loads on demand; it cannot be imported.
        Interpreter = tf.lite.Interpreter
    return Interpreter(model_path=path, num_threads=1)
