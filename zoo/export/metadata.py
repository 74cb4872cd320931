"""The metadata that stand beside an exported model."""

import importlib.metadata
import platform
from typing import Any

import keras

from zoo.inference.separator import Separator


def describe(
    separator: Separator, batch: int | None = None, samples: int | None = None
) -> dict[str, Any]:
    """Returns sample rate, shapes and versions.

    Args:
        separator: The model that is exported.
        batch: Mixtures in a batch, or `None` if any number may be.
        samples: Length of the input, or `None` if it is free.
    """
    return {
        "model": type(separator.network).__name__,
        "parameters": separator.count_params(),
        "sample_rate": separator.sample_rate,
        "num_speakers": separator.num_speakers,
        "input": {"shape": [batch, samples], "dtype": "float32"},
        "output": {
            "shape": [batch, separator.num_speakers, samples],
            "dtype": "float32",
        },
        "versions": versions(),
    }


def versions() -> dict[str, str]:
    """Returns the versions of Python and of the packages that exports depend on."""
    found = {"python": platform.python_version()}
    names = ("keras-complex-zoo", "keras", "tensorflow", "torch", "onnx")
    for name in (*names, "onnxruntime", "ai-edge-litert"):
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found


def require_tensorflow() -> None:
    """Raises ValueError unless Keras runs on TensorFlow."""
    if keras.backend.backend() != "tensorflow":
        raise ValueError(
            "An export needs Keras to run on TensorFlow. Received: backend="
            f"{keras.backend.backend()!r}. Set KERAS_BACKEND=tensorflow; the .keras "
            "file is the same for all."
        )
