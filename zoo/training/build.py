"""Networks and optimizers as a configuration describes them."""

from typing import Any

import keras
from absl import logging
from ml_collections import ConfigDict

from zoo.models import MODELS
from zoo.presets import load_separator
from zoo.separator import Separator
from zoo.training.objective import HEAD_LOSSES, SCALE_INVARIANT_LOSSES
from zoo.training.optimizers import SGD, Adam
from zoo.training.schedules import SCHEDULES, LearningRate

OPTIMIZERS = {"sgd": SGD, "adam": Adam}


def build_network(config: ConfigDict) -> keras.Model:
    """Builds the network `config.model`: the `name` of a model, its arguments.

    Raises:
        ValueError: If there is no such model or argument.
    """
    return _build(MODELS, "model", config, seed=config.seed)


def build_separator(network: keras.Model, config: ConfigDict) -> Separator:
    """Makes the network of a configuration into a separator of waveforms."""
    return Separator(
        network,
        config.sample_rate,
        **config.stft,
        level=config.level or None,
        fit_level=config.loss.name in SCALE_INVARIANT_LOSSES,
    )


def take_initial_weights(network: keras.Model, source: str) -> None:
    """Takes the weights of a trained network wherever name and shape are the same.

    All other weights stay as they are; the log names them.

    Args:
        network: Built.
        source: A `.keras` file, the `--workdir` of a training, or the name of a
            preset.

    Raises:
        ValueError: If there is no such model, or if none of its weights fits.
    """
    trained = {weight.path: weight for weight in load_separator(source).network.weights}
    left = []
    for weight in network.weights:
        other = trained.get(weight.path)
        if other is None or other.shape != weight.shape:
            left.append(weight.path)
        else:
            weight.assign(keras.ops.convert_to_numpy(other))
    if len(left) == len(network.weights):
        raise ValueError(
            "`initial_weights` must be of a network with layers of the same names and "
            f"shapes as {network.name!r}. Received: initial_weights={source!r}, of "
            "which no weight fits. Train it with the same kind of model."
        )
    logging.info(
        "Took %d of %d weights from %s; others: %s.",
        len(network.weights) - len(left),
        len(network.weights),
        source,
        ", ".join(left) or "none",
    )


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
    # A step that makes variables is traced twice.
    model.optimizer.build(model.trainable_variables)
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
