"""Mean squared error per example, with masks."""

import keras
from keras import ops

from keras_complex.losses.masking import mean_per_example, split_mask
from keras_complex.types import Tensor


@keras.saving.register_keras_serializable(package="keras_complex")
class L2Loss(keras.losses.Loss):
    """Mean of the squared differences of all valid real numbers.

        L2(x, y) = 1 / N * sum((x - y)^2)

    over the `N` real numbers of one example that are not padding, where real and
    imaginary parts count as two. In squared units of the signal, at least 0,
    lower is better. For L2 in time see `TimeDomainLoss`.

    Arguments, errors and shapes are those of `L1Loss`.

    Example:

    >>> import numpy as np
    >>> y_true, y_pred = np.zeros((1, 4, 129, 2)), np.ones((1, 4, 129, 2))
    >>> float(L2Loss()(y_true, y_pred))
    1.0

    Reference:

    - Retrieving Signals in the Frequency Domain with Deep Complex Extractors,
      submitted to ICLR 2020, `L2freq` and `L2time`. The public code counts
      padded frames in `N` as well.
    """

    domain = "any"

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        target, estimate, mask = split_mask(y_true, y_pred)
        return mean_per_example(ops.square(target - estimate), mask)
