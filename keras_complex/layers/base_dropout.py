"""What the dropout layers share."""

from collections.abc import Sequence
from typing import Any

import keras

from keras_complex.layers.packed_input import complex_channels
from keras_complex.ops.noise import dropout
from keras_complex.types import Shape, Tensor


class BaseDropout(keras.layers.Layer):
    """Checks and remembers the rate and the seed of a dropout.

    Args:
        rate: Probability of a 0, at least 0 and less than 1.
        seed: Seed of the draws.
        **kwargs: Arguments of `keras.layers.Layer`.
    """

    def __init__(self, rate: float, seed: int | None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if not 0 <= rate < 1:
            raise ValueError(
                f"`rate` must be at least 0 and less than 1. Received: rate={rate}."
            )
        self.rate = rate
        self.seed = seed
        self.seed_generator = keras.random.SeedGenerator(seed)
        self.supports_masking = True

    def build(self, input_shape: Shape) -> None:
        complex_channels(self.name, input_shape)

    def call(self, inputs: Tensor, training: bool = False) -> Tensor:
        if not training or self.rate == 0:
            return inputs
        noise_shape = self._noise_shape(len(inputs.shape))
        return dropout(inputs, self.rate, noise_shape, self.seed_generator)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        return tuple(input_shape)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "rate": self.rate, "seed": self.seed}

    def _noise_shape(self, rank: int) -> Sequence[int | None] | None:
        """Returns the shape of the draws; here, one for the maps of a channel."""
        return (None, *(1,) * (rank - 2), None)
