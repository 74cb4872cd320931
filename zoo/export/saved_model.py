"""Export to a TensorFlow SavedModel."""

from pathlib import Path

import keras
import tensorflow as tf

from zoo.export import agreement, metadata
from zoo.separator import Separator


def export_saved_model(separator: Separator, path: str | Path) -> float:
    """Writes a SavedModel from waveforms to waveforms, and checks it.

    It takes mixtures `(batch, samples)` of any number and length, at the rate that
    `metadata.json` in its folder states, and runs with TensorFlow alone:
    `tf.saved_model.load(path).serve(mixture)`.

    Args:
        separator: The model.
        path: Folder to write.

    Returns:
        How well it agrees with Keras: the SNR of the difference, in dB, the worst
        of three lengths and batch sizes.

    Raises:
        ValueError: If Keras runs on another backend, or if they do not agree.
    """
    metadata.require_tensorflow()
    signature = keras.InputSpec(shape=(None, None), dtype="float32", name="mixture")
    separator.export(str(path), input_signature=[signature], verbose=False)
    metadata.write(separator, Path(path) / "metadata.json")
    restored = tf.saved_model.load(str(path))
    rate = separator.sample_rate
    snrs_db = []
    for batch, samples in ((1, 2 * rate), (2, rate + 1), (3, 1000)):
        mixture = agreement.example_signal(batch * samples, rate).reshape(
            batch, samples
        )
        expected = keras.ops.convert_to_numpy(separator(mixture, training=False))
        snrs_db.append(agreement.snr_db(expected, restored.serve(mixture).numpy()))
    return agreement.check(str(path), snrs_db)
