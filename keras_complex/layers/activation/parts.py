"""Activations of real and imaginary part, each alone."""

from collections.abc import Callable
from typing import Any

import keras
from keras import ops

from keras_complex.activations import split
from keras_complex.layers.base import PointwiseLayer
from keras_complex.ops.packing import check_real, repeat_channels
from keras_complex.types import InitializerLike, RegularizerLike, Shape, Tensor


@keras.saving.register_keras_serializable(package="keras_complex")
class CReLU(PointwiseLayer):
    """Rectifies the real and the imaginary part separately.

        CReLU(z) = ReLU(Re z) + i ReLU(Im z)

    Not phase-equivariant: the output lies in the first quadrant.

    Args:
        **kwargs: Arguments of `keras.layers.Layer`, such as `name` and `dtype`.

    Raises:
        ValueError: If the input has an odd or unknown number of real channels.

    Input shape:
        `(..., 2 * channels)`, last axis `[real, imag]`.

    Output shape:
        The shape of the input.

    Example:

    >>> np.asarray(CReLU()(np.array([[1.0, -2.0]], "float32"))).tolist()
    [[1.0, 0.0]]

    Reference:

    - [Trabelsi et al., 2018, Deep Complex Networks](
      https://arxiv.org/abs/1705.09792), Section 3.4
    """

    def call(self, inputs: Tensor) -> Tensor:
        check_real(inputs)
        return ops.relu(inputs)


@keras.saving.register_keras_serializable(package="keras_complex")
class SplitActivation(PointwiseLayer):
    """Applies a real activation to the real and the imaginary part.

        y = f(Re z) + i f(Im z)

    Not phase-equivariant, whatever `f`, unless it is linear. Conjugation-equivariant
    if `f` is odd.

    Args:
        activation: What `keras.activations.get` takes: a name, such as `"gelu"`,
            or a function that keeps the shape of a real tensor.
        **kwargs: Arguments of `keras.layers.Layer`, such as `name` and `dtype`.

    Errors are those of `ComplexActivation`.

    Input shape:
        `(..., 2 * channels)`, last axis `[real, imag]`.

    Output shape:
        The shape of the input.

    Example:

    >>> y = SplitActivation("relu6")(np.array([[-1.0, 8.0]], "float32"))
    >>> np.asarray(y).tolist()
    [[0.0, 6.0]]
    """

    def __init__(
        self, activation: str | Callable[[Tensor], Tensor], **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.activation = keras.activations.get(activation)

    def call(self, inputs: Tensor) -> Tensor:
        return split(inputs, self.activation)


@keras.saving.register_keras_serializable(package="keras_complex")
class ComplexPReLU(PointwiseLayer):
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
            alpha = repeat_channels(alpha, inputs.shape[-1] // 2)
        return ops.where(inputs >= 0, inputs, alpha * inputs)
