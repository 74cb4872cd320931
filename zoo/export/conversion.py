"""Conversion of a separator to the content of a TFLite file."""

import tempfile
from collections.abc import Callable, Sequence
from typing import Any

import keras

from keras_complex.types import Tensor
from zoo.export import tflite_file
from zoo.export.inputs import Inputs
from zoo.export.quantization import quantized
from zoo.inference.separator import Separator


def convert(
    separator: Separator, lengths: Sequence[int], quantization: str, inputs: Inputs
) -> bytes:
    """Converts for fixed lengths, the network in the precision that is asked for.

    Args:
        separator: The model.
        lengths: Lengths of the input, in samples, of which there is one unless the
            precision is float32. Each has a signature, and all share the weights.
        quantization: One of `QUANTIZATIONS`.
        inputs: Mixtures of this length, to calibrate `"full_int8"` with.

    Raises:
        ValueError: If the network does not convert, or has loops and is to be
            quantized.
    """
    if len(lengths) > 1:
        return _convert_lengths(separator, lengths)
    content = _convert_whole(separator, lengths[0])
    if quantization == "float32":
        return content
    mixtures = [each.mixture for each in inputs.calibrating]
    return quantized(content, separator.network.name, quantization, mixtures)


def convert_resizable(separator: Separator) -> bytes:
    """Converts for a length that is set before a run, in float32.

    Raises:
        ValueError: If the network needs to know its length.
    """
    from tensorflow.lite.python.convert import ConverterError

    try:
        return _convert_whole(separator, None)
    except ConverterError as error:
        lines = str(error).splitlines()
        reason = next((line for line in lines if "TF Select ops:" in line), lines[0])
        raise ValueError(
            "A resizable file needs a network whose operations convert without a "
            f"length. Received: {separator.network.name!r}, which does not "
            f"({reason.strip()[:200]}). Pass a fixed length: --samples or --seconds."
        ) from error


def signature_names(lengths: Sequence[int | None]) -> list[str]:
    """Returns the names of the signatures; that of the first is the usual one."""
    return ["serve", *(f"serve_{length}" for length in lengths[1:])]


def _convert_whole(separator: Separator, samples: int | None) -> bytes:
    # By way of a SavedModel: conversion from concrete functions aborts or gives
    # models that return NaN with Keras 3.
    signature = keras.InputSpec(shape=(1, samples), dtype="float32", name="mixture")
    with tempfile.TemporaryDirectory() as folder:
        separator.export(folder, input_signature=[signature], verbose=False)
        return _converter(folder, "serve").convert()


def _convert_lengths(separator: Separator, lengths: Sequence[int]) -> bytes:
    """Converts to one signature for each length; the weights are stored once."""
    archive = keras.export.ExportArchive()
    archive.track(separator)
    # Graphs are in the order of the names, and with one called "serve" the converter
    # drops all others.
    names = {f"length_{k}": name for k, name in enumerate(signature_names(lengths))}
    for name, length in zip(names, lengths, strict=True):
        mixture = keras.InputSpec(shape=(1, length), dtype="float32", name="mixture")
        archive.add_endpoint(name, _inference(separator), input_signature=[mixture])
    with tempfile.TemporaryDirectory() as folder:
        archive.write_out(folder, verbose=False)
        content = _converter(folder, *names).convert()
    return tflite_file.slim(content, names)


def _inference(separator: Separator) -> Callable[[Tensor], Tensor]:
    """Returns a function of its own for each endpoint, as one is traced once."""
    return lambda mixture: separator(mixture, training=False)


def _converter(folder: str, *signatures: str) -> Any:
    import tensorflow as tf

    converter = tf.lite.TFLiteConverter.from_saved_model(
        folder, signature_keys=list(signatures)
    )
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS]
    return converter
