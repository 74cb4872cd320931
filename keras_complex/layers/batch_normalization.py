"""Complex batch normalization."""

import math
from typing import Any

import keras
from keras import ops

from keras_complex.layers.packed_input import at_least_float32, complex_channels
from keras_complex.ops.whitening import (
    affine,
    covariance,
    inverse_square_root,
    multiply_symmetric,
    normalize,
)
from keras_complex.types import Shape, Tensor


@keras.saving.register_keras_serializable(package="keras_complex")
class ComplexBatchNormalization(keras.layers.Layer):
    """Whitens each channel by the 2 x 2 covariance of the batch.

        y = Gamma (V + epsilon I)^(-1/2) (x - mean) + beta

    with the mean and the covariance `V` of real and imaginary part over all
    axes but the last in training, and their running averages in inference.
    `Gamma` starts at `I / sqrt(2)`, so that `E|y|^2 = 1`. The statistics are
    computed in float32 under every precision policy.

    Args:
        momentum: Weight of the past in the running averages.
        epsilon: Added to the variances of both parts; the running averages
            contain it.
        **kwargs: Arguments of `keras.layers.Layer`, such as `name` and `dtype`.

    Raises:
        ValueError: If an argument is out of range, or if the input has an odd
            or unknown number of real channels.

    Input shape:
        `(batch, ..., 2 * channels)`, last axis `[real, imag]`.

    Output shape:
        The shape of the input.

    Example:

    >>> layer = ComplexBatchNormalization()
    >>> layer(np.zeros((4, 10, 6), "float32"), training=True).shape[-1]
    6

    Reference:

    - [Trabelsi et al., 2018, Deep Complex Networks](
      https://arxiv.org/abs/1705.09792), Section 3.5
    """

    def __init__(
        self, momentum: float = 0.9, epsilon: float = 1e-4, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        if not 0 <= momentum < 1:
            raise ValueError(
                "`momentum` must be at least 0 and less than 1. "
                f"Received: momentum={momentum}."
            )
        if epsilon <= 0:
            raise ValueError(
                f"`epsilon` must be positive. Received: epsilon={epsilon}."
            )
        self.momentum = momentum
        self.epsilon = epsilon
        self.supports_masking = True

    def build(self, input_shape: Shape) -> None:
        channels = complex_channels(self.name, input_shape)
        half = math.sqrt(0.5)
        self.gamma_rr = self._weight("gamma_rr", channels, half)
        self.gamma_ri = self._weight("gamma_ri", channels, 0.0)
        self.gamma_ii = self._weight("gamma_ii", channels, half)
        self.beta = self._weight("beta", 2 * channels, 0.0)
        self.moving_mean = self._weight("moving_mean", 2 * channels, 0.0, False)
        self.moving_rr = self._weight("moving_rr", channels, half, False)
        self.moving_ri = self._weight("moving_ri", channels, 0.0, False)
        self.moving_ii = self._weight("moving_ii", channels, half, False)

    def call(self, inputs: Tensor, training: bool = False) -> Tensor:
        axis = tuple(range(len(inputs.shape) - 1))
        dtype = at_least_float32(self.compute_dtype)
        x = ops.cast(inputs, dtype)
        gamma = (self.gamma_rr, self.gamma_ri, self.gamma_ii)
        gamma = tuple(ops.cast(entry, dtype) for entry in gamma)
        beta = ops.cast(self.beta, dtype)
        if training and self.trainable:
            self._update_averages(ops.stop_gradient(x), axis)
            outputs = normalize(x, gamma, beta, axis, self.epsilon)
        else:
            averages = (self.moving_rr, self.moving_ri, self.moving_ii)
            v = tuple(ops.cast(entry, dtype) for entry in averages)
            matrix = multiply_symmetric(gamma, inverse_square_root(v))
            outputs = affine(x, ops.cast(self.moving_mean, dtype), matrix, beta)
        return ops.cast(outputs, self.compute_dtype)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        return tuple(input_shape)

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "momentum": self.momentum,
            "epsilon": self.epsilon,
        }

    def _update_averages(self, x: Tensor, axis: tuple[int, ...]) -> None:
        mean, (v_rr, v_ri, v_ii) = covariance(x, axis, self.epsilon)
        for variable, value in (
            (self.moving_mean, mean),
            (self.moving_rr, v_rr),
            (self.moving_ri, v_ri),
            (self.moving_ii, v_ii),
        ):
            value = ops.cast(ops.reshape(value, (-1,)), variable.dtype)
            past = self.momentum * variable
            variable.assign(past + (1.0 - self.momentum) * value)

    def _weight(
        self, name: str, size: int, value: float, trainable: bool = True
    ) -> keras.Variable:
        return self.add_weight(
            name=name,
            shape=(size,),
            initializer=keras.initializers.Constant(value),
            trainable=trainable,
            autocast=False,
        )
