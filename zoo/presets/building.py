"""Networks and separators as a configuration describes them."""

import keras
from absl import logging
from ml_collections import ConfigDict

from zoo.inference.separator import Separator
from zoo.models import MODELS
from zoo.presets import load_separator
from zoo.presets.named import build_named
from zoo.presets.objective import LOSSES


def build_network(config: ConfigDict) -> keras.Model:
    """Builds the network `config.model`: the `name` of a model, its arguments.

    Raises:
        ValueError: If there is no such model or argument.
    """
    return build_named(MODELS, "model", config.model, seed=config.seed)


def build_separator(network: keras.Model, config: ConfigDict) -> Separator:
    """Makes the network of a configuration into a separator of waveforms."""
    return Separator(
        network,
        config.sample_rate,
        **config.stft,
        level=config.level or None,
        # Networks trained with these choose the level of their estimates freely.
        fit_level=getattr(LOSSES.get(config.loss.name), "scale_invariant", False),
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
