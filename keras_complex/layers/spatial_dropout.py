"""Dropout of whole complex maps."""

from typing import Any

import keras

from keras_complex.layers.base_dropout import BaseDropout


@keras.saving.register_keras_serializable(package="keras_complex")
class ComplexSpatialDropout1D(BaseDropout):
    """Sets whole sequences of complex values to 0 at random in training.

        y_c = keep_c x_c / (1 - rate),    P(keep_c = 0) = rate, else keep_c = 1

    One draw decides over all of a channel of an example, both parts included:
    neighbours that resemble each other would make up for single values. In
    inference the layer is the identity.

    Args:
        rate: Probability of a 0, at least 0 and less than 1.
        seed: Seed of the draws; at random if `None`.
        **kwargs: Arguments of `keras.layers.Layer`, such as `name` and `dtype`.

    Raises:
        ValueError: If `rate` is out of range, or if the input has an odd or unknown
            number of real channels.

    Input shape:
        `(batch, steps, 2 * channels)`, last axis `[real, imag]`.

    Output shape:
        The shape of the input.

    Example:

    >>> layer = ComplexSpatialDropout1D(0.5)
    >>> tuple(layer(np.zeros((1, 4, 6), "float32"), training=True).shape)
    (1, 4, 6)

    Reference:

    - [Tompson et al., 2015, Efficient Object Localization Using Convolutional
      Networks](https://arxiv.org/abs/1411.4280), Section 3.2
    """

    def __init__(self, rate: float, seed: int | None = None, **kwargs: Any) -> None:
        super().__init__(rate, seed, **kwargs)
        self.input_spec = keras.InputSpec(ndim=3)


@keras.saving.register_keras_serializable(package="keras_complex")
class ComplexSpatialDropout2D(BaseDropout):
    """Sets whole complex maps to 0 at random in training.

        y_c = keep_c x_c / (1 - rate),    P(keep_c = 0) = rate, else keep_c = 1

    One draw decides over all of a channel of an example, both parts included:
    neighbours that resemble each other would make up for single values. In
    inference the layer is the identity.

    Args:
        rate: Probability of a 0, at least 0 and less than 1.
        seed: Seed of the draws; at random if `None`.
        **kwargs: Arguments of `keras.layers.Layer`, such as `name` and `dtype`.

    Raises:
        ValueError: If `rate` is out of range, or if the input has an odd or unknown
            number of real channels.

    Input shape:
        `(batch, height, width, 2 * channels)`, last axis `[real, imag]`.

    Output shape:
        The shape of the input.

    Example:

    >>> layer = ComplexSpatialDropout2D(0.5)
    >>> tuple(layer(np.zeros((1, 4, 3, 6), "float32"), training=True).shape)
    (1, 4, 3, 6)

    Reference:

    - [Tompson et al., 2015, Efficient Object Localization Using Convolutional
      Networks](https://arxiv.org/abs/1411.4280), Section 3.2
    """

    def __init__(self, rate: float, seed: int | None = None, **kwargs: Any) -> None:
        super().__init__(rate, seed, **kwargs)
        self.input_spec = keras.InputSpec(ndim=4)


@keras.saving.register_keras_serializable(package="keras_complex")
class ComplexSpatialDropout3D(BaseDropout):
    """Sets whole complex volumes to 0 at random in training.

        y_c = keep_c x_c / (1 - rate),    P(keep_c = 0) = rate, else keep_c = 1

    One draw decides over all of a channel of an example, both parts included:
    neighbours that resemble each other would make up for single values. In
    inference the layer is the identity.

    Args:
        rate: Probability of a 0, at least 0 and less than 1.
        seed: Seed of the draws; at random if `None`.
        **kwargs: Arguments of `keras.layers.Layer`, such as `name` and `dtype`.

    Raises:
        ValueError: If `rate` is out of range, or if the input has an odd or unknown
            number of real channels.

    Input shape:
        `(batch, depth, height, width, 2 * channels)`, last axis `[real, imag]`.

    Output shape:
        The shape of the input.

    Example:

    >>> layer = ComplexSpatialDropout3D(0.5)
    >>> tuple(layer(np.zeros((1, 4, 3, 2, 6), "float32"), training=True).shape)
    (1, 4, 3, 2, 6)

    Reference:

    - [Tompson et al., 2015, Efficient Object Localization Using Convolutional
      Networks](https://arxiv.org/abs/1411.4280), Section 3.2
    """

    def __init__(self, rate: float, seed: int | None = None, **kwargs: Any) -> None:
        super().__init__(rate, seed, **kwargs)
        self.input_spec = keras.InputSpec(ndim=5)
