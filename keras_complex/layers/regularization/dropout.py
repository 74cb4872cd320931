"""Dropout of complex values, of whole maps, and noise in its place."""

from collections.abc import Sequence
from typing import Any, ClassVar

import keras
from keras import ops

from keras_complex.checks import check_fraction
from keras_complex.layers.base import PointwiseLayer
from keras_complex.ops.packing import join_parts
from keras_complex.types import Tensor


class _BaseDropout(PointwiseLayer):
    """Abstract dropout with a rate and a seed."""

    def __init__(self, rate: float, seed: int | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        check_fraction(rate=rate)
        self.rate = rate
        self.seed = seed
        self.seed_generator = keras.random.SeedGenerator(seed)

    def call(self, inputs: Tensor, training: bool = False) -> Tensor:
        if not training or self.rate == 0:
            return inputs
        x = ops.convert_to_tensor(inputs)
        shape = self.noise_sizes(x)
        draw = keras.random.uniform(shape, dtype="float32", seed=self.seed_generator)
        keep = ops.cast(draw >= self.rate, x.dtype) / (1.0 - self.rate)
        if keep.shape[-1] != 1:
            keep = join_parts(keep, keep)
        return x * keep

    def noise_sizes(self, x: Tensor) -> tuple[Any, ...]:
        """Returns the sizes of the draws; here, one for each complex value."""
        return complex_sizes(x)


@keras.saving.register_keras_serializable(package="keras_complex")
class ComplexDropout(_BaseDropout):
    """Sets complex values to 0 at random in training.

        y = keep x / (1 - rate),    P(keep = 0) = rate, else keep = 1

    One draw decides over both parts of a value: a dropout of packed parts, such as
    `keras.layers.Dropout`, would drop one of them and turn the phase. The factor
    keeps the expected value; in inference the layer is the identity.

    Args:
        rate: Probability of a 0, at least 0 and less than 1.
        noise_shape: Shape of the draws, with the number of complex channels on the
            last axis; 1 shares a draw along an axis, `None` stands for the size of
            the input. Each value has a draw of its own by default.
        seed: Seed of the draws; at random if `None`.
        **kwargs: Arguments of `keras.layers.Layer`, such as `name` and `dtype`.

    Raises:
        ValueError: If `rate` is out of range, if `noise_shape` has another rank
            than the input, or if the input has an odd or unknown number of real
            channels.

    Input shape:
        `(batch, ..., 2 * channels)`, last axis `[real, imag]`.

    Output shape:
        The shape of the input.

    Example:

    >>> x = np.ones((1, 1000, 2), "float32")  # 1 + 1i.
    >>> y = keras.ops.convert_to_numpy(ComplexDropout(0.5, seed=1)(x, training=True))
    >>> np.unique(y, axis=1).tolist()  # Never one part alone.
    [[[0.0, 0.0], [2.0, 2.0]]]

    Reference:

    - [Srivastava et al., 2014, Dropout](
      https://jmlr.org/papers/v15/srivastava14a.html)
    """

    def __init__(
        self,
        rate: float,
        noise_shape: Sequence[int | None] | None = None,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(rate, seed, **kwargs)
        self.noise_shape = None if noise_shape is None else tuple(noise_shape)

    def noise_sizes(self, x: Tensor) -> tuple[Any, ...]:
        sizes = complex_sizes(x)
        if self.noise_shape is None:
            return sizes
        if len(self.noise_shape) != len(sizes):
            raise ValueError(
                "`noise_shape` must have as many axes as the input. Received: "
                f"noise_shape={self.noise_shape} for an input of rank {len(sizes)}."
            )
        return tuple(
            size if wanted is None else wanted
            for size, wanted in zip(sizes, self.noise_shape, strict=True)
        )


class _SpatialDropout(_BaseDropout):
    """Dropout of the maps of a channel, of `rank` axes."""

    rank: ClassVar[int]

    def __init__(self, rate: float, seed: int | None = None, **kwargs: Any) -> None:
        super().__init__(rate, seed, **kwargs)
        self.input_spec = keras.InputSpec(ndim=self.rank + 2)

    def noise_sizes(self, x: Tensor) -> tuple[Any, ...]:
        batch, *_, channels = complex_sizes(x)
        return (batch, *(1,) * self.rank, channels)


@keras.saving.register_keras_serializable(package="keras_complex")
class ComplexSpatialDropout2D(_SpatialDropout):
    """Sets whole complex maps to 0 at random in training.

        y_c = keep_c x_c / (1 - rate),    P(keep_c = 0) = rate, else keep_c = 1

    One draw decides over all of a channel of an example, both parts included:
    neighbours that resemble each other would make up for single values. In
    inference the layer is the identity.

    Arguments and errors are those of `ComplexDropout`, without `noise_shape`.

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

    rank = 2


@keras.saving.register_keras_serializable(package="keras_complex")
class ComplexSpatialDropout1D(_SpatialDropout):
    """Sets whole sequences of complex values to 0 at random in training.

    As `ComplexSpatialDropout2D`, of sequences.

    Input shape:
        `(batch, steps, 2 * channels)`, last axis `[real, imag]`.

    Output shape:
        The shape of the input.

    Example:

    >>> layer = ComplexSpatialDropout1D(0.5)
    >>> tuple(layer(np.zeros((1, 4, 6), "float32"), training=True).shape)
    (1, 4, 6)
    """

    rank = 1


@keras.saving.register_keras_serializable(package="keras_complex")
class ComplexSpatialDropout3D(_SpatialDropout):
    """Sets whole complex volumes to 0 at random in training.

    As `ComplexSpatialDropout2D`, of volumes.

    Input shape:
        `(batch, depth, height, width, 2 * channels)`, last axis `[real, imag]`.

    Output shape:
        The shape of the input.

    Example:

    >>> layer = ComplexSpatialDropout3D(0.5)
    >>> tuple(layer(np.zeros((1, 4, 3, 2, 6), "float32"), training=True).shape)
    (1, 4, 3, 2, 6)
    """

    rank = 3


@keras.saving.register_keras_serializable(package="keras_complex")
class ComplexGaussianDropout(_BaseDropout):
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

    def call(self, inputs: Tensor, training: bool = False) -> Tensor:
        if not training or self.rate == 0:
            return inputs
        x = ops.convert_to_tensor(inputs)
        stddev = (self.rate / (1.0 - self.rate)) ** 0.5
        draw = keras.random.normal(
            complex_sizes(x), 1.0, stddev, dtype="float32", seed=self.seed_generator
        )
        gain = ops.cast(draw, x.dtype)
        return x * join_parts(gain, gain)


@keras.saving.register_keras_serializable(package="keras_complex")
class ComplexGaussianNoise(PointwiseLayer):
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

    def call(self, inputs: Tensor, training: bool = False) -> Tensor:
        if not training or self.stddev == 0:
            return inputs
        x = ops.convert_to_tensor(inputs)
        # Each part has half of the variance.
        stddev = self.stddev * 0.5**0.5
        noise = keras.random.normal(
            ops.shape(x), stddev=stddev, dtype="float32", seed=self.seed_generator
        )
        return x + ops.cast(noise, x.dtype)


def complex_sizes(x: Tensor) -> tuple[Any, ...]:
    """Returns the sizes of a packed tensor, counted in complex values."""
    *leading, channels = ops.shape(x)
    return (*leading, channels // 2)
