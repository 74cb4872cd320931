"""Conversion of a separator to the content of a TFLite file."""

import tempfile
import warnings
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import keras
import numpy as np

from keras_complex.types import Tensor
from zoo.export import tflite_file
from zoo.export.inputs import Inputs
from zoo.export.parts import write_parts
from zoo.inference.separator import Separator

QUANTIZATIONS = ("float32", "float16", "dynamic_int8", "full_int8")
# What is calculated in integers after calibration. All else, the normalization of
# layers above all, loses too much in 8 bits.
_INTEGER = (
    "BATCH_MATMUL",
    "CONV_2D",
    "DEPTHWISE_CONV_2D",
    "FULLY_CONNECTED",
    "TRANSPOSE_CONV",
)
_WIRES = {
    (1, "inputs"): (0, "output_0"),
    (2, "mixture"): (0, "mixture"),
    (2, "estimates"): (1, "output_0"),
}


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
        ValueError: If the network does not convert.
    """
    if quantization == "float32":
        if len(lengths) > 1:
            return _convert_lengths(separator, lengths)
        return _convert_whole(separator, lengths[0])
    with tempfile.TemporaryDirectory() as folder:
        write_parts(separator, folder, lengths[0])
        network = _QUANTIZED[quantization](folder, inputs)
        ends = [
            _converter(f"{folder}/{name}", name).convert()
            for name in ("prepare", "finish")
        ]
    return tflite_file.chain([ends[0], network, ends[1]], _WIRES)


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


def _float16(folder: str, inputs: Inputs) -> bytes:
    import tensorflow as tf

    converter = _converter(f"{folder}/network", "network")
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.target_spec.supported_types = [tf.float16]
    return converter.convert()


def _dynamic_int8(folder: str, inputs: Inputs) -> bytes:
    import tensorflow as tf

    converter = _converter(f"{folder}/network", "network")
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    return converter.convert()


def _full_int8(folder: str, inputs: Inputs) -> bytes:
    import tensorflow as tf

    prepare = tf.saved_model.load(f"{folder}/prepare").prepare

    def examples() -> Iterator[list[np.ndarray]]:
        for each in inputs.calibrating:
            yield [prepare(each.mixture[np.newaxis]).numpy()]

    converter = _converter(f"{folder}/network", "network")
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.representative_dataset = examples
    converter.target_spec.supported_ops = [
        tf.lite.OpsSet.TFLITE_BUILTINS_INT8,
        tf.lite.OpsSet.TFLITE_BUILTINS,
    ]
    options = tf.lite.experimental.QuantizationDebugOptions(
        denylisted_ops=tflite_file.builtin_names() - set(_INTEGER)
    )
    with warnings.catch_warnings():
        # It opens TensorFlow's interpreter, which is deprecated in favour of LiteRT.
        warnings.simplefilter("ignore")
        debugger = tf.lite.experimental.QuantizationDebugger(
            converter=converter, debug_dataset=examples, debug_options=options
        )
    return debugger.get_nondebug_quantized_model()


_QUANTIZED: dict[str, Callable[[str, Inputs], bytes]] = {
    "float16": _float16,
    "dynamic_int8": _dynamic_int8,
    "full_int8": _full_int8,
}


def _converter(folder: str, *signatures: str) -> Any:
    import tensorflow as tf

    converter = tf.lite.TFLiteConverter.from_saved_model(
        folder, signature_keys=list(signatures)
    )
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS]
    return converter
