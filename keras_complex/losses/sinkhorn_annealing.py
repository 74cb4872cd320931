"""Annealing of soft assignments."""

from typing import Any

import keras

from keras_complex.losses.sinkhorn import SinkhornPermutationInvariant


class SinkhornAnnealing(keras.callbacks.Callback):
    """Raises the inverse temperature of a Sinkhorn loss with each epoch.

        beta = min(loss.beta growth^epoch, maximum)

    It depends on the number of the epoch alone, so that a run that resumes
    continues where it stopped. Under JAX, which compiles the value into the step,
    each new value compiles the step again.

    Args:
        loss: The `SinkhornPermutationInvariant` of the model, for one that is
            reloaded `model.loss`.
        growth: Factor per epoch, at least 1; 1.02 by default, so that 116 epochs
            raise `beta` by 10.
        maximum: Limit of `beta`, at least `loss.beta`.

    Raises:
        ValueError: If an argument is out of range.

    Example:

    >>> from keras_complex.losses import NegativeSNR
    >>> loss = SinkhornPermutationInvariant(NegativeSNR())
    >>> annealing = SinkhornAnnealing(loss, growth=2.0)
    >>> for epoch in range(5):
    ...     annealing.on_epoch_begin(epoch)
    ...     print(float(loss.inverse_temperature.numpy()))
    1.0
    2.0
    4.0
    8.0
    10.0
    """

    def __init__(
        self,
        loss: SinkhornPermutationInvariant,
        growth: float = 1.02,
        maximum: float = 10.0,
    ) -> None:
        super().__init__()
        if not isinstance(loss, SinkhornPermutationInvariant):
            raise ValueError(
                "`loss` must be a `SinkhornPermutationInvariant`. "
                f"Received: loss={loss!r}. Pass the inner one of nested losses."
            )
        if growth < 1:
            raise ValueError(f"`growth` must be at least 1. Received: growth={growth}.")
        if maximum < loss.beta:
            raise ValueError(
                f"`maximum` must be at least `loss.beta`, {loss.beta}. "
                f"Received: maximum={maximum}."
            )
        self.loss = loss
        self.growth = growth
        self.maximum = maximum

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Sets the inverse temperature of an epoch, counted from 0."""
        variable = self.loss.inverse_temperature
        beta = min(self.loss.beta * self.growth**epoch, self.maximum)
        if float(variable.numpy()) == float(keras.ops.cast(beta, "float32")):
            return
        variable.assign(beta)
        if keras.backend.backend() == "jax" and self.model is not None:
            self.model.make_train_function(force=True)
            self.model.make_test_function(force=True)
