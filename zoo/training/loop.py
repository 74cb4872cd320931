"""The training program: one function from a configuration to a trained model."""

import time
from pathlib import Path
from typing import Any

import keras
import numpy as np
from absl import logging
from ml_collections import ConfigDict

from keras_complex.ops import istft
from zoo import metrics
from zoo.presets.building import (
    build_network,
    build_separator,
    take_initial_weights,
)
from zoo.presets.objective import (
    build_loss,
    build_metric,
    negative_si_sdr,
)
from zoo.training import checkpoint, distribution, sources, workdir
from zoo.training.build import build_optimizer, compiled, trained_part
from zoo.training.report import Report
from zoo.training.schedules import after_plateaus, at_share


def train(config: ConfigDict, directory: str | Path) -> dict[str, Any]:
    """Trains a network, or goes on where an earlier call was stopped.

    The directory receives `config.json`, `checkpoint.npz`, `best.keras` (a
    `zoo.Separator`), `history.csv` and event files for TensorBoard. Data and
    dropout depend on the seed and the epoch only, so a run that was killed
    ends as one that was not; it loses the epoch it was in.

    Args:
        config: As `configs/complex_unet.py` documents it.
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
        run = _Run(config, directory)
        try:
            while not run.finished():
                run.epoch()
        finally:
            run.report.close()
    return run.history[-1]


class _Run:
    """A training between two epochs."""

    def __init__(self, config: ConfigDict, directory: Path) -> None:
        self.config = config
        self.directory = directory
        network = build_network(config)
        initial_weights = config.get("initial_weights", "")
        # A run that goes on has weights of its own, and may have outlived these.
        if initial_weights and not checkpoint.exists(directory):
            take_initial_weights(network, initial_weights)
        self.trainer = compiled(
            trained_part(network, config),
            build_loss(config),
            build_optimizer(config),
            steps_per_execution=config.steps_per_execution,
        )
        self.optimizer = self.trainer.optimizer
        # What is validated and saved: the same network with the averaged weights.
        averaged = build_network(config)
        self.averaged = trained_part(averaged, config)
        has_heads = self.averaged is not averaged
        self.evaluator = compiled(
            averaged,
            negative_si_sdr(config) if has_heads else build_loss(config),
            metrics=[build_metric(config)],
        )
        # The loss of heads, whose output is not that of the network.
        self.head_evaluator = (
            compiled(self.averaged, build_loss(config)) if has_heads else None
        )
        self.separator = build_separator(averaged, config)
        self.source = sources.training_source(config)
        self.validation = sources.validation_arrays(config)
        self.mixture_si_sdr = _score_of_mixture(self.validation, config)
        directory.mkdir(parents=True, exist_ok=True)
        workdir.write_config(directory, config)
        saved = checkpoint.restore(directory, self.trainer)
        self.history: list[dict[str, Any]] = saved["history"] if saved else []
        self.report = Report(config, directory, first_step=len(self.history) + 1)
        if saved:
            logging.info("Going on after epoch %d.", len(self.history))

    def finished(self) -> bool:
        """Tells whether epochs, minutes or patience are used up."""
        config, done = self.config, len(self.history)
        if not done:
            return False
        scores = [row["si_sdr"] for row in self.history]
        since_best = done - 1 - scores.index(max(scores))
        return (
            done >= config.epochs
            or 0 < config.max_minutes <= self.history[-1]["minutes"]
            or self._share_of_budget() >= 1
            or 0 < config.patience <= since_best
        )

    def epoch(self) -> None:
        """Trains for one epoch, validates, and saves the results."""
        start, cpu_start = time.monotonic(), time.process_time()
        logs = self._fit()
        steps_per_second = self.config.steps_per_epoch / (time.monotonic() - start)
        scores = self._validate()
        earlier = self.history[-1] if self.history else {}
        row = {
            "epoch": len(self.history) + 1,
            "loss": logs["loss"],
            "validation_loss": scores["loss"],
            "si_sdr": scores["si_sdr"],
            "si_sdr_improvement": scores["si_sdr"] - self.mixture_si_sdr,
            "learning_rate": _number(self.optimizer.learning_rate),
            "gradient_norm": _number(self.optimizer.gradient_norm),
            "skipped_steps": int(_number(self.optimizer.skipped)),
            "steps_per_second": steps_per_second,
            "minutes": earlier.get("minutes", 0.0) + (time.monotonic() - start) / 60,
            "cpu_minutes": earlier.get("cpu_minutes", 0.0)
            + (time.process_time() - cpu_start) / 60,
        }
        if self.config.data.validation_sdr_mixtures:
            row["sdr"] = self._validation_sdr()
        if all(row["si_sdr"] > old["si_sdr"] for old in self.history):
            temporary = self.directory / "best_temporary.keras"
            self.separator.save(temporary)
            temporary.replace(self.directory / "best.keras")
        self.history.append(row)
        workdir.write_history(self.directory, self.history)
        self.report.write(row, self.evaluator, *self.validation)
        checkpoint.save(self.directory, self.trainer, {"history": self.history})
        print(
            f"Validation: SI-SDR {row['si_sdr']:.2f} dB, "
            f"improvement {row['si_sdr_improvement']:.2f} dB",
            flush=True,
        )

    def _share_of_budget(self) -> float:
        """Returns which part of the time of the schedule is used up; 0 without."""
        minutes = self.config.schedule.get("cpu_minutes", 0.0)
        used = self.history[-1]["cpu_minutes"] if self.history else 0.0
        return used / minutes if minutes else 0.0

    def _fit(self) -> dict[str, float]:
        epoch, config = len(self.history), self.config
        schedule = config.schedule.to_dict()
        name = schedule.pop("name")
        if name == "plateau":
            scores = [row["si_sdr"] for row in self.history]
            self.optimizer.learning_rate = after_plateaus(scores, **schedule)
        elif name == "cpu_budget":
            del schedule["cpu_minutes"]
            share = self._share_of_budget()
            self.optimizer.learning_rate = at_share(share, **schedule)
        # Keras's own list would count up to the epoch that this call ends with.
        callbacks = keras.callbacks.CallbackList(
            add_history=True,
            add_progbar=config.progress_bar,
            model=self.trainer,
            verbose=1,
            epochs=config.epochs,
            steps=config.steps_per_epoch,
        )
        history = self.trainer.fit(
            sources.training_batches(config, self.source, epoch),
            initial_epoch=epoch,
            epochs=epoch + 1,
            steps_per_epoch=config.steps_per_epoch,
            shuffle=False,
            callbacks=callbacks,
        )
        return {name: values[-1] for name, values in history.history.items()}

    def _validate(self) -> dict[str, float]:
        weights = self.optimizer.averages or self.trainer.trainable_variables
        values = [*weights, *self.trainer.non_trainable_weights]
        targets = [
            *self.averaged.trainable_variables,
            *self.averaged.non_trainable_weights,
        ]
        for target, value in zip(targets, values, strict=True):
            target.assign(keras.ops.convert_to_numpy(value))
        arguments = {"batch_size": self.config.batch_size, "verbose": 0}
        scores = self.evaluator.evaluate(
            *self.validation, return_dict=True, **arguments
        )
        if self.head_evaluator is not None:
            scores["loss"] = self.head_evaluator.evaluate(*self.validation, **arguments)
        return scores

    def _validation_sdr(self) -> float:
        """Returns the mean SDR of the first validation mixtures, in dB."""
        count, size = self.config.data.validation_sdr_mixtures, self.config.batch_size
        inputs, targets = self.validation
        scores = []
        for start in range(0, min(count, len(inputs)), size):
            # Whole batches: a smaller one would make the model trace anew.
            part = slice(start, start + size)
            estimates = self.evaluator.predict_on_batch(inputs[part])
            for target, estimate in zip(targets[part], estimates, strict=True):
                signals = _valid_waveforms(target, estimate, self.config)
                scores.append(np.nanmean(metrics.evaluate(*signals).sdr))
        return float(np.mean(scores[:count]))


def _valid_waveforms(
    target: np.ndarray, estimate: np.ndarray, config: ConfigDict
) -> tuple[np.ndarray, np.ndarray]:
    """Returns references and estimates in time, without their padding."""
    if not config.stft.frame_length:
        samples = int(target[0, :, 1].sum())
        return target[:, :samples, 0], estimate[:, :samples]
    frames = int(target[0, :, 0, 2].sum())
    reference, estimate = (
        keras.ops.convert_to_numpy(istft(y[:, :frames, :, :2], **config.stft))
        for y in (target, estimate)
    )
    return reference, estimate


def _score_of_mixture(
    validation: tuple[np.ndarray, np.ndarray], config: ConfigDict
) -> float:
    """Returns the SI-SDR of the mixtures themselves, taken as estimates."""
    metric = build_metric(config)
    inputs, targets = validation
    for start in range(0, len(inputs), config.batch_size):
        part = slice(start, start + config.batch_size)
        estimates = np.repeat(inputs[part, None], targets.shape[1], axis=1)
        metric.update_state(targets[part], estimates)
    return _number(metric.result())


def _number(value: Any) -> float:
    return float(keras.ops.convert_to_numpy(value))
