"""The network that is trained, and the optimizer, as a configuration describes them."""

from typing import Any

import keras
from ml_collections import ConfigDict

from zoo.presets.named import build_named
from zoo.training.optimizers import SGD, Adam
from zoo.training.schedules import EPOCH_SCHEDULES, SCHEDULES, LearningRate

OPTIMIZERS = {"sgd": SGD, "adam": Adam}


def trained_part(network: keras.Model, loss: keras.losses.Loss) -> keras.Model:
    """Returns what a loss compares with the sources.

    This is the network itself, or for losses of heads its `training_network`: a model
    of the same input with all weights of the network, whose output is that of its
    heads.

    Raises:
        ValueError: If the network has no such model.
    """
    if getattr(loss, "domain", "any") != "heads":
        return network
    if not hasattr(network, "training_network"):
        raise ValueError(
            f"A {type(loss).__name__} needs a network with a `training_network`. "
            f"Received: {network.name!r}. Choose another `loss.name`."
        )
    return network.training_network


def build_optimizer(config: ConfigDict) -> keras.optimizers.Optimizer:
    """Builds the optimizer `config.optimizer` with the schedule `config.schedule`.

    A schedule that looks at the history gives the rate of the first epoch here, and
    `zoo.training.callbacks.epoch_rates` those of the others.

    Raises:
        ValueError: If there is no such optimizer, schedule or argument.
    """
    arguments: dict[str, Any] = {"history": []}
    if config.schedule.name not in EPOCH_SCHEDULES:
        arguments = {"steps_per_epoch": config.steps_per_epoch, "epochs": config.epochs}
    schedules = SCHEDULES | EPOCH_SCHEDULES
    schedule: LearningRate = build_named(
        schedules, "schedule", config.schedule, **arguments
    )
    return build_named(
        OPTIMIZERS, "optimizer", config.optimizer, learning_rate=schedule
    )
