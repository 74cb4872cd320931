"""Logarithm of the hyperbolic cosine of differences."""

import math
from typing import Any

import keras
from keras import ops

from keras_complex.losses.base import BaseLoss
from keras_complex.losses.masking import mean_per_example, split_mask
from keras_complex.types import Tensor


@keras.saving.register_keras_serializable(package="keras_complex")
class LogCoshLoss(BaseLoss):
    """Mean logarithm of the hyperbolic cosine of the differences.

        loss(x, y) = 1 / (a N) sum ln(cosh(a (x - y)))

    over the `N` valid real numbers of one example, where real and imaginary parts
    count as two, with the `sharpness` `a`. In units of the signal, at least 0,
    lower is better. Differences far below `1 / a` count as `a (x - y)^2 / 2`,
    those far above as `|x - y|`, so that single large ones do not rule.

    Shapes are those of `L1Loss`.

    Args:
        sharpness: `a`, in inverse units of the signal, positive. 1 is nearly the
            squared distance for waveforms within +-1; take 10 or more for them.
        **kwargs: Arguments of `keras.losses.Loss`: `reduction`, `name`, `dtype`.

    Raises:
        ValueError: If `sharpness` is not positive, or if the shapes do not agree.

    Example:

    >>> y_true, y_pred = np.zeros((1, 8)), np.full((1, 8), 100.0)
    >>> round(float(LogCoshLoss()(y_true, y_pred)), 3)
    99.307

    Reference:

    - [Chen et al., 2018, Log hyperbolic cosine loss improves variational
      auto-encoder](https://openreview.net/forum?id=rkglvsC9Ym)
    """

    domain = "any"
    argument_names = ("sharpness",)

    def __init__(self, sharpness: float = 1.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if sharpness <= 0:
            raise ValueError(
                f"`sharpness` must be positive. Received: sharpness={sharpness}."
            )
        self.sharpness = sharpness

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        target, estimate, mask = split_mask(y_true, y_pred)
        values = _log_cosh(self.sharpness * (estimate - target))
        return mean_per_example(values, mask) / self.sharpness


def _log_cosh(x: Tensor) -> Tensor:
    is_small = ops.abs(x) < 1
    # ln(cosh(x)) = ln(1 + sinh(x)^2) / 2, without the cancellation of the other
    # form near 0. The selections keep the overflow of sinh out of the gradient.
    small = ops.where(is_small, x, ops.zeros_like(x))
    large = ops.where(is_small, ops.ones_like(x), x)
    near = 0.5 * ops.log1p(ops.square(ops.sinh(small)))
    size = ops.abs(large)
    far = size + ops.log1p(ops.exp(-2 * size)) - math.log(2)
    return ops.where(is_small, near, far)
