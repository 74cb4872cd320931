"""The recurrent network that deep clustering and its successors share."""

import math
from collections.abc import Mapping
from typing import Any

import keras
from keras import layers, ops

from keras_complex.layers import LogMagnitude
from keras_complex.types import Tensor
from zoo.models.checks import check_least
from zoo.models.network import FLOAT32, seed_source
from zoo.models.recurrent_layers import bidirectional_lstm

# Below this level, in dB of full scale 1, magnitudes carry no information.
_FLOOR_DB = -100.0


class EmbeddingLayers:
    """Makes the layers of a network, all with seeds of their own.

    Args:
        arguments: Those of the network, of which `bins`, `units`, `num_layers`,
            `embedding_size`, `dropout` and `seed` are taken.

    Raises:
        ValueError: If an argument is out of range.
    """

    def __init__(self, arguments: Mapping[str, Any]) -> None:
        sizes = ("num_speakers", "bins", "units", "num_layers", "embedding_size")
        check_least(1, **{name: arguments[name] for name in sizes})
        if not 0 <= arguments["dropout"] < 1:
            raise ValueError(
                "`dropout` must lie in [0, 1). "
                f"Received: dropout={arguments['dropout']}."
            )
        self.arguments = arguments
        self.bins: int = arguments["bins"]
        self.draw_seed = seed_source(arguments["seed"])

    def recurrent(self, mixture: Tensor) -> Tensor:
        """Applies LSTM layers in both directions, and dropout between them.

        They take logarithms of magnitudes, of mean 0 and variance 1 in each mixture.

        Args:
            mixture: `(batch, frames, bins, 2)`.

        Returns:
            `(batch, frames, 2 * units)`, which do not depend on the level of the
            mixture.
        """
        x = LogMagnitude(_FLOOR_DB, dtype=FLOAT32, name="log_magnitude")(mixture)
        x = layers.Reshape((-1, self.bins), name="levels")(x)
        x = layers.LayerNormalization(
            axis=(1, 2), center=False, scale=False, dtype=FLOAT32, name="norm"
        )(x)
        dropout = self.arguments["dropout"]
        for index in range(self.arguments["num_layers"]):
            name = f"lstm{index}"
            if index and dropout:
                x = layers.Dropout(
                    dropout, seed=self.draw_seed(), name=f"{name}_dropout"
                )(x)
            x = bidirectional_lstm(self.arguments["units"], self.draw_seed, name)(x)
        return x

    def embeddings(self, x: Tensor, unit_norm: bool = True) -> Tensor:
        """Turns each frame into embeddings of its bins.

        Args:
            x: `(batch, frames, features)`.
            unit_norm: Whether they have unit norm, as those of deep clustering. The
                values of others lie in [-1, 1]; their norms scale the products that
                masks are made of.

        Returns:
            `(batch, frames, bins, embedding_size)`, from the layer "embeddings".
        """
        shape = (self.arguments["embedding_size"],)
        if unit_norm:
            x = self.maps(x, shape, "embedding", activation="tanh")
            return layers.UnitNormalization(dtype=FLOAT32, name="embeddings")(x)
        x = self.maps(x, shape, "embedding")
        return layers.Activation("tanh", dtype=FLOAT32, name="embeddings")(x)

    def maps(
        self, x: Tensor, shape: tuple[int, ...], name: str, **kwargs: Any
    ) -> Tensor:
        """Turns each frame into a tensor `shape` for each of its bins."""
        x = layers.Dense(
            self.bins * math.prod(shape),
            kernel_initializer=keras.initializers.GlorotUniform(self.draw_seed()),
            name=f"{name}_dense",
            **kwargs,
        )(x)
        return layers.Reshape((-1, self.bins, *shape), name=f"{name}_bins")(x)


def masked(masks: Tensor, mixture: Tensor) -> Tensor:
    """Multiplies a mixture by masks `(batch, speakers, frames, bins, 1)`."""
    return layers.Multiply(dtype=FLOAT32, name="estimates")(
        [masks, ops.expand_dims(mixture, 1)]
    )
