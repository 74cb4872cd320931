"""A separator in three parts, of which the middle one may lose precision."""

from pathlib import Path
from typing import Any

import keras
import numpy as np
from keras import ops

from keras_complex.types import Shape, Tensor
from zoo.inference.separator import Separator


class Parts:
    """What comes before the network, the network, and what comes after it.

    Level and Fourier transform want float32: 8 bits cost them more than the network.
    `finish(mixture, network(prepare(mixture)))` is what the separator does. `prepare`
    and `finish` are the separator's own code around a network that only looks on.

    Args:
        separator: The model.
    """

    def __init__(self, separator: Separator) -> None:
        self._network = separator.network
        self._onlooker = _Onlooker(separator.network)
        self._frame = Separator(
            self._onlooker,
            separator.sample_rate,
            separator.frame_length,
            separator.frame_step,
            separator.level,
            separator.fit_level,
        )

    def prepare(self, mixture: Tensor) -> Tensor:
        """Returns what the network gets for mixtures `(batch, samples)`."""
        self._onlooker.estimates = None
        self._frame(mixture, training=False)
        return self._onlooker.seen

    def network(self, inputs: Tensor) -> Tensor:
        """Returns the estimates of the network."""
        return self._network(inputs, training=False)

    def finish(self, mixture: Tensor, estimates: Tensor) -> Tensor:
        """Returns the waveforms `(batch, speakers, samples)` of the estimates."""
        self._onlooker.estimates = estimates
        result = self._frame(mixture, training=False)
        # A tensor of a graph must not outlive it.
        self._onlooker.estimates = self._onlooker.seen = None
        return result


def write_parts(separator: Separator, folder: str | Path, samples: int) -> None:
    """Writes the SavedModels `prepare`, `network` and `finish` for one length.

    Each has one signature of the same name. Apart, because the converter reads all
    weights of a SavedModel whether the signature needs them or not.
    """
    parts = Parts(separator)
    inputs = parts.prepare(np.zeros((1, samples), "float32"))
    estimates = parts.network(inputs)
    mixture = _spec("mixture", (1, samples))
    signatures = {
        "prepare": [mixture],
        "network": [_spec("inputs", inputs.shape)],
        "finish": [mixture, _spec("estimates", estimates.shape)],
    }
    for name, signature in signatures.items():
        archive = keras.export.ExportArchive()
        if name == "network":
            archive.track(separator.network)
        archive.add_endpoint(name, getattr(parts, name), signature)
        archive.write_out(str(Path(folder) / name), verbose=False)


class _Onlooker(keras.Model):
    """Keeps what it gets and returns what it is told to."""

    def __init__(self, network: keras.Model) -> None:
        super().__init__()
        self.shapes = (tuple(network.input_shape), tuple(network.output_shape))
        self.seen: Tensor | None = None
        self.estimates: Tensor | None = None
        self.built = True

    @property
    def input_shape(self) -> Shape:
        return self.shapes[0]

    @property
    def output_shape(self) -> Shape:
        return self.shapes[1]

    def call(self, inputs: Tensor, training: bool | None = None) -> Tensor:
        self.seen = inputs
        if self.estimates is not None:
            return self.estimates
        return ops.stack([inputs] * self.shapes[1][1], axis=1)


def _spec(name: str, shape: Any) -> keras.InputSpec:
    return keras.InputSpec(shape=tuple(shape), dtype="float32", name=name)
