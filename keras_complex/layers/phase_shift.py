"""Learned rotations of the phase."""

from typing import Any

import keras
from keras import ops

from keras_complex.layers.base_activation import BaseActivation
from keras_complex.layers.packed_input import complex_channels
from keras_complex.ops.arithmetic import multiply
from keras_complex.ops.packing import join_parts
from keras_complex.types import InitializerLike, Shape, Tensor


@keras.saving.register_keras_serializable(package="keras_complex")
class PhaseShift(BaseActivation):
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

    def get_config(self) -> dict[str, Any]:
        phase_initializer = keras.initializers.serialize(self.phase_initializer)
        return {**super().get_config(), "phase_initializer": phase_initializer}
