"""Complex group normalization."""

from typing import Any

import keras
from keras import ops

from keras_complex.layers.base import at_least_float32, complex_channels
from keras_complex.layers.normalization.base import BaseWhitening
from keras_complex.ops.normalization import normalize
from keras_complex.ops.packing import cast_packed
from keras_complex.types import Shape, Tensor


@keras.saving.register_keras_serializable(package="keras_complex")
class ComplexGroupNormalization(BaseWhitening):
    """Whitens groups of channels of each example by their 2 x 2 covariance.

        y = Gamma (V + epsilon I)^(-1/2) (x - mean) + beta

    where `x = [x_r, x_i]`, and the mean and the covariance `V` of real and
    imaginary part are those of one group of neighbouring complex channels of one
    example, over its channels and all axes between batch and channels. `Gamma`,
    `beta` and the precision are those of `ComplexLayerNormalization`.

    Args:
        groups: Number of groups, a divisor of the number of complex channels.
            1 takes all features of an example; -1 makes each channel a group,
            which is instance normalization. The default is that of
            `keras.layers.GroupNormalization`.
        epsilon: As in `ComplexLayerNormalization`, as the two that follow.
        center: Whether to learn `beta`.
        scale: Whether to learn `Gamma`.
        **kwargs: Arguments of `keras.layers.Layer`, such as `name` and `dtype`.

    Raises:
        ValueError: If `groups` does not divide the number of channels, if
            `epsilon` is not positive, or if the input has an odd or unknown
            number of real channels.

    Input shape:
        `(batch, ..., 2 * channels)`, last axis `[real, imag]`.

    Output shape:
        The shape of the input.

    Example:

    >>> layer = ComplexGroupNormalization(groups=2)
    >>> y = layer(keras.random.normal((1, 100, 129, 8)))
    >>> power = np.square(keras.ops.convert_to_numpy(y)).mean()  # Of each part.
    >>> round(power.item(), 3)
    0.5

    Reference:

    - [Wu & He, 2018, Group Normalization](https://arxiv.org/abs/1803.08494)
    - [Trabelsi et al., 2018, Deep Complex Networks](
      https://arxiv.org/abs/1705.09792), Section 3.5, for the whitening
    """

    def __init__(
        self,
        groups: int = 32,
        epsilon: float = 1e-4,
        center: bool = True,
        scale: bool = True,
        **kwargs: Any,
    ) -> None:
        super().__init__(epsilon, center, scale, **kwargs)
        if groups < 1 and groups != -1:
            raise ValueError(
                "`groups` must be at least 1, or -1 for one of each channel. "
                f"Received: groups={groups}."
            )
        self.groups = groups

    def build(self, input_shape: Shape) -> None:
        channels = complex_channels(self.name, input_shape)
        if self.groups != -1 and channels % self.groups:
            raise ValueError(
                "`groups` must divide the number of complex channels, "
                f"{channels}. Received: groups={self.groups}. Take one of its "
                "divisors, or -1."
            )
        super().build(input_shape)

    def call(self, inputs: Tensor) -> Tensor:
        x = cast_packed(inputs, at_least_float32(self.compute_dtype))
        groups = x.shape[-1] // 2 if self.groups == -1 else self.groups
        axis = range(1, len(x.shape) - 1)
        outputs = normalize(x, *self.gamma_and_beta(x), axis, self.epsilon, groups)
        return ops.cast(outputs, self.compute_dtype)
