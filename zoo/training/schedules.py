"""Learning-rate schedules, in epochs."""

import math
from collections.abc import Callable
from typing import Any, TypeAlias

import keras

# A float or a `keras.optimizers.schedules.LearningRateSchedule`.
LearningRate: TypeAlias = Any
# Rows of the epochs so far.
History: TypeAlias = list[dict[str, Any]]


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
    history: History, learning_rate: float, patience: int, factor: float
) -> float:
    """Returns the learning rate of the next epoch, which falls where scores stay.

    It depends on the scores alone, so a training that is resumed goes on alike.
    `keras.callbacks.ReduceLROnPlateau` counts anew with each process.

    Args:
        history: Of the epochs so far, with `si_sdr`, higher is better.
        learning_rate: Of the first epoch.
        patience: Epochs without a better score before the rate falls; counting begins
            anew then.
        factor: What the rate is multiplied by then, between 0 and 1.

    Raises:
        ValueError: If an argument is out of range.

    Example:

    >>> history = [{"si_sdr": score} for score in (1, 3, 2, 3, 1, 1)]
    >>> [plateau(history[:n], 0.1, 2, 0.5) for n in (3, 4, 5, 6)]
    [0.1, 0.05, 0.05, 0.025]
    """
    if patience < 1 or not 0 < factor < 1:
        raise ValueError(
            "`patience` must be at least 1 and `factor` between 0 and 1. "
            f"Received: patience={patience}, factor={factor}."
        )
    best, since = -math.inf, 0
    for row in history:
        since = 0 if row["si_sdr"] > best else since + 1
        best = max(best, row["si_sdr"])
        if since == patience:
            learning_rate, since = learning_rate * factor, 0
    return learning_rate


def cpu_budget(
    history: History,
    cpu_minutes: float,
    learning_rate: float,
    warmup_share: float = 0.0,
    final_fraction: float = 0.0,
) -> float:
    """Returns the learning rate of the next epoch by the time that is used up.

    It rises in a line from a tenth of the peak, and falls with half a cosine. The
    training ends with the epoch that uses the minutes up. So networks of different
    speed have the same time, and each its whole schedule.

    Args:
        history: Of the epochs so far, with the `cpu_minutes` up to each.
        cpu_minutes: Time of the training, validation included, summed over cores.
        learning_rate: The peak.
        warmup_share: Part of the time in which the rate rises.
        final_fraction: Learning rate at the end, as a part of the peak.

    Raises:
        ValueError: If the time is not positive or the warm-up not in [0, 1).

    Example:

    >>> used = [[{"cpu_minutes": minutes}] for minutes in (0.0, 0.5, 1.0, 5.5, 10.0)]
    >>> [round(cpu_budget(history, 10.0, 1.0, 0.1), 3) for history in used]
    [0.1, 0.55, 1.0, 0.5, 0.0]
    """
    if not cpu_minutes > 0 or not 0 <= warmup_share < 1:
        raise ValueError(
            "`cpu_minutes` must be positive and `warmup_share` in [0, 1). "
            f"Received: cpu_minutes={cpu_minutes}, warmup_share={warmup_share}."
        )
    share = (history[-1]["cpu_minutes"] if history else 0.0) / cpu_minutes
    if share < warmup_share:
        return learning_rate * (0.1 + 0.9 * share / warmup_share)
    left = min(1.0, (share - warmup_share) / (1 - warmup_share))
    wave = (1 + math.cos(math.pi * left)) / 2
    return learning_rate * (final_fraction + (1 - final_fraction) * wave)


# These give a rate for each step, or one for all.
SCHEDULES: dict[str, Callable[..., LearningRate]] = {
    "constant": constant,
    "cosine": cosine,
    "piecewise": piecewise,
}
# These look at the history before each epoch.
EPOCH_SCHEDULES: dict[str, Callable[..., float]] = {
    "cpu_budget": cpu_budget,
    "plateau": plateau,
}
