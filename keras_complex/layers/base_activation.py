"""What layers share that apply a function to every complex value."""

from typing import Any

import keras

from keras_complex.layers.packed_input import complex_channels
from keras_complex.types import Shape


class BaseActivation(keras.layers.Layer):
    """Abstract layer that keeps the shape of its packed input.

    A subclass provides `call`.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.supports_masking = True

    def build(self, input_shape: Shape) -> None:
        complex_channels(self.name, input_shape)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        return tuple(input_shape)
