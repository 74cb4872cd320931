"""What TensorBoard shows of a training."""

from pathlib import Path
from typing import Any

import keras
import numpy as np
from ml_collections import ConfigDict

from keras_complex.ops import istft, stft
from zoo.training.events import EventWriter
from zoo.training.pictures import magnitude_picture, phase_picture

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


class Report:
    """Writes the numbers of each epoch, and now and then sound and pictures.

    Args:
        config: Of the training.
        directory: Directory of the run.
        first_step: First epoch that will be reported, from 1 on.
    """

    def __init__(self, config: ConfigDict, directory: Path, first_step: int) -> None:
        self.config = config
        self._writer = EventWriter(directory, first_step)

    def write(
        self,
        row: dict[str, Any],
        model: keras.Model,
        inputs: np.ndarray,
        targets: np.ndarray,
    ) -> None:
        """Writes one epoch.

        Args:
            row: Of the history.
            model: To separate the first validation mixture with.
            inputs: Validation mixtures `(examples, frames, bins, 2)`, or waveforms
                `(examples, samples)`.
            targets: Their sources `(examples, speakers, frames, bins, 3)`, or
                `(examples, speakers, samples, 2)`, last the mask.
        """
        scalars = {tag: row[name] for name, tag in _TAGS.items() if name in row}
        self._writer.scalars(row["epoch"], scalars)
        every = self.config.preview_every_epochs
        if every and row["epoch"] % every == 0:
            # A whole batch: a smaller one would make the model trace anew.
            estimates = model.predict_on_batch(inputs[: self.config.batch_size])[0]
            signals = {"mixture": inputs[0]}
            references = targets[0][..., :-1].reshape(estimates.shape)
            signals |= {f"reference_{s}": y for s, y in enumerate(references)}
            signals |= {f"estimate_{s}": y for s, y in enumerate(estimates)}
            for name, signal in signals.items():
                self._show(row["epoch"], name, signal)
        self._writer.flush()

    def close(self) -> None:
        """Ends the event file."""
        self._writer.close()

    def _show(self, step: int, name: str, signal: np.ndarray) -> None:
        waveform = spectrogram = signal
        if signal.ndim == 1:
            spectrogram = keras.ops.convert_to_numpy(stft(signal[None]))[0]
        else:
            waveform = istft(signal[None], **self.config.stft)
            waveform = keras.ops.convert_to_numpy(waveform)[0]
        waveform = waveform / max(1.0, float(np.abs(waveform).max()))
        self._writer.audio(step, f"audio/{name}", waveform, self.config.sample_rate)
        for kind, draw in {
            "magnitude": magnitude_picture,
            "phase": phase_picture,
        }.items():
            self._writer.image(step, f"{kind}/{name}", draw(spectrogram))
