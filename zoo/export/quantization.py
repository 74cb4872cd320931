"""Quantization of the network in a TFLite file; all around it stays in float32."""

import re
from collections.abc import Sequence
from typing import Any

import numpy as np

from zoo.export import tflite_file
from zoo.export.finishing import quiet

# What loses little in 8 bits. All else, the normalization of layers above all, loses
# too much.
_OPERATIONS = (
    "BATCH_MATMUL",
    "CONV_2D",
    "CONV_2D_TRANSPOSE",
    "DEPTHWISE_CONV_2D",
    "FULLY_CONNECTED",
)
_INT8 = {"num_bits": 8, "dtype": "INT", "symmetric": True, "granularity": "CHANNELWISE"}
_RANGES = {
    "num_bits": 8,
    "dtype": "INT",
    "symmetric": False,
    "granularity": "TENSORWISE",
}
_INTEGER = {"compute_precision": "INTEGER", "explicit_dequantize": False}
# How an operation is calculated, in the words of a recipe of ai-edge-quantizer.
_RECIPES: dict[str, dict[str, Any]] = {
    "float16": {
        "weight_tensor_config": {**_INT8, "num_bits": 16, "dtype": "FLOAT"},
        "compute_precision": "FLOAT",
        "explicit_dequantize": True,
    },
    # Few weights take no room, and lose as much as many.
    "dynamic_int8": {
        "weight_tensor_config": _INT8,
        "min_weight_elements": 1024,
        **_INTEGER,
    },
    "full_int8": {
        "weight_tensor_config": _INT8,
        "activation_tensor_config": _RANGES,
        **_INTEGER,
    },
}
QUANTIZATIONS = ("float32", *_RECIPES)


def quantized(
    content: bytes, network: str, precision: str, mixtures: Sequence[np.ndarray]
) -> bytes:
    """Quantizes the convolutions and products of a network.

    Level and Fourier transform want float32: 8 bits cost them more than the network.

    Args:
        content: A file of a separator in float32, with the signature `serve`.
        network: Name of the network, in the names of what its operations give.
        precision: One of `QUANTIZATIONS`, not `"float32"`.
        mixtures: Float32 `(samples,)`, to calibrate `"full_int8"` with.

    Raises:
        ValueError: If the network has loops.
    """
    # It takes a second to import.
    from ai_edge_quantizer.quantizer import Quantizer

    tflite_file.check_no_loops(content)
    casts = precision == "float16"
    recipe = [
        {
            # Saving may append a number to the name.
            "regex": rf"/{re.escape(network)}(_\d+)*/",
            "operation": operation,
            "algorithm_key": "float_casting" if casts else "min_max_uniform_quantize",
            "op_config": _RECIPES[precision],
        }
        for operation in _OPERATIONS
        if not (casts and operation == "BATCH_MATMUL")  # It has no weights.
    ]
    # It tells a lot, also of the memory that calibration takes.
    with quiet():
        quantizer = Quantizer(content, recipe)
        ranges = None
        if quantizer.need_calibration:
            examples = [{"mixture": mixture[np.newaxis]} for mixture in mixtures]
            ranges = quantizer.calibrate({"serve": examples})
        return bytes(quantizer.quantize(ranges).quantized_model)
