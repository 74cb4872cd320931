"""Learning-rate schedules, in epochs."""

from typing import Any, TypeAlias

import keras

# A float or a `keras.optimizers.schedules.LearningRateSchedule`.
LearningRate: TypeAlias = Any


def constant(steps_per_epoch: int, epochs: int, learning_rate: float) -> LearningRate:
    """Returns the learning rate as it is."""
    del steps_per_epoch, epochs
    return learning_rate


def piecewise(
    steps_per_epoch: int,
    epochs: int,
    boundaries: tuple[int, ...],
    learning_rates: tuple[float, ...],
) -> LearningRate:
    """Returns a schedule that is constant between epochs.

    The published runs of the deep complex extractor, as coded, are boundaries (10, 100,
    120, 150) and learning rates (0.01, 0.1, 0.01, 0.001, 0.0001) in 200 epochs.

    Args:
        steps_per_epoch: Updates in an epoch.
        epochs: Unused: the last learning rate stays until the end.
        boundaries: First epochs, counted from 0, of all pieces but the first.
        learning_rates: One for each piece.

    Raises:
        ValueError: If the two lengths do not fit or the boundaries do not grow.

    Example:

    >>> schedule = piecewise(5, 3, boundaries=(1, 2), learning_rates=(0.1, 1.0, 0.01))
    >>> [round(float(schedule(step)), 2) for step in (0, 4, 5, 9, 10)]
    [0.1, 0.1, 1.0, 1.0, 0.01]
    """
    del epochs
    if len(learning_rates) != len(boundaries) + 1:
        raise ValueError(
            "`learning_rates` must have one value more than `boundaries`. "
            f"Received: learning_rates={learning_rates}, boundaries={boundaries}."
        )
    if list(boundaries) != sorted(set(boundaries)):
        raise ValueError(f"`boundaries` must grow. Received: boundaries={boundaries}.")
    # A Keras boundary is the last step of a piece, not the first of the next.
    return keras.optimizers.schedules.PiecewiseConstantDecay(
        [epoch * steps_per_epoch - 1 for epoch in boundaries], list(learning_rates)
    )


def cosine(
    steps_per_epoch: int,
    epochs: int,
    learning_rate: float,
    warmup_epochs: float = 0.0,
    final_fraction: float = 0.0,
) -> LearningRate:
    """Returns a linear warm-up from 0, then half a cosine.

    Args:
        steps_per_epoch: Updates in an epoch.
        epochs: Length of the whole schedule, warm-up included.
        learning_rate: The peak, reached when the warm-up ends.
        warmup_epochs: Length of the warm-up; a part of an epoch is possible.
        final_fraction: Learning rate at the end, as a part of the peak.

    Raises:
        ValueError: If the warm-up is negative or leaves no epoch.

    Reference:

    - [Loshchilov & Hutter, 2017, SGDR](https://arxiv.org/abs/1608.03983)
    """
    if not 0 <= warmup_epochs < epochs:
        raise ValueError(
            "`warmup_epochs` must lie between 0 and `epochs`. "
            f"Received: warmup_epochs={warmup_epochs}, epochs={epochs}."
        )
    warmup_steps = round(warmup_epochs * steps_per_epoch)
    decay_steps = epochs * steps_per_epoch - warmup_steps
    if not warmup_steps:
        return keras.optimizers.schedules.CosineDecay(
            learning_rate, decay_steps, alpha=final_fraction
        )
    return keras.optimizers.schedules.CosineDecay(
        0.0,
        decay_steps,
        alpha=final_fraction,
        warmup_target=learning_rate,
        warmup_steps=warmup_steps,
    )


SCHEDULES = {"constant": constant, "piecewise": piecewise, "cosine": cosine}
