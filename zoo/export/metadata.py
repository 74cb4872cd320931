"""What a program needs to know beside an exported model."""

import json
from pathlib import Path

import keras

from zoo.separator import Separator


def write(separator: Separator, path: Path, samples: int | None = None) -> None:
    """Writes the sample rate and the shapes as JSON.

    Args:
        separator: The model that was exported.
        path: File to write.
        samples: Length of the input, or `None` if it is free.
    """
    batch = None if samples is None else 1
    content = {
        "sample_rate": separator.sample_rate,
        "input": {"shape": [batch, samples], "dtype": "float32"},
        "output": {
            "shape": [batch, separator.num_speakers, samples],
            "dtype": "float32",
        },
    }
    path.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def require_tensorflow() -> None:
    """Raises ValueError unless Keras runs on TensorFlow."""
    if keras.backend.backend() != "tensorflow":
        raise ValueError(
            "An export needs Keras to run on TensorFlow. Received: backend="
            f"{keras.backend.backend()!r}. Set KERAS_BACKEND=tensorflow; the .keras "
            "file is the same for all."
        )
