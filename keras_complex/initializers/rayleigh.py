"""Independent complex weights: Rayleigh modulus, uniform phase."""

import math

import keras
import numpy as np

from keras_complex.initializers.base import ComplexInitializer
from keras_complex.initializers.layout import KernelLayout


@keras.saving.register_keras_serializable(package="keras_complex")
class ComplexRayleigh(ComplexInitializer):
    """Draws weights of Rayleigh modulus and uniform phase.

        W = r exp(i theta),  r ~ Rayleigh(s),  theta ~ Uniform(0, 2 pi)

    so that `Re W` and `Im W` are independent `N(0, s^2)` and
    `E|W|^2 = 2 s^2`. With `n = fan_in` (He) or `n = fan_in + fan_out` (Glorot),
    the fans counted in complex channels times the receptive field, the theory
    asks for `s^2 = 1 / n`: a He kernel then doubles the power, which a CReLU
    halves again.

    Layers count their fans in complex products: `fan_in` those of one output
    value, `fan_out` those that one input value takes part in, strides aside:

    | kernel | `fan_in` | `fan_out` |
    | --- | --- | --- |
    | convolution, dense | `taps * channels` | `taps * filters` |
    | in groups | `taps * channels / groups` | `taps * filters / groups` |
    | transposed | `taps * channels / prod(strides)` | `taps * filters` |
    | depthwise | `taps` | `taps * depth_multiplier` |
    | einsum | product of the axes summed over | product of the new axes |

    with `taps = prod(kernel_size)`, 1 for dense kernels. Called with a shape alone,
    it takes the first row. Keras' generic rule reads every shape so, which gives
    transposed and depthwise layers another power than their input.

    Args:
        mode: `"he"`, for layers that a ReLU precedes or follows, or `"glorot"`.
        scale: `"theory"` for `s = 1 / sqrt(n)`, or `"published"` for `s = 1 / n`,
            the scale of the public code of Deep Complex Networks and of the
            runs in Table 1 of "Retrieving Signals in the Frequency Domain with
            Deep Complex Extractors", smaller by the factor `sqrt(n)`.
        seed: An integer, which makes every call return the same values, and so
            the layers of one shape that share it identical; a
            `keras.random.SeedGenerator`; or None, for other values at each
            call, reproducible by `keras.utils.set_random_seed`.

    Raises:
        ValueError: If an argument is out of range, or if the shape asked for is
            not that of a packed kernel, `(*kernel_size, in_channels,
            2 * filters)`.

    Example:

    >>> kernel = ComplexRayleigh(seed=0)((3, 3, 64, 2 * 64))
    >>> power = 2 * keras.ops.var(kernel)  # E|W|^2 = 2 / (3 * 3 * 64)
    >>> round(float(power) * 3 * 3 * 64, 1)
    2.0

    Reference:

    - [Trabelsi et al., 2018, Deep Complex Networks](
      https://arxiv.org/abs/1705.09792), Section 3.6
    """

    def draw(
        self, layout: KernelLayout, fan: float, rng: np.random.Generator
    ) -> tuple[np.ndarray, np.ndarray]:
        sigma = 1 / fan if self.scale == "published" else 1 / math.sqrt(fan)
        modulus = rng.rayleigh(sigma, layout.shape)
        theta = rng.uniform(-math.pi, math.pi, layout.shape)
        return modulus * np.cos(theta), modulus * np.sin(theta)
