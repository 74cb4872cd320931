"""The recurrent network that deep clustering and its successors share."""

import random
from typing import Any

import keras
from keras import layers

from keras_complex.layers import LogMagnitude
from keras_complex.types import Tensor

# What phases and distances pass through; a policy of half precision is for the rest.
FLOAT32 = "float32"
# Below this level, in dB of full scale 1, magnitudes carry no information.
_FLOOR_DB = -100.0


class EmbeddingLayers:
    """Makes the layers of a network, all with seeds of their own.

    Args:
        bins: Bins of the spectrogram.
        seed: Seed of all weights and dropouts, or `None`.
    """

    def __init__(self, bins: int, seed: int | None) -> None:
        self.bins = bins
        self.generator = None if seed is None else random.Random(seed)

    def features(self, mixture: Tensor) -> Tensor:
        """Takes logarithms of magnitudes, of mean 0 and variance 1 in each mixture.

        Args:
            mixture: `(batch, frames, bins, 2)`.

        Returns:
            `(batch, frames, bins)`, which do not depend on the level of the mixture.
        """
        x = LogMagnitude(_FLOOR_DB, dtype=FLOAT32, name="log_magnitude")(mixture)
        x = layers.Reshape((-1, self.bins), name="levels")(x)
        return layers.LayerNormalization(
            axis=(1, 2), center=False, scale=False, dtype=FLOAT32, name="norm"
        )(x)

    def recurrent(
        self, x: Tensor, units: int, num_layers: int, dropout: float
    ) -> Tensor:
        """Applies LSTM layers in both directions, and dropout between them.

        Args:
            x: `(batch, frames, features)`.
            units: Width of each direction.
            num_layers: Number of layers.
            dropout: Share of outputs to drop, but not of those of the last layer.

        Returns:
            `(batch, frames, 2 * units)`.
        """
        for index in range(num_layers):
            name = f"lstm{index}"
            if index and dropout:
                x = layers.Dropout(
                    dropout, seed=self._draw_seed(), name=f"{name}_dropout"
                )(x)
            x = layers.Bidirectional(
                self._lstm(units, name=f"{name}_forward"),
                backward_layer=self._lstm(
                    units, go_backwards=True, name=f"{name}_backward"
                ),
                name=name,
            )(x)
        return x

    def embeddings(self, x: Tensor, size: int) -> Tensor:
        """Turns each frame into embeddings of its bins, of unit norm.

        Args:
            x: `(batch, frames, features)`.
            size: Dimensions of an embedding.

        Returns:
            `(batch, frames, bins, size)`, from the layer called "embeddings".
        """
        x = self.maps(x, (size,), "embedding", activation="tanh")
        return layers.UnitNormalization(dtype=FLOAT32, name="embeddings")(x)

    def maps(
        self, x: Tensor, shape: tuple[int, ...], name: str, **kwargs: Any
    ) -> Tensor:
        """Turns each frame into a tensor `shape` for each of its bins."""
        size = 1
        for length in shape:
            size *= length
        x = layers.Dense(
            self.bins * size,
            kernel_initializer=self._uniform(),
            name=f"{name}_dense",
            **kwargs,
        )(x)
        return layers.Reshape((-1, self.bins, *shape), name=f"{name}_bins")(x)

    def _lstm(self, units: int, **kwargs: Any) -> layers.Layer:
        return layers.LSTM(
            units,
            kernel_initializer=self._uniform(),
            recurrent_initializer=keras.initializers.Orthogonal(seed=self._draw_seed()),
            return_sequences=True,
            **kwargs,
        )

    def _uniform(self) -> keras.initializers.Initializer:
        return keras.initializers.GlorotUniform(self._draw_seed())

    def _draw_seed(self) -> int | None:
        return None if self.generator is None else self.generator.randrange(2**31)


def check_sizes(config: dict[str, Any], names: tuple[str, ...]) -> None:
    """Raises ValueError unless sizes are positive and dropout is a probability."""
    for name in names:
        if config[name] < 1:
            raise ValueError(
                f"`{name}` must be at least 1. Received: {name}={config[name]}."
            )
    if not 0 <= config["dropout"] < 1:
        raise ValueError(
            f"`dropout` must lie in [0, 1). Received: dropout={config['dropout']}."
        )
