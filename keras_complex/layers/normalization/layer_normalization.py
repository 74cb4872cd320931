"""Complex layer normalization."""

from collections.abc import Sequence
from typing import Any

import keras
from keras import ops

from keras_complex.layers.base import at_least_float32
from keras_complex.layers.normalization.base import BaseWhitening, axes_of_an_example
from keras_complex.ops.normalization import normalize
from keras_complex.ops.packing import cast_packed
from keras_complex.types import Shape, Tensor


@keras.saving.register_keras_serializable(package="keras_complex")
class ComplexLayerNormalization(BaseWhitening):
    """Whitens each example by the 2 x 2 covariance of its complex values.

        y = Gamma (V + epsilon I)^(-1/2) (x - mean) + beta

    where `x = [x_r, x_i]`, and the mean and the covariance `V` of real and
    imaginary part are those of one example over `axis`. `Gamma` is a symmetric
    2 x 2 matrix and `beta` a complex shift, both learned, one of each for every
    channel. `Gamma` starts at `I / sqrt(2)`, so that `E|y|^2 = 1`.

    The statistics are computed in float32 under every precision policy.

    Args:
        axis: Axis or axes over which the statistics are taken; -1 stands for
            the complex channels. `(1, 2)` normalises each map over frames and
            bins, as the published deep complex extractors do; `(1, 2, 3)` takes
            all features of an example, as the text of their paper has it.
        epsilon: Added to the variances of both parts.
        center: Whether to learn `beta`.
        scale: Whether to learn `Gamma`. Without it `Gamma` is the identity.
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

    >>> layer = ComplexLayerNormalization(axis=(1, 2))
    >>> y = layer(keras.random.normal((1, 100, 129, 8)))
    >>> power = np.square(keras.ops.convert_to_numpy(y)).mean()  # Of each part.
    >>> round(power.item(), 3)
    0.5

    Reference:

    - [Trabelsi et al., 2018, Deep Complex Networks](
      https://arxiv.org/abs/1705.09792), Section 3.5 (of batches)
    - Retrieving Signals in the Frequency Domain with Deep Complex Extractors,
      2019, Section A.2
    """

    def __init__(
        self,
        axis: int | Sequence[int] = -1,
        epsilon: float = 1e-4,
        center: bool = True,
        scale: bool = True,
        **kwargs: Any,
    ) -> None:
        super().__init__(epsilon, center, scale, **kwargs)
        self.axis = axis if isinstance(axis, int) else tuple(axis)

    def build(self, input_shape: Shape) -> None:
        axes_of_an_example(self.axis, len(input_shape))
        super().build(input_shape)

    def call(self, inputs: Tensor) -> Tensor:
        axis = axes_of_an_example(self.axis, len(inputs.shape))
        x = cast_packed(inputs, at_least_float32(self.compute_dtype))
        outputs = normalize(x, *self.gamma_and_beta(x), axis, self.epsilon)
        return ops.cast(outputs, self.compute_dtype)
