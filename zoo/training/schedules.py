"""Learning-rate schedules, in epochs."""

import math
from collections.abc import Iterable
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


def plateau(
    steps_per_epoch: int,
    epochs: int,
    learning_rate: float,
    patience: int,
    factor: float,
) -> LearningRate:
    """Returns the learning rate to begin with; `after_plateaus` gives the next ones.

    Args:
        steps_per_epoch: Unused.
        epochs: Unused.
        learning_rate: Of the first epoch.
        patience: Epochs without a better score before the rate falls.
        factor: What the rate is multiplied by then, between 0 and 1.

    Raises:
        ValueError: If an argument is out of range.
    """
    del steps_per_epoch, epochs
    if patience < 1 or not 0 < factor < 1:
        raise ValueError(
            "`patience` must be at least 1 and `factor` between 0 and 1. "
            f"Received: patience={patience}, factor={factor}."
        )
    return learning_rate


def after_plateaus(
    scores: Iterable[float], learning_rate: float, patience: int, factor: float
) -> float:
    """Returns the learning rate of the epoch that follows.

    It depends on the scores alone, so a training that is resumed goes on alike.

    Args:
        scores: Of the validations so far, higher is better.
        learning_rate: As for `plateau`.
        patience: As for `plateau`; counting begins anew when the rate falls.
        factor: As for `plateau`.

    Example:

    >>> [after_plateaus([1, 3, 2, 3, 1, 1][:n], 0.1, 2, 0.5) for n in (3, 4, 5, 6)]
    [0.1, 0.05, 0.05, 0.025]
    """
    best, since = -math.inf, 0
    for score in scores:
        since = 0 if score > best else since + 1
        best = max(best, score)
        if since == patience:
            learning_rate, since = learning_rate * factor, 0
    return learning_rate


def cpu_budget(
    steps_per_epoch: int,
    epochs: int,
    cpu_minutes: float,
    learning_rate: float,
    warmup_share: float = 0.0,
    final_fraction: float = 0.0,
) -> LearningRate:
    """Returns the learning rate to begin with; `at_share` gives the next ones.

    The training ends with the epoch that uses the minutes up, and the rate falls with
    what is left of them. So networks of different speed have the same time, and each
    its whole schedule.

    Args:
        steps_per_epoch: Unused.
        epochs: Unused: `config.epochs` ends a training as it always does.
        cpu_minutes: Time of the training, validation included, summed over cores.
        learning_rate: The peak.
        warmup_share: Part of the time in which the rate rises.
        final_fraction: Learning rate at the end, as a part of the peak.

    Raises:
        ValueError: If the time is not positive or the warm-up not in [0, 1).
    """
    del steps_per_epoch, epochs
    if not cpu_minutes > 0 or not 0 <= warmup_share < 1:
        raise ValueError(
            "`cpu_minutes` must be positive and `warmup_share` in [0, 1). "
            f"Received: cpu_minutes={cpu_minutes}, warmup_share={warmup_share}."
        )
    return at_share(0.0, learning_rate, warmup_share, final_fraction)


def at_share(
    share: float,
    learning_rate: float,
    warmup_share: float = 0.0,
    final_fraction: float = 0.0,
) -> float:
    """Returns the learning rate of `cpu_budget` for the epoch that follows.

    It rises in a line from a tenth of the peak, and falls with half a cosine.

    Args:
        share: Part of the time that is used up.
        learning_rate: As for `cpu_budget`.
        warmup_share: As for `cpu_budget`.
        final_fraction: As for `cpu_budget`.

    Example:

    >>> [round(at_share(s, 1.0, 0.1), 3) for s in (0.0, 0.05, 0.1, 0.55, 1.0)]
    [0.1, 0.55, 1.0, 0.5, 0.0]
    """
    if share < warmup_share:
        return learning_rate * (0.1 + 0.9 * share / warmup_share)
    left = min(1.0, (share - warmup_share) / (1 - warmup_share))
    wave = (1 + math.cos(math.pi * left)) / 2
    return learning_rate * (final_fraction + (1 - final_fraction) * wave)


SCHEDULES = {
    "constant": constant,
    "piecewise": piecewise,
    "cosine": cosine,
    "plateau": plateau,
    "cpu_budget": cpu_budget,
}
