"""Native complex NumPy, which the packed tensors are tested against."""

import keras
import numpy as np


def pack(z):
    return np.concatenate([z.real, z.imag], axis=-1).astype("float32")


def unpack(x):
    real, imag = np.split(keras.ops.convert_to_numpy(x), 2, axis=-1)
    return real + 1j * imag


def complex_normal(rng, *shape):
    """Draws circular complex normal samples of unit power, E|z|^2 = 1."""
    return rng.normal(size=(*shape, 2), scale=0.5**0.5) @ [1, 1j]


def channels_last(x):
    """Turns maps `(batch, channels, bins, frames)` into ours."""
    return np.transpose(x, (0, 3, 2, 1))


def spectrogram(x):
    """Turns `(batch, 258, frames)` of the golden fixtures into ours."""
    return channels_last(x.reshape(len(x), 2, -1, x.shape[-1]))


def run(model, x):
    """Runs a model, on JAX compiled as a whole: operation by operation takes longer."""
    if keras.backend.backend() == "jax":
        return model.predict_on_batch(x)
    return keras.ops.convert_to_numpy(model(x))


def symmetric(arrays, name, separator="_"):
    """Stacks the entries of published 2 x 2 matrices as the layers keep them."""
    return np.stack(
        [arrays[f"{name}{separator}{entry}"] for entry in ("rr", "ri", "ii")]
    )
