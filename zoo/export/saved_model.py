"""Export to a TensorFlow SavedModel."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np

from zoo.export import agreement, finishing, metadata
from zoo.export.inputs import example_signal, load_inputs
from zoo.files import unfinished
from zoo.inference.separator import Separator


def export_saved_model(
    separator: Separator,
    path: str | Path,
    data: str | Path | None = None,
    repeats: int = 0,
) -> float:
    """Writes a SavedModel from waveforms to waveforms, and checks it.

    It runs with TensorFlow alone. `tf.saved_model.load(path)` has, as methods and as
    signatures:

    - `serve(mixture)`, also `serving_default`: mixtures `(batch, samples)` of any
      number and length to voices;
    - `separate_spectrogram(spectrogram)`, if the network is one of spectrograms: what
      the network does between the Fourier transform and its inverse;
    - `sample_rate()`, in Hz, and `metadata()`, JSON.

    `metadata.json` and the model card `README.md` in the folder state shapes and what
    was measured.

    Args:
        separator: The model.
        path: Folder to write.
        data: Folder of recordings, better of mixtures, to compare on. A synthetic
            signal if `None`.
        repeats: Runs by which to compare the time with that of Keras; 0 for none.

    Returns:
        How well it agrees with Keras: the SNR of the difference, in dB, the least
        over all inputs.

    Raises:
        ValueError: If Keras runs on another backend, or if they do not agree.
    """
    import tensorflow as tf

    metadata.require_tensorflow()
    path = Path(path)
    inputs = load_inputs(separator, data, None)
    endpoints = {"serve": ["mixture"]}
    if separator.domain.name == "spectrogram":
        endpoints["separate_spectrogram"] = ["spectrogram"]
    content: dict[str, Any] = {
        "name": path.name,
        "format": "saved_model",
        "quantization": "float32",
        **metadata.describe(separator),
        "signatures": {
            name: {"inputs": names, "outputs": ["output_0"]}
            for name, names in (endpoints | {"sample_rate": [], "metadata": []}).items()
        },
    }
    with unfinished(path) as partial:
        _write(separator, partial, json.dumps(content))
        restored = tf.saved_model.load(str(partial))
        call = _caller(restored)
        finishing.measure(separator, call, inputs, content, None, repeats)
        _check_batch(separator, call, path.name)
        finishing.write_description(partial, content)
    return content["agreement"]["snr_db"]


def _write(separator: Separator, path: Path, description: str) -> None:
    import tensorflow as tf

    archive = keras.export.ExportArchive()
    archive.track(separator)
    archive.add_endpoint(
        "serve",
        lambda mixture: separator(mixture, training=False),
        [_spec("mixture", (None, None))],
    )
    if separator.domain.name == "spectrogram":
        archive.add_endpoint(
            "separate_spectrogram",
            lambda spectrogram: separator.network(spectrogram, training=False),
            [_spec("spectrogram", separator.domain.input_shape)],
        )
    rate = separator.sample_rate
    archive.add_endpoint("sample_rate", lambda: tf.constant(rate), [])
    archive.add_endpoint("metadata", lambda: tf.constant(description), [])
    archive.write_out(str(path), verbose=False)


def _check_batch(
    separator: Separator, call: Callable[[np.ndarray], np.ndarray], name: str
) -> None:
    mixture = example_signal(3000, separator.sample_rate).reshape(3, 1000)
    expected = keras.ops.convert_to_numpy(separator(mixture, training=False))
    agreement.check(name, {"snr_db": agreement.snr_db(expected, call(mixture))})


def _caller(restored: Any) -> Callable[[np.ndarray], np.ndarray]:
    return lambda mixture: restored.serve(mixture).numpy()


def _spec(name: str, shape: tuple[int | None, ...]) -> keras.InputSpec:
    return keras.InputSpec(shape=shape, dtype="float32", name=name)
