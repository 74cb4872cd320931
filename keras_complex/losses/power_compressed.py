"""Distance of spectrograms with compressed magnitudes."""

from typing import Any

import keras
from keras import ops

from keras_complex.losses.base import BaseLoss
from keras_complex.losses.masking import (
    check_spectrogram,
    mean_per_example,
    split_mask,
)
from keras_complex.ops.arithmetic import magnitude, squared_magnitude
from keras_complex.types import Tensor

# Magnitude below which the compression is linear: -120 dB of full scale. The
# slope there, 1e-6^(c - 1), is the largest, 1.6e4 for c = 0.3.
FLOOR = 1e-6


@keras.saving.register_keras_serializable(package="keras_complex")
class PowerCompressedLoss(BaseLoss):
    """Squared distance of spectrograms whose magnitudes are compressed.

    With `z^(c) = |z|^c e^(i arg z)`, the `exponent` `c` and the `complex_weight`
    `w`,

        loss(x, y) = 1 / N sum_k w |x_k^(c) - y_k^(c)|^2
                                 + (1 - w) (|x_k|^c - |y_k|^c)^2

    over the `N` valid bins `k` of all frames. In units of the signal to the
    power of `2 c`, at least 0, lower is better. The compression lets weak bins
    count as the ear has it; a phase error costs through the first term only.
    Below a magnitude of 1e-6 it is linear, so that gradients stay finite.

    Shapes are those of `MagnitudeLoss`.

    Args:
        exponent: `c`, in (0, 1]; 1 is no compression. 0.3 as published.
        complex_weight: `w`, in [0, 1]: 1 for the complex distance alone, as
            Ephrat et al. have it; 0.3 as Braun & Tashev found best.
        **kwargs: Arguments of `keras.losses.Loss`: `reduction`, `name`, `dtype`.

    Raises:
        ValueError: If an argument is out of range, or if the shapes do not agree.

    Example:

    >>> one = np.array([[[[1.0, 0.0]]]])
    >>> round(float(PowerCompressedLoss(0.5, 0.25)(one, -4 * one)), 4)
    3.0

    Reference:

    - [Ephrat et al., 2018, Looking to listen at the cocktail party](
      https://arxiv.org/abs/1804.03619)
    - [Braun & Tashev, 2021, A consolidated view of loss functions for supervised
      deep learning-based speech enhancement](https://arxiv.org/abs/2009.12286)
    """

    domain = "spectrogram"
    argument_names = ("exponent", "complex_weight")

    def __init__(
        self, exponent: float = 0.3, complex_weight: float = 0.3, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        if not 0 < exponent <= 1:
            raise ValueError(
                "`exponent` must lie in (0, 1], where 1 is no compression. "
                f"Received: exponent={exponent}."
            )
        if not 0 <= complex_weight <= 1:
            raise ValueError(
                "`complex_weight` must lie in [0, 1], the rest is the weight of "
                f"magnitudes. Received: complex_weight={complex_weight}."
            )
        self.exponent = exponent
        self.complex_weight = complex_weight

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        check_spectrogram(y_pred)
        target, estimate, mask = split_mask(y_true, y_pred)
        y, y_magnitude = self._compress(target)
        x, x_magnitude = self._compress(estimate)
        distance = self.complex_weight * squared_magnitude(x - y) + (
            1 - self.complex_weight
        ) * ops.square(x_magnitude - y_magnitude)
        return mean_per_example(distance, None if mask is None else mask[..., :1])

    def _compress(self, x: Tensor) -> tuple[Tensor, Tensor]:
        floored = magnitude(x, FLOOR**2)
        gain = ops.power(floored, self.exponent - 1)
        return x * gain, floored * gain
