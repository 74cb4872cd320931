"""Networks and optimizers as a configuration describes them."""

from typing import Any

import keras
from ml_collections import ConfigDict

from zoo.models import MODELS
from zoo.training.optimizers import SGD, Adam
from zoo.training.schedules import SCHEDULES, LearningRate

OPTIMIZERS = {"sgd": SGD, "adam": Adam}


def build_network(config: ConfigDict) -> keras.Model:
    """Builds the network `config.model`: the `name` of a model, its arguments.

    Raises:
        ValueError: If there is no such model or argument.
    """
    return _build(MODELS, "model", config, seed=config.seed)


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
