"""Conversion of a separator to the content of a TFLite file."""

import tempfile
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import keras
import numpy as np

from zoo.export import tflite_file
from zoo.export.inputs import Inputs
from zoo.export.parts import write_parts
from zoo.separator import Separator

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
    separator: Separator, samples: int, quantization: str, inputs: Inputs
) -> bytes:
    """Converts for a fixed length, the network in the precision that is asked for.

    Args:
        separator: The model.
        samples: Length of the input.
        quantization: One of `QUANTIZATIONS`.
        inputs: Mixtures of this length, to calibrate `"full_int8"` with.

    Raises:
        ValueError: If the network does not convert.
    """
    if quantization == "float32":
        return _convert_whole(separator, samples)
    with tempfile.TemporaryDirectory() as folder:
        write_parts(separator, folder, samples)
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


def _convert_whole(separator: Separator, samples: int | None) -> bytes:
    # By way of a SavedModel: conversion from concrete functions aborts or gives
    # models that return NaN with Keras 3.
    signature = keras.InputSpec(shape=(1, samples), dtype="float32", name="mixture")
    with tempfile.TemporaryDirectory() as folder:
        separator.export(folder, input_signature=[signature], verbose=False)
        return _converter(folder, "serve").convert()


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


def _converter(folder: str, signature: str) -> Any:
    import tensorflow as tf

    converter = tf.lite.TFLiteConverter.from_saved_model(
        folder, signature_keys=[signature]
    )
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS]
    return converter
