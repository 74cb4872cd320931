"""Multiplicative noise on complex values."""

from typing import Any

import keras

from keras_complex.layers.base_dropout import BaseDropout
from keras_complex.ops.noise import gaussian_dropout
from keras_complex.types import Tensor


@keras.saving.register_keras_serializable(package="keras_complex")
class ComplexGaussianDropout(BaseDropout):
    """Multiplies complex values by real normal draws in training.

        y = (1 + n) x,    n ~ N(0, rate / (1 - rate))

    One real draw scales both parts of a value, so that its phase stays, or turns by
    half where `1 + n` is negative. Mean and variance are those of `ComplexDropout`;
    in inference the layer is the identity.

    Args:
        rate: Rate of the dropout of equal variance, at least 0 and less than 1.
        seed: Seed of the draws; at random if `None`.
        **kwargs: Arguments of `keras.layers.Layer`, such as `name` and `dtype`.

    Raises:
        ValueError: If `rate` is out of range, or if the input has an odd or unknown
            number of real channels.

    Input shape:
        `(batch, ..., 2 * channels)`, last axis `[real, imag]`.

    Output shape:
        The shape of the input.

    Example:

    >>> layer = ComplexGaussianDropout(0.5)
    >>> tuple(layer(np.zeros((1, 4, 6), "float32"), training=True).shape)
    (1, 4, 6)

    Reference:

    - [Srivastava et al., 2014, Dropout](
      https://jmlr.org/papers/v15/srivastava14a.html), Section 10
    """

    def __init__(self, rate: float, seed: int | None = None, **kwargs: Any) -> None:
        super().__init__(rate, seed, **kwargs)

    def call(self, inputs: Tensor, training: bool = False) -> Tensor:
        if not training or self.rate == 0:
            return inputs
        return gaussian_dropout(inputs, self.rate, self.seed_generator)
