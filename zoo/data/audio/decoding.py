"""Audio decoding inside tf.data graphs (TensorFlow only)."""

import functools
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
from absl import logging

from zoo.data import audio

Tensor = Any
# What `decoder_of` returns: the branches of `decode`.
SOUNDFILE, WAV_16, WAV_FLOAT, FLAC_16, FLAC_24 = range(5)
# tensorflow-io decodes these to the very samples of libsndfile. Not on the list:
# 24-bit WAV ("EOF reached" on an odd number of bytes), 8-bit (one off zero), 32-bit
# integers (NaN) and Vorbis (another decoder, 1e-7 off). 24-bit FLAC comes
# left-justified in int32.
_NATIVE = {
    ("WAV", "PCM_16"): WAV_16,
    ("WAVEX", "PCM_16"): WAV_16,
    ("WAV", "FLOAT"): WAV_FLOAT,
    ("WAVEX", "FLOAT"): WAV_FLOAT,
    ("FLAC", "PCM_16"): FLAC_16,
    ("FLAC", "PCM_24"): FLAC_24,
}


@functools.cache
def tensorflow_io_audio() -> Any:
    """Returns `tensorflow_io.audio`, or `None` where its operations do not load.

    They load with the TensorFlow that they were built for: up to 2.17 for
    tensorflow-io 0.37.1.
    """
    try:
        import tensorflow_io

        tensorflow_io.audio.decode_wav(_silent_wav(), shape=[-1, 1], dtype="int16")
    except Exception as error:  # What is raised differs between the versions.
        logging.info("soundfile decodes, not tensorflow-io: %s", error)
        return None
    return tensorflow_io.audio


def decoder_of(path: str | Path, sample_rate: int) -> int:
    """Returns the branch of `decode` for a file: native if its samples are equal.

    Args:
        path: Mono files of some formats are decoded natively.
        sample_rate: Rate that is needed, in Hz; a file to resample is not native.

    Raises:
        ValueError: If the file is missing, empty, not audio or of zero length.
    """
    info = audio.read_info(path)
    if info.channels != 1 or info.samplerate != sample_rate:
        return SOUNDFILE
    return _NATIVE.get((info.format, info.subtype), SOUNDFILE)


def decode(
    path: Tensor, decoder: Tensor, sample_rate: int, resample: bool = False
) -> Tensor:
    """Decodes a file in a graph, as `zoo.data.audio.read` does.

    Args:
        path: Scalar string.
        decoder: Scalar int32 of `decoder_of`.
        sample_rate: Rate that is needed, in Hz.
        resample: Whether to resample a file of another rate.

    Returns:
        Float32 `(samples,)`.
    """
    import tensorflow as tf

    def by_soundfile() -> Tensor:
        def read(name: bytes) -> np.ndarray:
            return audio.read(name.decode(), sample_rate, resample)[0]

        waveform = tf.numpy_function(read, [path], tf.float32)
        return tf.ensure_shape(waveform, [None])

    native = tensorflow_io_audio()
    if native is None:
        return by_soundfile()

    def by_tensorflow_io(operation: Any, dtype: Any, scale: float) -> Any:
        def branch() -> Tensor:
            x = operation(tf.io.read_file(path), shape=[-1, 1], dtype=dtype)
            x = tf.cast(x[:, 0], tf.float32) * scale
            return tf.debugging.assert_all_finite(x, "All samples must be finite.")

        return branch

    branches = {
        SOUNDFILE: by_soundfile,
        WAV_16: by_tensorflow_io(native.decode_wav, tf.int16, 2.0**-15),
        WAV_FLOAT: by_tensorflow_io(native.decode_wav, tf.float32, 1.0),
        FLAC_16: by_tensorflow_io(native.decode_flac, tf.int16, 2.0**-15),
        FLAC_24: by_tensorflow_io(native.decode_flac, tf.int32, 2.0**-31),
    }
    return tf.switch_case(decoder, branches)


def _silent_wav() -> bytes:
    import io

    file = io.BytesIO()
    soundfile.write(file, np.zeros(8), 8000, format="WAV", subtype="PCM_16")
    return file.getvalue()
