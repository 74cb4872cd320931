"""Export of one step of a stream to LiteRT, for programs that separate live."""

import json
import tempfile
from pathlib import Path
from typing import Any

import keras
import numpy as np

from zoo.export import agreement, finishing, metadata, tflite_file
from zoo.export.inputs import example_signal
from zoo.files import unfinished
from zoo.inference.separator import Separator
from zoo.streaming.step import Geometry, make_step_model

# float32 files reach 100 dB and more; below this, something is broken.
MINIMUM_SNR_DB = 80.0
# Length of the check: longer than the context of the networks of the zoo.
_SECONDS = 2


def export_streaming_litert(
    separator: Separator, path: str | Path, frames_per_step: int = 1
) -> float:
    """Writes a TFLite file of one step of a stream, and checks it.

    It has built-in operations only, so every LiteRT runtime takes it as it is. Inputs
    and outputs of its one signature are those of `zoo.streaming.step.make_step_model`:
    samples and states in, estimates and states out, by name. `<name>.json` beside the
    file states rate, latency, sizes of window and hop, the shapes of the states,
    versions and operations; `<name>.md` shows the loop around it.

    Args:
        separator: As in `zoo.StreamingSeparator`.
        path: File to write, ending in .tflite.
        frames_per_step: As in `zoo.StreamingSeparator`.

    Returns:
        How well a stream of two seconds agrees with the whole recording in Keras:
        the SNR of the difference, in dB.

    Raises:
        ValueError: If Keras runs on another backend, if the name is wrong, if the
            separator cannot run as a stream, or if the two do not agree.
    """
    metadata.require_tensorflow()
    path = Path(path)
    if path.suffix != ".tflite":
        raise ValueError(f"`path` must end in .tflite. Received: path={str(path)!r}.")
    step = make_step_model(separator, frames_per_step)
    content = _convert(step)
    description = {
        "name": path.name,
        "format": "streaming_litert",
        "quantization": "float32",
        **metadata.describe(separator, 1),
        **_describe(separator, step, frames_per_step),
        "operations": tflite_file.check_builtin(content),
    }
    rate = separator.sample_rate
    mixture = example_signal(_SECONDS * rate, rate)
    expected = keras.ops.convert_to_numpy(separator(mixture, training=False))[0]
    with unfinished(path) as partial:
        partial.write_bytes(content)
        estimates = _run(partial, description, mixture[0])
        snr_db = agreement.snr_db(expected[:, : estimates.shape[1]], estimates)
        if not snr_db > MINIMUM_SNR_DB:
            raise ValueError(
                f"The export must agree with Keras to {MINIMUM_SNR_DB:.0f} dB. "
                f"Received: {snr_db:.1f} dB for {str(path)!r}. Report this with your "
                "versions."
            )
    description["agreement"] = {"data": "a synthetic signal", "snr_db": snr_db}
    description["agreement"]["mean_snr_db"] = snr_db
    finishing.write_description(path, description)
    return snr_db


def run(path: str | Path, mixture: np.ndarray) -> np.ndarray:
    """Runs a file on a recording, step by step, with one thread.

    Args:
        path: Of the TFLite file; its JSON file is beside it.
        mixture: Waveform `(samples,)`.

    Returns:
        Estimates `(speakers, samples)`, as far as they are finished.
    """
    return _run(path, json.loads(Path(f"{path}.json").read_text("utf-8")), mixture)


def _run(path: str | Path, sizes: dict[str, Any], mixture: np.ndarray) -> np.ndarray:
    step = _interpreter(str(path)).get_signature_runner()
    valid = np.ones((1, sizes["frames_per_step"]), "float32")
    states = {n: np.zeros(s, "float32") for n, s in sizes["states"].items()}
    samples = np.pad(mixture.astype("float32"), (sizes["zeros_before"], 0))[np.newaxis]
    estimates = [np.zeros((sizes["num_speakers"], 0), "float32")]
    last = samples.shape[1] - sizes["window"]
    for start in range(0, last + 1, sizes["hop"]):
        frames = samples[:, start : start + sizes["window"]]
        states = step(samples=frames, valid=valid, **states)
        estimates.append(states.pop("estimates")[0])
    return np.concatenate(estimates, axis=1)[:, sizes["dropped"] :]


def _describe(
    separator: Separator, step: keras.Model, frames_per_step: int
) -> dict[str, Any]:
    geometry = Geometry(separator, frames_per_step)
    return {
        "sample_rate": separator.sample_rate,
        "num_speakers": separator.num_speakers,
        "latency_samples": geometry.latency,
        "latency_ms": 1000 * geometry.latency / separator.sample_rate,
        "frames_per_step": frames_per_step,
        "window": geometry.window,
        "hop": geometry.hop,
        "zeros_before": geometry.lead,
        "dropped": geometry.dropped,
        "input": {"shape": [1, geometry.window], "dtype": "float32"},
        "output": {
            "shape": [1, separator.num_speakers, geometry.hop],
            "dtype": "float32",
        },
        "states": {
            name: list(tensor.shape)
            for name, tensor in step.input.items()
            if name not in ("samples", "valid")
        },
    }


def _convert(step: keras.Model) -> bytes:
    import tensorflow as tf

    # By way of a SavedModel: conversion from concrete functions aborts or gives
    # models that return NaN with Keras 3.
    # Keras would leave the batch open. A graph whose sizes are open until it runs has
    # its memory moved by the first step, and LiteRT 2.3 may go on in the old.
    signature = {
        name: keras.InputSpec(shape=tensor.shape, dtype="float32", name=name)
        for name, tensor in step.input.items()
    }
    with tempfile.TemporaryDirectory() as folder:
        step.export(folder, input_signature=[signature], verbose=False)
        converter = tf.lite.TFLiteConverter.from_saved_model(folder)
        converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS]
        return converter.convert()


def _interpreter(path: str) -> Any:
    try:
        from ai_edge_litert.interpreter import Interpreter
    except ImportError:
        import tensorflow as tf

        # An attribute that TensorFlow loads on demand; it cannot be imported.
        Interpreter = tf.lite.Interpreter
    return Interpreter(model_path=path, num_threads=1)
