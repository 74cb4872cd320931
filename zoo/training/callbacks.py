"""Callbacks of Keras for the time between two epochs of a training.

They hold what `EarlyStopping`, `ModelCheckpoint` and `CSVLogger` of Keras cannot: a run
that is killed at any moment ends as one that was not. Those count anew with each
process, save the model with its loss in place of the separator, and write in place.
"""

import time
from pathlib import Path
from typing import Any

import keras
import numpy as np
from ml_collections import ConfigDict

from keras_complex.metrics import SISDR
from zoo.inference.domains import WaveformDomain
from zoo.inference.separator import Separator
from zoo.metrics import SDR
from zoo.training import workdir
from zoo.training.schedules import EPOCH_SCHEDULES, History
from zoo.training.trainer import WaveformTrainer, averaged_weights

Validation = tuple[np.ndarray, tuple[np.ndarray, np.ndarray]]


def epoch_rates(config: ConfigDict, history: History) -> list[keras.callbacks.Callback]:
    """Returns the callback of a schedule that looks at the history, if it is one."""
    arguments = config.schedule.to_dict()
    name = arguments.pop("name")
    if name not in EPOCH_SCHEDULES:
        return []
    schedule = EPOCH_SCHEDULES[name]
    return [
        keras.callbacks.LearningRateScheduler(
            lambda epoch, rate: schedule(history, **arguments)
        )
    ]


def finished(config: ConfigDict, history: History) -> bool:
    """Tells whether epochs, minutes or patience are used up."""
    if not history:
        return False
    scores, last = [row["si_sdr"] for row in history], history[-1]
    since_best = len(scores) - 1 - scores.index(max(scores))
    return (
        len(history) >= config.epochs
        or 0 < config.max_minutes <= last["minutes"]
        or 0 < config.schedule.get("cpu_minutes", 0.0) <= last["cpu_minutes"]
        or 0 < config.patience <= since_best
    )


class Progress(keras.callbacks.Callback):
    """Validates after each epoch, saves numbers and the best model, ends the training.

    Args:
        config: Of the training.
        directory: Directory of the run, for `best.keras` and `history.csv`.
        history: Rows of the epochs so far, to which each epoch adds its own.
        separator: Saved where it is better than ever.
        evaluator: Of the network of the separator, with SI-SDR as its metric.
        validation: Mixtures `(examples, samples)`, and their sources `(examples,
            speakers, samples)` with lengths.
    """

    def __init__(
        self,
        config: ConfigDict,
        directory: Path,
        history: History,
        separator: Separator,
        evaluator: WaveformTrainer,
        validation: Validation,
    ) -> None:
        super().__init__()
        self.config = config
        self.directory = directory
        self.history = history
        self.separator = separator
        self.evaluator = evaluator
        self.validation = validation
        self.mixture_si_sdr = _si_sdr_of_mixtures(validation, config.batch_size)

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Starts the clocks."""
        self._start, self._cpu_start = time.monotonic(), time.process_time()

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Validates, and saves the results."""
        fit_seconds = time.monotonic() - self._start
        with averaged_weights(self.model):
            row = self._row(epoch, logs["loss"], fit_seconds)
            if all(row["si_sdr"] > old["si_sdr"] for old in self.history):
                temporary = self.directory / "best_temporary.keras"
                self.separator.save(temporary)
                temporary.replace(self.directory / "best.keras")
        self.history.append(row)
        workdir.write_history(self.directory, self.history)
        self.model.stop_training = finished(self.config, self.history)
        print(
            f"Validation: SI-SDR {row['si_sdr']:.2f} dB, "
            f"improvement {row['si_sdr_improvement']:.2f} dB",
            flush=True,
        )

    def validate(self) -> dict[str, float]:
        """Returns `loss`, that of the training, and `si_sdr`, in dB."""
        arguments: dict[str, Any] = {"batch_size": self.config.batch_size, "verbose": 0}
        scores = self.evaluator.evaluate(
            *self.validation, return_dict=True, **arguments
        )
        if self.model.network is not self.evaluator.network:
            # The loss of heads, whose output is not that of the network.
            scores["loss"] = self.model.evaluate(*self.validation, **arguments)
        return scores

    def _row(self, epoch: int, loss: float, fit_seconds: float) -> dict[str, Any]:
        scores, optimizer = self.validate(), self.model.optimizer
        earlier = self.history[-1] if self.history else {}
        minutes = (time.monotonic() - self._start) / 60
        cpu_minutes = (time.process_time() - self._cpu_start) / 60
        row = {
            "epoch": epoch + 1,
            "loss": loss,
            "validation_loss": scores["loss"],
            "si_sdr": scores["si_sdr"],
            "si_sdr_improvement": scores["si_sdr"] - self.mixture_si_sdr,
            "learning_rate": _number(optimizer.learning_rate),
            "gradient_norm": _number(optimizer.gradient_norm),
            "skipped_steps": int(_number(optimizer.skipped)),
            "steps_per_second": self.config.steps_per_epoch / fit_seconds,
            "minutes": earlier.get("minutes", 0.0) + minutes,
            "cpu_minutes": earlier.get("cpu_minutes", 0.0) + cpu_minutes,
        }
        if self.config.data.validation_sdr_mixtures:
            row["sdr"] = self._sdr()
        return row

    def _sdr(self) -> float:
        """Returns the mean SDR of the first validation mixtures, in dB."""
        count, size = self.config.data.validation_sdr_mixtures, self.config.batch_size
        mixtures, targets = self.validation
        references = WaveformDomain().references(*targets)[:count]
        metric = SDR()
        for start in range(0, len(references), size):
            part = references[start : start + size]
            # Whole batches: a smaller one would make the model trace anew.
            estimates = self.evaluator.separate(mixtures[start : start + size])
            metric.update_state(part, estimates[: len(part)])
        return _number(metric.result())


def _si_sdr_of_mixtures(validation: Validation, batch_size: int) -> float:
    """Returns the SI-SDR of the mixtures themselves, taken as estimates."""
    mixtures, (sources, lengths) = validation
    metric = SISDR()
    for start in range(0, len(mixtures), batch_size):
        part = slice(start, start + batch_size)
        estimates = np.repeat(mixtures[part, None], sources.shape[1], axis=1)
        references = WaveformDomain().references(sources[part], lengths[part])
        metric.update_state(references, estimates)
    return _number(metric.result())


def _number(value: Any) -> float:
    return float(keras.ops.convert_to_numpy(value))
