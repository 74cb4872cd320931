"""Networks and optimizers as a configuration describes them."""

from typing import Any

import keras
from ml_collections import ConfigDict

from zoo.models import MODELS
from zoo.training.objective import HEAD_LOSSES
from zoo.training.optimizers import SGD, Adam
from zoo.training.schedules import SCHEDULES, LearningRate

OPTIMIZERS = {"sgd": SGD, "adam": Adam}


def build_network(config: ConfigDict) -> keras.Model:
    """Builds the network `config.model`: the `name` of a model, its arguments.

    Raises:
        ValueError: If there is no such model or argument.
    """
    return _build(MODELS, "model", config, seed=config.seed)


def trained_part(network: keras.Model, config: ConfigDict) -> keras.Model:
    """Returns what the loss of a configuration compares with the sources.

    This is the network itself, or for `HEAD_LOSSES` its `training_network`: a model
    of the same input with all weights of the network, whose output is that of its
    heads.

    Raises:
        ValueError: If the network has no such model.
    """
    if config.loss.name not in HEAD_LOSSES:
        return network
    if not hasattr(network, "training_network"):
        raise ValueError(
            f"`loss.name` must not be one of {', '.join(HEAD_LOSSES)} for a network "
            f"without a `training_network`. Received: loss.name={config.loss.name!r} "
            f"for model.name={config.model.name!r}."
        )
    return network.training_network


def build_optimizer(config: ConfigDict) -> keras.optimizers.Optimizer:
    """Builds the optimizer `config.optimizer` with the schedule `config.schedule`.

    Raises:
        ValueError: If there is no such optimizer, schedule or argument.
    """
    schedule: LearningRate = _build(
        SCHEDULES,
        "schedule",
        config,
        steps_per_epoch=config.steps_per_epoch,
        epochs=config.epochs,
    )
    return _build(OPTIMIZERS, "optimizer", config, learning_rate=schedule)


def compiled(
    network: keras.Model,
    loss: keras.losses.Loss,
    optimizer: keras.optimizers.Optimizer | str = "sgd",
    metrics: list[keras.metrics.Metric] | None = None,
    steps_per_execution: int = 1,
) -> keras.Model:
    """Wraps a network into a compiled model and leaves the network as it is.

    A network that is compiled itself would be saved with loss and optimizer, and
    would need this package's training code to be loaded again.
    """
    inputs = keras.Input(network.input_shape[1:])
    model = keras.Model(inputs, network(inputs))
    # XLA makes TensorFlow slower here; JAX cannot do without.
    compiles = keras.backend.backend() != "tensorflow"
    model.compile(
        optimizer,
        loss,
        metrics=metrics,
        jit_compile=compiles,
        steps_per_execution=steps_per_execution,
    )
    return model


def _build(table: dict[str, Any], key: str, config: ConfigDict, **more: Any) -> Any:
    arguments = config[key].to_dict()
    name = arguments.pop("name")
    if name not in table:
        raise ValueError(
            f"`{key}.name` must be one of {', '.join(sorted(table))}. "
            f"Received: {key}.name={name!r}."
        )
    try:
        return table[name](**arguments, **more)
    except TypeError as error:
        raise ValueError(
            f"`{key}` must hold arguments of {name!r} only. Received: {error}."
        ) from error
