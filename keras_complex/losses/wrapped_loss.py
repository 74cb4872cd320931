"""Losses as arguments of other losses."""

from typing import Any

import keras

from keras_complex.losses.base import BaseLoss


class WrappedLoss(BaseLoss):
    """Base of losses that apply another one, to speakers or in another domain.

    Args:
        loss: Instance of `keras.losses.Loss` whose `call` returns one value per
            example, or its config. Its own reduction is not used.
        **kwargs: Arguments of `keras.losses.Loss`: `reduction`, `name`, `dtype`.

    Raises:
        ValueError: If `loss` is none.
    """

    def __init__(self, loss: keras.losses.Loss, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.loss = get_loss(loss)

    @property
    def domain(self) -> str:
        """The domain in which the loss compares; see `keras_complex.losses`."""
        return getattr(self.loss, "domain", "any")

    @property
    def scale_invariant(self) -> bool:
        """Whether the level of an estimate leaves the loss as it is."""
        return getattr(self.loss, "scale_invariant", False)

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "loss": keras.saving.serialize_keras_object(self.loss),
        }


def get_loss(loss: Any) -> keras.losses.Loss:
    """Returns a loss from itself or from its config.

    Raises:
        ValueError: If it is no `keras.losses.Loss`, since the functions and names
            that Keras accepts elsewhere do not give one value per example.
    """
    if isinstance(loss, dict):
        loss = keras.saving.deserialize_keras_object(loss)
    if not isinstance(loss, keras.losses.Loss):
        raise ValueError(
            "A loss must be an instance of `keras.losses.Loss` whose `call` returns "
            f"one value per example. Received: loss={loss!r}. Pass `L2Loss()`, say."
        )
    return loss
