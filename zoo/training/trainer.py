"""A model that teaches a network by waveforms."""

import contextlib
from collections.abc import Iterator
from typing import Any

import keras
import numpy as np
from keras import ops

from keras_complex.types import Tensor
from zoo.inference.domains import Domain, WaveformDomain


class WaveformTrainer(keras.Model):
    """Compiles a network to learn from waveforms, and leaves the network as it is.

    `fit` and `evaluate` take mixtures `(batch, samples)` and, as targets, sources
    `(batch, speakers, samples)` with their valid lengths `(batch,)`, as
    `zoo.data.tf_dataset` and `zoo.data.MixtureSequence` give them. The way to the
    domain of the network, and to that in which the loss compares, is a part of the
    step, on the device.

    A network that is compiled itself would be saved with loss and optimizer, and
    would need this package's training code to be loaded again.

    Args:
        network: Built, with inputs of `domain`.
        domain: Such as `separator.domain`.
        loss: Compares sources and estimates of several speakers in the domain that it
            names: `"waveform"`, the inverse transform of estimates; `"heads"`, the
            outputs of a `training_network` with references of `domain`; else those of
            `domain`.
        optimizer: Of Keras or of `zoo.training.optimizers`.
        metrics: These compare waveforms.
        steps_per_execution: As in `keras.Model.compile`.
    """

    def __init__(
        self,
        network: keras.Model,
        domain: Domain,
        loss: keras.losses.Loss,
        optimizer: keras.optimizers.Optimizer | str = "sgd",
        metrics: list[keras.metrics.Metric] | None = None,
        steps_per_execution: int = 1,
    ) -> None:
        super().__init__()
        self.network = network
        self.domain = domain
        self._loss_domain = getattr(loss, "domain", "any")
        self._has_metrics = bool(metrics)
        # To be built symbolically would trace the network once more.
        self.built = True
        self.compile(
            optimizer,
            loss,
            metrics=metrics,
            # XLA makes TensorFlow slower here; JAX cannot do without.
            jit_compile=keras.backend.backend() != "tensorflow",
            steps_per_execution=steps_per_execution,
        )
        # A step that makes variables is traced twice.
        self.optimizer.build(self.trainable_variables)

    def call(self, mixture: Tensor, training: bool | None = None) -> Tensor:
        return self.network(self.domain.encode(mixture), training=training)

    def compute_loss(
        self,
        x: Any = None,
        y: Any = None,
        y_pred: Any = None,
        sample_weight: Any = None,
        training: bool = True,
    ) -> Tensor:
        """Computes the loss in its own domain."""
        y, y_pred = self._compared(x, y, y_pred, self._loss_domain)
        return super().compute_loss(x, y, y_pred, sample_weight, training)

    def compute_metrics(
        self, x: Any, y: Any, y_pred: Any, sample_weight: Any = None
    ) -> dict[str, Any]:
        """Updates the metrics, which compare waveforms."""
        if self._has_metrics:
            y, y_pred = self._compared(x, y, y_pred, "waveform")
        return super().compute_metrics(x, y, y_pred, sample_weight)

    def separate(self, mixtures: np.ndarray) -> np.ndarray:
        """Returns the waveforms of estimates `(batch, speakers, samples)`."""
        estimates = ops.cast(self.predict_on_batch(mixtures), "float32")
        waveforms = self.domain.decode(estimates, mixtures.shape[-1])
        return ops.convert_to_numpy(waveforms)

    def _compared(
        self, mixture: Tensor, targets: Any, estimates: Tensor, domain: str
    ) -> tuple[Tensor, Tensor]:
        """Returns references with masks, and estimates, as losses take them."""
        sources, lengths = targets
        if domain != "waveform":
            return self.domain.references(sources, lengths), estimates
        estimates = ops.cast(estimates, mixture.dtype)
        estimates = self.domain.decode(estimates, ops.shape(mixture)[-1])
        return WaveformDomain().references(sources, lengths), estimates


@contextlib.contextmanager
def averaged_weights(trainer: keras.Model) -> Iterator[None]:
    """Puts the moving averages, if the optimizer has any, in place of the weights.

    `keras.callbacks.SwapEMAWeights` does so until the next epoch begins, when the
    checkpoint, which holds both, is written.
    """
    averages = trainer.optimizer.averages
    pairs = list(zip(trainer.trainable_variables, averages, strict=bool(averages)))
    weights = [ops.convert_to_numpy(variable) for variable, _ in pairs]
    for variable, average in pairs:
        variable.assign(ops.convert_to_numpy(average))
    try:
        yield
    finally:
        for (variable, _), weight in zip(pairs, weights, strict=True):
            variable.assign(weight)
