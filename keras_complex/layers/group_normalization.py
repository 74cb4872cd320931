"""Complex group normalization."""

from collections.abc import Mapping
from typing import Any

import keras
from keras import ops

from keras_complex.layers.packed_input import (
    add_gamma_and_beta,
    at_least_float32,
    cast_packed,
    complex_channels,
    gamma_and_beta,
    stack_entries,
)
from keras_complex.ops.normalization import normalize
from keras_complex.types import Shape, Tensor


@keras.saving.register_keras_serializable(package="keras_complex")
class ComplexGroupNormalization(keras.layers.Layer):
    """Whitens groups of channels of each example by their 2 x 2 covariance.

        y = Gamma (V + epsilon I)^(-1/2) (x - mean) + beta

    where `x = [x_r, x_i]`, and the mean and the covariance `V` of real and
    imaginary part are those of one group of neighbouring complex channels of one
    example, over its channels and all axes between batch and channels. `Gamma`
    is a symmetric 2 x 2 matrix and `beta` a complex shift, both learned, one of
    each for every channel. `Gamma` starts at `I / sqrt(2)`, so that
    `E|y|^2 = 1`.

    The statistics are computed in float32 under every precision policy.

    Args:
        groups: Number of groups, a divisor of the number of complex channels.
            1 takes all features of an example; -1 makes each channel a group,
            which is instance normalization. The default is that of
            `keras.layers.GroupNormalization`.
        epsilon: Added to the variances of both parts.
        center: Whether to learn `beta`.
        scale: Whether to learn `Gamma`. Without it `Gamma` is the identity.
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
        super().__init__(**kwargs)
        if groups < 1 and groups != -1:
            raise ValueError(
                "`groups` must be at least 1, or -1 for one of each channel. "
                f"Received: groups={groups}."
            )
        if epsilon <= 0:
            raise ValueError(
                f"`epsilon` must be positive. Received: epsilon={epsilon}."
            )
        self.groups = groups
        self.epsilon = epsilon
        self.center = center
        self.scale = scale
        self.supports_masking = True

    def build(self, input_shape: Shape) -> None:
        channels = complex_channels(self.name, input_shape)
        if self.groups != -1 and channels % self.groups:
            raise ValueError(
                "`groups` must divide the number of complex channels, "
                f"{channels}. Received: groups={self.groups}. Take one of its "
                "divisors, or -1."
            )
        add_gamma_and_beta(self, channels)

    def call(self, inputs: Tensor) -> Tensor:
        dtype = at_least_float32(self.compute_dtype)
        groups = inputs.shape[-1] // 2 if self.groups == -1 else self.groups
        x = cast_packed(inputs, dtype)
        gamma, beta = gamma_and_beta(self, x.shape[-1] // 2, dtype)
        axis = range(1, len(x.shape) - 1)
        outputs = normalize(x, gamma, beta, axis, self.epsilon, groups)
        return ops.cast(outputs, self.compute_dtype)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        return tuple(input_shape)

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "groups": self.groups,
            "epsilon": self.epsilon,
            "center": self.center,
            "scale": self.scale,
        }

    def load_own_variables(self, store: Mapping[str, Any]) -> None:
        super().load_own_variables(stack_entries(store, self.variables))
