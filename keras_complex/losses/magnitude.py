"""Distance of magnitudes."""

from typing import Any

import keras
from keras import ops

from keras_complex.losses.base import BaseLoss
from keras_complex.losses.masking import (
    check_spectrogram,
    mean_per_example,
    split_mask,
)
from keras_complex.ops.arithmetic import magnitude
from keras_complex.types import Tensor

# Below a thousandth of one step of 16-bit audio, 3e-5.
FLOOR = 1e-8


@keras.saving.register_keras_serializable(package="keras_complex")
class MagnitudeLoss(BaseLoss):
    """Mean distance of the magnitudes of two spectrograms.

        loss(x, y) = 1 / N sum_k |g(|x_k|) - g(|y_k|)|^order

    over the `N` valid bins `k` of all frames, with `g(a) = a`, or
    `g(a) = ln(a)` if `log`. In units of the signal to the power of `order`, or
    in nepers, at least 0, lower is better. Blind to the phase: add a loss that
    sees it, by `WeightedSum`. Magnitudes below 1e-8 count as 1e-8, with gradient
    0, so that an estimate of exactly 0 does not learn.

    Args:
        order: 1 for absolute, 2 for squared differences. 1 weighs weak bins
            more.
        log: Whether to compare logarithms, to which the scale of a bin is an
            offset.
        **kwargs: Arguments of `keras.losses.Loss`: `reduction`, `name`, `dtype`.

    Raises:
        ValueError: If `order` is neither 1 nor 2, or if the shapes do not agree.

    Input shape:
        `y_pred`: `(batch, frames, bins, 2)`. `y_true`: the same, or with a mask
        `(batch, frames, bins, 3)`.

    Output shape:
        `(batch,)` before the reduction.

    Example:

    >>> spectrogram = keras.random.normal((1, 4, 129, 2))
    >>> round(float(MagnitudeLoss(log=True)(spectrogram, -2 * spectrogram)), 4)
    0.6931

    Reference:

    - [Braun & Tashev, 2021, A consolidated view of loss functions for supervised
      deep learning-based speech enhancement](https://arxiv.org/abs/2009.12286)
    """

    domain = "spectrogram"
    argument_names = ("order", "log")

    def __init__(self, order: int = 1, log: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if order not in (1, 2):
            raise ValueError(f"`order` must be 1 or 2. Received: order={order!r}.")
        self.order = order
        self.log = log

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        check_spectrogram(y_pred)
        target, estimate, mask = split_mask(y_true, y_pred)
        target, estimate = magnitude(target, FLOOR**2), magnitude(estimate, FLOOR**2)
        if self.log:
            target, estimate = ops.log(target), ops.log(estimate)
        distance = ops.square if self.order == 2 else ops.abs
        mask = None if mask is None else mask[..., :1]
        return mean_per_example(distance(estimate - target), mask)
