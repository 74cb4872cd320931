"""Phase-sensitive distance of spectrograms."""

import keras
from keras import ops

from keras_complex.losses.masking import (
    check_spectrogram,
    mean_per_example,
    split_mask,
)
from keras_complex.ops.arithmetic import magnitude, squared_magnitude
from keras_complex.ops.packing import split_parts
from keras_complex.types import Tensor

# Magnitude below which a bin has no phase, far below any audio format.
FLOOR = 1e-15


@keras.saving.register_keras_serializable(package="keras_complex")
class PhaseSensitiveLoss(keras.losses.Loss):
    """Phase-sensitive spectrum approximation, for real masks.

    With the estimate `x`, the reference `y` and the phase `theta` between them,

        PSA(x, y) = 1 / N sum_k (|x_k| - |y_k| cos(theta_k))^2

    over the `N` valid bins `k` of all frames. In squared units of the signal, at
    least 0, lower is better. The estimate is a real, non-negative mask times the
    mixture, so that its phase is that of the mixture, and is taken as given: the
    gradient changes magnitudes alone. The best mask lowers the magnitude where
    the phase of the mixture is wrong, so that less of the error is heard. For
    complex masks take `L2Loss`, which corrects the phase instead.

    A bin of exactly 0 has no phase, and takes that of the reference: the gradient
    of the mask there is the true one, the value the largest possible.

    Shapes are those of `MagnitudeLoss`.

    Args:
        **kwargs: Arguments of `keras.losses.Loss`: `reduction`, `name`, `dtype`.

    Raises:
        ValueError: If the shapes do not agree.

    Example:

    >>> y_true, y_pred = np.array([[[[0.0, 1.0]]]]), np.array([[[[0.5, 0.5]]]])
    >>> round(float(PhaseSensitiveLoss()(y_true, y_pred)), 4)
    0.0

    Reference:

    - [Erdogan et al., 2015, Phase-sensitive and recognition-boosted speech
      separation using deep recurrent neural networks](
      https://doi.org/10.1109/ICASSP.2015.7178061)
    """

    domain = "spectrogram"

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        check_spectrogram(y_pred)
        target, estimate, mask = split_mask(y_true, y_pred)
        has_phase = squared_magnitude(estimate) > FLOOR**2
        source = ops.where(has_phase, estimate, target)
        direction = ops.stop_gradient(source / magnitude(source, FLOOR**2))
        real, imag = split_parts(direction * (estimate - target))
        mask = None if mask is None else mask[..., :1]
        return mean_per_example(ops.square(real + imag), mask)
