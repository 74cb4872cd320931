"""What losses share: their configuration, and the check of their weights."""

from typing import Any, ClassVar

import keras


class BaseLoss(keras.losses.Loss):
    """Abstract loss of one value per example, configured by its attributes.

    Attributes:
        argument_names: Arguments of the constructor, but those of
            `keras.losses.Loss`. Each is an attribute of the same name.
    """

    argument_names: ClassVar[tuple[str, ...]] = ()

    def get_config(self) -> dict[str, Any]:
        own = {name: getattr(self, name) for name in self.argument_names}
        return {**super().get_config(), **own}


def check_weights(**weights: float) -> None:
    """Raises ValueError if a weight of a term is negative."""
    for name, weight in weights.items():
        if weight < 0:
            raise ValueError(
                f"`{name}` must not be negative. Received: {name}={weight}."
            )
