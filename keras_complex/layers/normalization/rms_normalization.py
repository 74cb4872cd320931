"""Complex root-mean-square normalization."""

from collections.abc import Sequence
from typing import Any

import keras
from keras import ops

from keras_complex.checks import check_above_zero
from keras_complex.layers.base import (
    PointwiseLayer,
    at_least_float32,
    complex_channels,
    complex_one,
)
from keras_complex.layers.normalization.base import axes_of_an_example
from keras_complex.ops.arithmetic import multiply
from keras_complex.ops.packing import cast_packed, swap_parts
from keras_complex.ops.whitening import (
    average,
)
from keras_complex.types import Shape, Tensor


@keras.saving.register_keras_serializable(package="keras_complex")
class ComplexRMSNormalization(PointwiseLayer):
    """Divides complex values by their root mean square.

        y = gamma x / sqrt(E|x|^2 + epsilon)

    where the mean is that of one example over `axis`, and the complex `gamma`,
    one for each channel, is learned and starts at 1, so that `E|y|^2 = 1`. It
    neither centres nor whitens: a rotation of the phase of the input rotates the
    output, and silence stays silence.

    The mean is computed in float32 under every precision policy.

    Args:
        axis: Axis or axes over which the mean is taken; -1 stands for the
            complex channels.
        epsilon: Added to the mean of the squared magnitude, in its unit; the
            default is that of `keras.layers.RMSNormalization`.
        scale: Whether to learn `gamma`. Without it `gamma` is 1.
        **kwargs: Arguments of `keras.layers.Layer`, such as `name` and `dtype`.

    Raises:
        ValueError: If `axis` names the batch axis or repeats an axis, if
            `epsilon` is not positive, or if the input has an odd or unknown
            number of real channels.

    Input shape:
        `(batch, ..., 2 * channels)`, last axis `[real, imag]`.

    Output shape:
        The shape of the input.

    Example:

    >>> x = np.array([[3.0, 0.0, 0.0, 3.0]], "float32")  # 3 and 3i.
    >>> keras.ops.convert_to_numpy(ComplexRMSNormalization()(x)).round(3).tolist()
    [[1.0, 0.0, 0.0, 1.0]]

    Reference:

    - [Zhang & Sennrich, 2019, Root Mean Square Layer Normalization](
      https://arxiv.org/abs/1910.07467), Equation 4, with magnitudes
    """

    def __init__(
        self,
        axis: int | Sequence[int] = -1,
        epsilon: float = 1e-6,
        scale: bool = True,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        check_above_zero(epsilon=epsilon)
        self.axis = axis if isinstance(axis, int) else tuple(axis)
        self.epsilon = epsilon
        self.scale = scale

    def build(self, input_shape: Shape) -> None:
        channels = complex_channels(self.name, input_shape)
        axes_of_an_example(self.axis, len(input_shape))
        self.gamma = None
        if self.scale:
            # Autocasting would round it before the float32 arithmetic.
            self.gamma = self.add_weight(
                name="gamma",
                shape=(2 * channels,),
                initializer=complex_one,
                autocast=False,
            )

    def call(self, inputs: Tensor) -> Tensor:
        x = cast_packed(inputs, at_least_float32(self.compute_dtype))
        axis = axes_of_an_example(self.axis, len(x.shape))
        power = average(ops.square(x), axis)
        # With the channels, the parts were averaged as well.
        power = power + (power if len(x.shape) - 1 in axis else swap_parts(power))
        outputs = x * ops.rsqrt(power + self.epsilon)
        if self.scale:
            outputs = multiply(outputs, ops.cast(self.gamma, x.dtype))
        return ops.cast(outputs, self.compute_dtype)
