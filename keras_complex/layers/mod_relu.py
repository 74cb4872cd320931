"""Rectifier of the magnitude with a learned threshold."""

from typing import Any

import keras

from keras_complex.activations import modrelu
from keras_complex.layers.base_activation import BaseActivation
from keras_complex.types import InitializerLike, RegularizerLike, Shape, Tensor


@keras.saving.register_keras_serializable(package="keras_complex")
class ModReLU(BaseActivation):
    """Rectifies the shifted magnitude and keeps the phase.

        y = ReLU(|z| + b) z / |z|

    with one learned `b` per channel. Phase- and conjugation-equivariant. A negative
    bias makes a dead zone of the radius `-b`. A positive one adds to every magnitude
    but that of 0, where the jump is made continuous; see
    `keras_complex.activations.polar`.

    Args:
        bias_initializer: Initializer of `b`. With the default of 0 the layer starts
            as the identity, so that no unit starts dead.
        bias_regularizer: Penalty on `b`.
        **kwargs: Arguments of `keras.layers.Layer`, such as `name` and `dtype`.

    Raises:
        ValueError: If the input has an odd or unknown number of real channels.

    Input shape:
        `(..., 2 * channels)`, last axis `[real, imag]`.

    Output shape:
        The shape of the input.

    Example:

    >>> layer = ModReLU(bias_initializer=keras.initializers.Constant(-4.0))
    >>> x = np.array([[1.0, 3.0, 2.0, -4.0]], "float32")  # 1 + 2i, 3 - 4i
    >>> keras.ops.convert_to_numpy(layer(x)).round(2).tolist()
    [[0.0, 0.6..., 0.0, -0.8...]]

    Reference:

    - [Arjovsky et al., 2016, Unitary Evolution Recurrent Neural Networks](
      https://arxiv.org/abs/1511.06464), Equation 8
    """

    def __init__(
        self,
        bias_initializer: InitializerLike = "zeros",
        bias_regularizer: RegularizerLike = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.bias_initializer = keras.initializers.get(bias_initializer)
        self.bias_regularizer = keras.regularizers.get(bias_regularizer)

    def build(self, input_shape: Shape) -> None:
        super().build(input_shape)
        self.bias = self.add_weight(
            name="bias",
            shape=((input_shape[-1] or 0) // 2,),
            initializer=self.bias_initializer,
            regularizer=self.bias_regularizer,
            # The magnitude it meets is float32, under every precision policy.
            autocast=False,
        )

    def call(self, inputs: Tensor) -> Tensor:
        return modrelu(inputs, self.bias)

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "bias_initializer": keras.initializers.serialize(self.bias_initializer),
            "bias_regularizer": keras.regularizers.serialize(self.bias_regularizer),
        }
