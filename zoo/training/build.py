"""What a training compiles, as its configuration describes it."""

import keras
from ml_collections import ConfigDict

from zoo.presets.building import build_named
from zoo.presets.objective import HEAD_LOSSES
from zoo.training.optimizers import SGD, Adam
from zoo.training.schedules import SCHEDULES, LearningRate

OPTIMIZERS = {"sgd": SGD, "adam": Adam}


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
    schedule: LearningRate = build_named(
        SCHEDULES,
        "schedule",
        config,
        steps_per_epoch=config.steps_per_epoch,
        epochs=config.epochs,
    )
    return build_named(OPTIMIZERS, "optimizer", config, learning_rate=schedule)


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
    # A step that makes variables is traced twice.
    model.optimizer.build(model.trainable_variables)
    return model
