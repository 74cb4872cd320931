"""LSTM layers whose weights start as those of Keras, with seeds of their own."""

from typing import Any

import keras
from keras import layers

from zoo.models.network import SeedSource


def lstm(units: int, draw_seed: SeedSource, **kwargs: Any) -> layers.Layer:
    """Makes a layer in one direction, which returns all frames."""
    return layers.LSTM(
        units,
        kernel_initializer=keras.initializers.GlorotUniform(draw_seed()),
        recurrent_initializer=keras.initializers.Orthogonal(seed=draw_seed()),
        return_sequences=True,
        **kwargs,
    )


def bidirectional_lstm(units: int, draw_seed: SeedSource, name: str) -> layers.Layer:
    """Makes a layer in both directions, of `units` in each."""
    return layers.Bidirectional(
        lstm(units, draw_seed, name=f"{name}_forward"),
        backward_layer=lstm(
            units, draw_seed, go_backwards=True, name=f"{name}_backward"
        ),
        name=name,
    )
