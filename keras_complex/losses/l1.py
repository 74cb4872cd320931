"""Mean absolute error per example, with masks."""

import keras
from keras import ops

from keras_complex.losses.masking import mean_per_example, split_mask
from keras_complex.types import Tensor


@keras.saving.register_keras_serializable(package="keras_complex")
class L1Loss(keras.losses.Loss):
    """Mean of the absolute differences of all valid real numbers.

        L1(x, y) = 1 / N * sum(|x - y|)

    over the `N` real numbers of one example that are not padding, where real and
    imaginary parts count as two. In units of the signal, at least 0, lower is
    better. For L1 in time see `TimeDomainLoss`.

    Args:
        **kwargs: Arguments of `keras.losses.Loss`: `reduction`, `name`, `dtype`.

    Raises:
        ValueError: If the shapes do not agree.

    Input shape:
        `y_pred`: spectrograms `(batch, frames, bins, 2)` or waveforms
        `(batch, samples)`. `y_true`: the same, or with a mask
        `(batch, frames, bins, 3)` or `(batch, samples, 2)`.

    Output shape:
        `(batch,)` before the reduction.

    Example:

    >>> y_true, y_pred = np.zeros((1, 8000)), np.full((1, 8000), -2.0)
    >>> float(L1Loss()(y_true, y_pred))
    2.0

    Reference:

    - [Wang et al., 2018, End-to-end speech separation with unfolded iterative phase
      reconstruction](https://arxiv.org/abs/1804.10204), on waveforms
    """

    domain = "any"

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        target, estimate, mask = split_mask(y_true, y_pred)
        return mean_per_example(ops.abs(target - estimate), mask)
