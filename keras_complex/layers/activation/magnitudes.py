"""Activations of the magnitude that keep the phase."""

from collections.abc import Callable
from typing import Any

import keras

from keras_complex.activations import georgiou, hirose, modrelu, polar
from keras_complex.checks import check_above_zero
from keras_complex.layers.base import PointwiseLayer
from keras_complex.types import InitializerLike, RegularizerLike, Shape, Tensor


@keras.saving.register_keras_serializable(package="keras_complex")
class PolarActivation(PointwiseLayer):
    """Applies a real activation to the magnitude and keeps the phase.

        y = f(|z|) z / |z|

    Phase- and conjugation-equivariant, whatever `f`. Where `f(0)` is not 0, the
    jump at `z = 0` is made continuous; see `keras_complex.activations.polar`.

    Args:
        activation: What `keras.activations.get` takes: a name, such as
            `"softplus"`, or a function that keeps the shape of a real tensor. Its
            argument is positive, so `"relu"` does nothing: see `ModReLU`.
        **kwargs: Arguments of `keras.layers.Layer`, such as `name` and `dtype`.

    Errors are those of `ComplexActivation`.

    Input shape:
        `(..., 2 * channels)`, last axis `[real, imag]`.

    Output shape:
        The shape of the input.

    Example:

    >>> y = PolarActivation("relu6")(np.array([[-30.0, 40.0]], "float32"))
    >>> np.round(np.asarray(y), 3).tolist()
    [[-3.59..., 4.80...]]

    Reference:

    - [Barrachina et al., 2023, Theory and Implementation of Complex-Valued Neural
      Networks](https://arxiv.org/abs/2302.08286), Section 4, type B
    """

    def __init__(
        self, activation: str | Callable[[Tensor], Tensor], **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.activation = keras.activations.get(activation)

    def call(self, inputs: Tensor) -> Tensor:
        return polar(inputs, self.activation)


@keras.saving.register_keras_serializable(package="keras_complex")
class ModReLU(PointwiseLayer):
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


@keras.saving.register_keras_serializable(package="keras_complex")
class Hirose(PointwiseLayer):
    """Saturates the magnitude at 1 and keeps the phase.

        y = tanh(|z| / m^2) z / |z|

    Phase- and conjugation-equivariant.

    Args:
        m: Positive number, the square root of the magnitude at which saturation
            sets in. The default is the polar tanh.
        **kwargs: Arguments of `keras.layers.Layer`, such as `name` and `dtype`.

    Raises:
        ValueError: If `m` is not positive, or if the input has an odd or unknown
            number of real channels.

    Input shape:
        `(..., 2 * channels)`, last axis `[real, imag]`.

    Output shape:
        The shape of the input.

    Example:

    >>> y = Hirose(m=2.0)(np.array([[0.0, 4.0]], "float32"))
    >>> np.round(np.asarray(y), 2).tolist()  # tanh(1) i
    [[0.0, 0.75...]]

    Reference:

    - [Hirose and Yoshida, 2012, Generalization Characteristics of Complex-Valued
      Feedforward Neural Networks in Relation to Signal Coherence](
      https://ieeexplore.ieee.org/document/6138313), Equation 15, of `m = 1`
    - [Wolter and Yao, 2018, Complex Gated Recurrent Neural Networks](
      https://arxiv.org/abs/1806.08267)
    """

    def __init__(self, m: float = 1.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        check_above_zero(m=m)
        self.m = m

    def call(self, inputs: Tensor) -> Tensor:
        return hirose(inputs, self.m)


@keras.saving.register_keras_serializable(package="keras_complex")
class Georgiou(PointwiseLayer):
    """Saturates the magnitude at `r` and keeps the phase.

        y = z / (c + |z| / r)

    Phase- and conjugation-equivariant.

    Args:
        c: Positive number; small magnitudes are divided by it.
        r: Positive number, the limit of large magnitudes.
        **kwargs: Arguments of `keras.layers.Layer`, such as `name` and `dtype`.

    Raises:
        ValueError: If an argument is not positive, or if the input has an odd or
            unknown number of real channels.

    Input shape:
        `(..., 2 * channels)`, last axis `[real, imag]`.

    Output shape:
        The shape of the input.

    Example:

    >>> np.asarray(Georgiou()(np.array([[3.0, 4.0]], "float32"))).tolist()
    [[0.5, 0.66666...]]

    Reference:

    - [Georgiou and Koutsougeras, 1992, Complex Domain Backpropagation](
      https://ieeexplore.ieee.org/document/142037), Equation 20
    """

    def __init__(self, c: float = 1.0, r: float = 1.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if c <= 0 or r <= 0:
            raise ValueError(f"`c` and `r` must be positive. Received: c={c}, r={r}.")
        self.c = c
        self.r = r

    def call(self, inputs: Tensor) -> Tensor:
        return georgiou(inputs, self.c, self.r)
