"""Rectifier of both parts with learned slopes."""

from typing import Any

import keras
from keras import ops

from keras_complex.layers.base_activation import BaseActivation
from keras_complex.types import InitializerLike, RegularizerLike, Shape, Tensor


@keras.saving.register_keras_serializable(package="keras_complex")
class ComplexPReLU(BaseActivation):
    """Scales negative parts by learned slopes, one for each part.

        y = p(Re z, a_r) + i p(Im z, a_i),
        p(x, a) = x  if x >= 0,  else a x

    Not phase-equivariant, unless both slopes are 1.

    Args:
        alpha_initializer: Initializer of the slopes `a_r` and `a_i`. The default is
            the 0.25 of He et al.
        alpha_regularizer: Penalty on the slopes.
        shared_channels: Whether all channels share the two slopes. By default each
            channel has its own.
        **kwargs: Arguments of `keras.layers.Layer`, such as `name` and `dtype`.

    Raises:
        ValueError: If the input has an odd or unknown number of real channels.

    Input shape:
        `(..., 2 * channels)`, last axis `[real, imag]`.

    Output shape:
        The shape of the input.

    Example:

    >>> y = ComplexPReLU()(np.array([[1.0, -2.0]], "float32"))
    >>> keras.ops.convert_to_numpy(y).tolist()
    [[1.0, -0.5]]

    Reference:

    - [He et al., 2015, Delving Deep into Rectifiers](
      https://arxiv.org/abs/1502.01852), of real values
    - [Jing et al., 2022, Enhanced Millimeter-Wave 3-D Imaging via Complex-Valued
      Fully Convolutional Neural Network](https://www.mdpi.com/2079-9292/11/1/147),
      Equation 2
    """

    def __init__(
        self,
        alpha_initializer: InitializerLike | None = None,
        alpha_regularizer: RegularizerLike = None,
        shared_channels: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.alpha_initializer = (
            keras.initializers.Constant(0.25)
            if alpha_initializer is None
            else keras.initializers.get(alpha_initializer)
        )
        self.alpha_regularizer = keras.regularizers.get(alpha_regularizer)
        self.shared_channels = shared_channels

    def build(self, input_shape: Shape) -> None:
        super().build(input_shape)
        self.alpha = self.add_weight(
            name="alpha",
            shape=(2 if self.shared_channels else input_shape[-1],),
            initializer=self.alpha_initializer,
            regularizer=self.alpha_regularizer,
        )

    def call(self, inputs: Tensor) -> Tensor:
        alpha = ops.convert_to_tensor(self.alpha)
        if self.shared_channels:
            alpha = ops.repeat(alpha, inputs.shape[-1] // 2)
        return ops.where(inputs >= 0, inputs, alpha * inputs)

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "alpha_initializer": keras.initializers.serialize(self.alpha_initializer),
            "alpha_regularizer": keras.regularizers.serialize(self.alpha_regularizer),
            "shared_channels": self.shared_channels,
        }
