"""Weighted sum of losses."""

from collections.abc import Sequence
from typing import Any

import keras

from keras_complex.losses.wrapped_loss import get_loss
from keras_complex.types import Tensor


@keras.saving.register_keras_serializable(package="keras_complex")
class WeightedSum(keras.losses.Loss):
    """Weighted sum of losses of the same signals.

        loss = sum_i weights_i losses_i

    Inside `PermutationInvariant`, the sum decides the permutation.

    Args:
        losses: Instances of `keras.losses.Loss` whose `call` returns one value
            per example. Their own reductions are not used.
        weights: A factor for each loss, or None for 1 each.
        **kwargs: Arguments of `keras.losses.Loss`: `reduction`, `name`, `dtype`.

    Raises:
        ValueError: If `losses` is empty, holds something else, or if there is not
            one weight for each.

    Input shape:
        That of the losses.

    Output shape:
        `(batch,)` before the reduction.

    Example:

    >>> from keras_complex.losses import CosineLoss, CSimLoss, TimeDomainLoss
    >>> losses = [TimeDomainLoss(CosineLoss()), CSimLoss()]
    >>> loss = WeightedSum(losses, weights=[1.0, 0.5])
    >>> spectrogram = keras.random.normal((1, 4, 129, 2))
    >>> round(float(loss(spectrogram, spectrogram)), 4)
    -1.5
    """

    def __init__(
        self,
        losses: Sequence[keras.losses.Loss],
        weights: Sequence[float] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if not losses:
            raise ValueError(
                f"`losses` must hold at least one loss. Received: losses={losses!r}."
            )
        if weights is not None and len(weights) != len(losses):
            raise ValueError(
                "`weights` must hold one factor per loss. Received: "
                f"weights={weights!r} for {len(losses)} losses."
            )
        self.losses = [get_loss(loss) for loss in losses]
        self.weights = weights

    @property
    def domain(self) -> str:
        """The domain in which the losses compare; see `keras_complex.losses`."""
        domains = {getattr(loss, "domain", "any") for loss in self.losses} - {"any"}
        return domains.pop() if len(domains) == 1 else "any"

    @property
    def scale_invariant(self) -> bool:
        """Whether the level of an estimate leaves all of them as they are."""
        return all(getattr(loss, "scale_invariant", False) for loss in self.losses)

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        weights = self.weights or [1.0] * len(self.losses)
        terms = zip(weights, self.losses, strict=True)
        return sum(weight * loss.call(y_true, y_pred) for weight, loss in terms)

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "losses": [keras.saving.serialize_keras_object(x) for x in self.losses],
            "weights": self.weights,
        }
