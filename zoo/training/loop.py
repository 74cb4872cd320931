"""The training program: one function from a configuration to a trained model."""

from pathlib import Path
from typing import Any

import keras
from absl import logging
from ml_collections import ConfigDict

from keras_complex.losses import NegativeSISDR, PermutationInvariant
from keras_complex.metrics import SISDR
from zoo.presets.building import (
    build_network,
    build_separator,
    take_initial_weights,
)
from zoo.presets.objective import build_loss
from zoo.training import checkpoint, distribution, sources, workdir
from zoo.training.build import build_optimizer, trained_part
from zoo.training.callbacks import Progress, epoch_rates, finished
from zoo.training.event_log import EventLog
from zoo.training.trainer import WaveformTrainer


def train(config: ConfigDict, directory: str | Path) -> dict[str, Any]:
    """Trains a network, or goes on where an earlier call was stopped.

    The directory receives `config.json`, `checkpoint.npz`, `best.keras` (a
    `zoo.Separator`), `history.csv` and event files for TensorBoard. Data and
    dropout depend on the seed and the epoch only, so a run that was killed
    ends as one that was not; it loses the epoch it was in.

    Args:
        config: As `configs/common.py` documents it.
        directory: Directory of the run, made if missing.

    Returns:
        The last row of the history.

    Raises:
        ValueError: If the configuration cannot be run, or if the directory belongs
            to another one.
    """
    directory = Path(directory)
    # First of all, so that a mistake is told at once.
    workdir.check_config(directory, config)
    with distribution.scope() as replicas:
        if config.batch_size % replicas:
            raise ValueError(
                f"`batch_size` must be a multiple of the {replicas} devices. "
                f"Received: batch_size={config.batch_size}."
            )
        keras.utils.set_random_seed(config.seed)
        return _train(config, directory)


def _train(config: ConfigDict, directory: Path) -> dict[str, Any]:
    network = build_network(config)
    initial_weights = config.get("initial_weights", "")
    # A run that goes on has weights of its own, and may have outlived these.
    if initial_weights and not checkpoint.exists(directory):
        take_initial_weights(network, initial_weights)
    separator = build_separator(network, config)
    domain = separator.domain
    loss = build_loss(config, domain.name)
    trainer = WaveformTrainer(
        trained_part(network, loss),
        domain,
        loss,
        build_optimizer(config),
        steps_per_execution=config.steps_per_execution,
    )
    if trainer.network is not network:
        loss = PermutationInvariant(NegativeSISDR())
    evaluator = WaveformTrainer(network, domain, loss, metrics=[SISDR()])
    source = sources.training_source(config)
    validation = sources.validation_arrays(config)
    directory.mkdir(parents=True, exist_ok=True)
    workdir.write_config(directory, config)
    saved = checkpoint.restore(directory, trainer)
    history: list[dict[str, Any]] = saved["history"] if saved else []
    if finished(config, history):
        return history[-1]
    if history:
        logging.info("Going on after epoch %d.", len(history))
    batches, follow = sources.training_batches(source, epoch=len(history))
    events = EventLog(config, directory, history, evaluator, validation)
    callbacks = [
        # Before what prints after an epoch.
        *([keras.callbacks.ProgbarLogger()] if config.progress_bar else []),
        *follow,
        *epoch_rates(config, history),
        Progress(config, directory, history, separator, evaluator, validation),
        events,
        # The last: what comes before it is done again if the process dies.
        keras.callbacks.LambdaCallback(
            on_epoch_end=lambda epoch, logs: checkpoint.save(
                directory, trainer, {"history": history}
            )
        ),
    ]
    try:
        trainer.fit(
            batches,
            initial_epoch=len(history),
            epochs=config.epochs,
            steps_per_epoch=config.steps_per_epoch,
            shuffle=False,
            callbacks=callbacks,
            verbose=int(config.progress_bar),
        )
    finally:
        events.close()
    return history[-1]
