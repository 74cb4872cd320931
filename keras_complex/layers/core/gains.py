"""Learned complex gains, and learned rotations of the phase."""

from typing import Any

import keras
from keras import ops

from keras_complex.layers.base import PointwiseLayer, complex_channels, complex_one
from keras_complex.ops.arithmetic import multiply
from keras_complex.ops.packing import join_parts
from keras_complex.types import InitializerLike, Shape, Tensor


@keras.saving.register_keras_serializable(package="keras_complex")
class ComplexScaling(PointwiseLayer):
    """Multiplies each channel by a learned complex gain: `y_c = g_c x_c`.

    The gain changes magnitude and phase: a diagonal complex matrix, where
    `ComplexDense` has a full one. It starts at 1: the layer as the identity. The layer
    is linear over complex scalars. To learn the phase alone, use `PhaseShift`.

    Args:
        **kwargs: Arguments of `keras.layers.Layer`, such as `name` and `dtype`.

    Raises:
        ValueError: If the input has an odd or unknown number of real channels.

    Input shape:
        `(..., 2 * channels)`, last axis `[real, imag]`.

    Output shape:
        The shape of the input.

    Example:

    >>> layer = ComplexScaling()
    >>> layer.build((None, 2))
    >>> layer.set_weights([np.array([0.0, 2.0])])  # 2i
    >>> x = np.array([[3.0, 4.0]], "float32")  # 3 + 4i
    >>> keras.ops.convert_to_numpy(layer(x)).tolist()
    [[-8.0, 6.0]]

    Reference:

    - [Touvron et al., 2021, Going Deeper with Image Transformers](
      https://arxiv.org/abs/2103.17239), Section 2, for the real form
    """

    def build(self, input_shape: Shape) -> None:
        channels = complex_channels(self.name, input_shape)
        self.gain = self.add_weight(
            name="gain", shape=(2 * channels,), initializer=complex_one
        )

    def call(self, inputs: Tensor) -> Tensor:
        return multiply(inputs, ops.convert_to_tensor(self.gain))


@keras.saving.register_keras_serializable(package="keras_complex")
class PhaseShift(PointwiseLayer):
    """Turns the phase of each channel by a learned angle: `y_c = e^(i phi_c) x_c`.

    A diagonal unitary matrix: magnitudes stay, and so does the power of gradients. The
    layer is linear over complex scalars. `ComplexScaling` learns the magnitude, too.

    The rotation is computed in float32 under every precision policy.

    Args:
        phase_initializer: Initializer of `phi`, in radians. With the default of 0 the
            layer starts as the identity; a uniform one from -pi to pi makes the
            channels differ.
        **kwargs: Arguments of `keras.layers.Layer`, such as `name` and `dtype`.

    Raises:
        ValueError: If the input has an odd or unknown number of real channels.

    Input shape:
        `(..., 2 * channels)`, last axis `[real, imag]`.

    Output shape:
        The shape of the input.

    Example:

    >>> layer = PhaseShift(keras.initializers.Constant(np.pi / 2))
    >>> x = np.array([[3.0, 4.0]], "float32")  # 3 + 4i
    >>> keras.ops.convert_to_numpy(layer(x)).round(3).tolist()
    [[-4.0, 3.0]]

    Reference:

    - [Arjovsky et al., 2016, Unitary Evolution Recurrent Neural Networks](
      https://arxiv.org/abs/1511.06464), Section 4, the matrices `D`
    """

    def __init__(
        self, phase_initializer: InitializerLike = "zeros", **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.phase_initializer = keras.initializers.get(phase_initializer)

    def build(self, input_shape: Shape) -> None:
        self.phase = self.add_weight(
            name="phase",
            shape=(complex_channels(self.name, input_shape),),
            initializer=self.phase_initializer,
            # Near pi, bfloat16 has steps of 1/64 of a radian.
            autocast=False,
        )

    def call(self, inputs: Tensor) -> Tensor:
        phase = ops.convert_to_tensor(self.phase)
        rotation = join_parts(ops.cos(phase), ops.sin(phase))
        outputs = multiply(ops.cast(inputs, phase.dtype), rotation)
        return ops.cast(outputs, self.compute_dtype)
