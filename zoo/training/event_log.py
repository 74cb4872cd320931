"""The numbers, sounds and pictures of a training for TensorBoard."""

from pathlib import Path
from typing import Any

import keras
import numpy as np
from ml_collections import ConfigDict

from keras_complex.ops import stft
from zoo.training.events import EventWriter
from zoo.training.pictures import magnitude_picture, phase_picture
from zoo.training.trainer import WaveformTrainer, averaged_weights

_TAGS = {
    "loss": "train/loss",
    "learning_rate": "train/learning_rate",
    "gradient_norm": "train/gradient_norm",
    "skipped_steps": "train/skipped_steps",
    "steps_per_second": "train/steps_per_second",
    "validation_loss": "validation/loss",
    "si_sdr": "validation/si_sdr",
    "si_sdr_improvement": "validation/si_sdr_improvement",
    "sdr": "validation/sdr",
}


class EventLog(keras.callbacks.Callback):
    """Writes the numbers of each epoch, and now and then sound and pictures.

    `keras.callbacks.TensorBoard` needs TensorFlow, and shows epochs again that a
    process repeats which goes on after a crash.

    Args:
        config: Of the training.
        directory: Directory of the run.
        history: Rows of the epochs so far; the last is that of the epoch.
        evaluator: Separates the first validation mixture.
        validation: Mixtures `(examples, samples)`, and their sources `(examples,
            speakers, samples)` with lengths.
    """

    def __init__(
        self,
        config: ConfigDict,
        directory: Path,
        history: list[dict[str, Any]],
        evaluator: WaveformTrainer,
        validation: tuple[np.ndarray, tuple[np.ndarray, np.ndarray]],
    ) -> None:
        super().__init__()
        self.config = config
        self.history = history
        self.evaluator = evaluator
        self.validation = validation
        self._writer = EventWriter(directory, first_step=len(history) + 1)

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Writes an epoch, counted from 0."""
        row, every = self.history[-1], self.config.preview_every_epochs
        scalars = {tag: row[name] for name, tag in _TAGS.items() if name in row}
        self._writer.scalars(row["epoch"], scalars)
        if every and row["epoch"] % every == 0:
            self._preview(row["epoch"])
        self._writer.flush()

    def close(self) -> None:
        """Ends the event file."""
        self._writer.close()

    def _preview(self, step: int) -> None:
        mixtures, (sources, _) = self.validation
        with averaged_weights(self.model):
            # A whole batch: a smaller one would make the model trace anew.
            estimates = self.evaluator.separate(mixtures[: self.config.batch_size])[0]
        signals = {"mixture": mixtures[0]}
        signals |= {f"reference_{s}": y for s, y in enumerate(sources[0])}
        signals |= {f"estimate_{s}": y for s, y in enumerate(estimates)}
        for name, signal in signals.items():
            waveform = signal / max(1.0, float(np.abs(signal).max()))
            self._writer.audio(step, f"audio/{name}", waveform, self.config.sample_rate)
            spectrogram = keras.ops.convert_to_numpy(stft(signal[None]))[0]
            for kind, draw in (
                ("magnitude", magnitude_picture),
                ("phase", phase_picture),
            ):
                self._writer.image(step, f"{kind}/{name}", draw(spectrogram))
