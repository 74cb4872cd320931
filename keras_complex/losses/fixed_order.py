"""Mean loss of speakers whose order is given."""

import keras
from keras import ops

from keras_complex.losses.speaker_pairs import check_speakers, speaker_losses
from keras_complex.losses.wrapped_loss import WrappedLoss
from keras_complex.types import Tensor


@keras.saving.register_keras_serializable(package="keras_complex")
class FixedOrder(WrappedLoss):
    """Mean loss of speakers in the order they have.

        loss(y, x) = 1 / S sum_s loss(y_s, x_s)

    over the `S` speakers, in the unit of `loss`, lower is better. It takes the
    place of `PermutationInvariant` where the order has a meaning: speech and
    noise, stems of music, or speakers by loudness or onset.

    Shapes are those of `PermutationInvariant`.

    Args:
        loss: Loss of one speaker, whose `call` returns one value per example.
            Its own reduction is not used.
        **kwargs: Arguments of `keras.losses.Loss`: `reduction`, `name`, `dtype`.

    Raises:
        ValueError: If `loss` is none, or if the speakers differ in number.

    Example:

    >>> from keras_complex.losses import CosineLoss
    >>> sources = keras.random.normal((1, 2, 8000))
    >>> round(float(FixedOrder(CosineLoss())(sources, sources)), 4)
    -1.0
    """

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        y_true, y_pred = ops.convert_to_tensor(y_true), ops.convert_to_tensor(y_pred)
        check_speakers(y_true, y_pred)
        return ops.mean(speaker_losses(self.loss, y_true, y_pred), axis=-1)
