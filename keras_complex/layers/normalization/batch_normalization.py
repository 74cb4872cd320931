"""Complex batch normalization."""

from typing import Any

import keras
from keras import ops

from keras_complex.checks import check_fraction
from keras_complex.layers.base import at_least_float32, complex_channels
from keras_complex.layers.normalization.base import BaseWhitening, scaled_identity
from keras_complex.ops.normalization import normalize
from keras_complex.ops.packing import cast_packed
from keras_complex.ops.whitening import (
    Matrix,
    affine,
    covariance,
    inverse_square_root,
    matrix_product,
    symmetric_entries,
    symmetric_matrix,
    weighted_covariance,
)
from keras_complex.types import Shape, Tensor


@keras.saving.register_keras_serializable(package="keras_complex")
class ComplexBatchNormalization(BaseWhitening):
    """Whitens each channel by the 2 x 2 covariance of the batch.

        y = Gamma (V + epsilon I)^(-1/2) (x - mean) + beta

    with the mean and the covariance `V` of real and imaginary part over all
    axes but the last in training, and their running averages in inference.
    `Gamma` starts at `I / sqrt(2)`, so that `E|y|^2 = 1`. The statistics are
    computed in float32 under every precision policy. Places that a mask excludes
    do not enter the statistics.

    To normalise both parts separately, as models do whose batch normalization is
    real, use `keras.layers.BatchNormalization`: on packed tensors it does just
    that.

    Args:
        momentum: Weight of the past in the running averages.
        epsilon: Added to the variances of both parts; the running averages
            contain it.
        center: Whether to learn `beta`.
        scale: Whether to learn `Gamma`. Without it `Gamma` is the identity.
        synchronized: Whether to take the statistics of a step over all replicas
            of a TensorFlow strategy, not over those of each. Other backends have
            no such replicas.
        **kwargs: Arguments of `keras.layers.Layer`, such as `name` and `dtype`.

    Raises:
        ValueError: If an argument is out of range, if `synchronized` is set on a
            backend other than TensorFlow, or if the input has an odd or unknown
            number of real channels.

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
        self,
        momentum: float = 0.9,
        epsilon: float = 1e-4,
        center: bool = True,
        scale: bool = True,
        synchronized: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(epsilon, center, scale, **kwargs)
        check_fraction(momentum=momentum)
        if synchronized and keras.backend.backend() != "tensorflow":
            raise ValueError(
                "`synchronized` needs the TensorFlow backend. Received: "
                f"synchronized=True on {keras.backend.backend()}. Leave it out."
            )
        self.momentum = momentum
        self.synchronized = synchronized

    def build(self, input_shape: Shape) -> None:
        super().build(input_shape)
        channels = complex_channels(self.name, input_shape)
        self.moving_mean = self.add_weight(
            name="moving_mean",
            shape=(2 * channels,),
            initializer="zeros",
            trainable=False,
            autocast=False,
        )
        self.moving_covariance = self.add_weight(
            name="moving_covariance",
            shape=(3, channels),
            initializer=scaled_identity,
            trainable=False,
            autocast=False,
        )

    def call(
        self, inputs: Tensor, training: bool = False, mask: Tensor | None = None
    ) -> Tensor:
        axis = tuple(range(len(inputs.shape) - 1))
        dtype = at_least_float32(self.compute_dtype)
        x = cast_packed(inputs, dtype)
        gamma, beta = self.gamma_and_beta(x)
        if training and self.trainable and mask is None and not self.synchronized:
            statistics = covariance(ops.stop_gradient(x), axis, self.epsilon)
            self._update_averages(*statistics)
            outputs = normalize(x, gamma, beta, axis, self.epsilon)
            return ops.cast(outputs, self.compute_dtype)
        if training and self.trainable:
            mean, v = weighted_covariance(
                x, _weights(x, mask), axis, self.epsilon, self.synchronized
            )
            self._update_averages(mean, v)
        else:
            mean = ops.cast(self.moving_mean, dtype)
            v = symmetric_matrix(ops.cast(self.moving_covariance, dtype))
        matrix = matrix_product(symmetric_matrix(gamma), inverse_square_root(v))
        return ops.cast(affine(x, mean, matrix, beta), self.compute_dtype)

    def _update_averages(self, mean: Tensor, v: Matrix) -> None:
        channels = mean.shape[-1] // 2
        for variable, value in (
            (self.moving_mean, ops.reshape(mean, (2 * channels,))),
            (self.moving_covariance, ops.reshape(symmetric_entries(v), (3, channels))),
        ):
            value = ops.cast(ops.stop_gradient(value), variable.dtype)
            past = self.momentum * variable
            variable.assign(past + (1.0 - self.momentum) * value)


def _weights(x: Tensor, mask: Tensor | None) -> Tensor:
    """Returns the weights of places, `(batch, ..., 1)`, that a mask gives."""
    if mask is None:
        return ops.ones_like(x[..., :1])
    weights = ops.cast(mask, x.dtype)
    while len(weights.shape) < len(x.shape):
        weights = ops.expand_dims(weights, axis=-1)
    return weights
