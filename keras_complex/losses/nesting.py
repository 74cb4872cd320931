"""Losses as arguments of other losses."""

from typing import Any

import keras


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
