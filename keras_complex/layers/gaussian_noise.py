"""Additive noise on complex values."""

from typing import Any

import keras

from keras_complex.layers.packed_input import complex_channels
from keras_complex.ops.noise import gaussian_noise
from keras_complex.types import Shape, Tensor


@keras.saving.register_keras_serializable(package="keras_complex")
class ComplexGaussianNoise(keras.layers.Layer):
    """Adds circular complex normal noise in training.

        y = x + n,    E|n|^2 = stddev^2

    Real and imaginary part of the noise are independent, with half of the variance
    each: its distribution is the same after any rotation of the phase. In inference
    the layer is the identity.

    Args:
        stddev: Root mean square magnitude of the noise, in the unit of the input,
            at least 0. `keras.layers.GaussianNoise` has this value in each part and
            is thus 3 dB louder.
        seed: Seed of the draws; at random if `None`.
        **kwargs: Arguments of `keras.layers.Layer`, such as `name` and `dtype`.

    Raises:
        ValueError: If `stddev` is negative, or if the input has an odd or unknown
            number of real channels.

    Input shape:
        `(batch, ..., 2 * channels)`, last axis `[real, imag]`.

    Output shape:
        The shape of the input.

    Example:

    >>> y = ComplexGaussianNoise(2.0, seed=1)(np.zeros((1, 9999, 2)), training=True)
    >>> squares = np.square(keras.ops.convert_to_numpy(y))
    >>> round(squares.sum(-1).mean().item())
    4
    """

    def __init__(self, stddev: float, seed: int | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if stddev < 0:
            raise ValueError(
                f"`stddev` must not be negative. Received: stddev={stddev}."
            )
        self.stddev = stddev
        self.seed = seed
        self.seed_generator = keras.random.SeedGenerator(seed)
        self.supports_masking = True

    def build(self, input_shape: Shape) -> None:
        complex_channels(self.name, input_shape)

    def call(self, inputs: Tensor, training: bool = False) -> Tensor:
        if not training or self.stddev == 0:
            return inputs
        return gaussian_noise(inputs, self.stddev, self.seed_generator)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        return tuple(input_shape)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "stddev": self.stddev, "seed": self.seed}
