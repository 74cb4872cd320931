"""A network for spectrograms or waveforms, made into a separator of waveforms."""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
from keras import ops

from keras_complex.ops import check_frames, istft, stft, traced_for_any_size
from keras_complex.types import Shape, Tensor
from zoo.inference.recording_separator import RecordingSeparator
from zoo.models.phase_reconstruction import MISI, GriffinLim

# Keeps divisions finite; far below any sound.
_EPSILON = 1e-20


@keras.saving.register_keras_serializable(package="zoo")
class Separator(RecordingSeparator, keras.Model):
    """Separates waveforms with a network for spectrograms or for waveforms.

    The mixture `x` is brought to a fixed level, for which the network was trained
    (networks with multiplicative filters are not invariant to the level), and the
    estimates are brought back:

        y = g * istft(network(stft(x / g))),    g = RMS(x) / level

    or, if the network takes waveforms, `y = g * network(x / g)`.

    With `fit_level`, each estimate `e` of a network that was trained with a
    scale-invariant loss gets the level and the sign that fit the mixture best:

        y = e <x, e> / <e, e>

    which is the level of the source as far as sources are uncorrelated.

    `separate` and `separate_blocks` take whole recordings, as for every
    `zoo.inference.recording_separator.RecordingSeparator`. Silence gives silence. The
    model computes in float32 outside of the network, whatever the precision of that
    is.

    Args:
        network: Model from spectrograms `(batch, frames, bins, 2)` to estimates
            `(batch, speakers, frames, bins, 2)`, for any number of frames; or
            from waveforms `(batch, samples)` to `(batch, speakers, samples)`.
        sample_rate: Sample rate of the waveforms, in Hz.
        frame_length: Length of the window of the STFT, in samples; 0 for a network
            of waveforms.
        frame_step: Distance of two frames, in samples. A network of waveforms does
            without.
        level: Root mean square at which the network sees the mixture. With the
            default, a spectrogram of 129 bins has an RMS near 1. `None` leaves the
            mixture as it comes, as the published runs do.
        fit_level: Whether to fit the level of the estimates to the mixture. Leave
            it out for networks whose loss has taught them the level.
        **kwargs: Arguments of `keras.Model`, such as `name`.

    Raises:
        ValueError: If an argument is out of range, or if the network takes neither
            spectrograms of this frame length nor, with length 0, waveforms.

    Input shape:
        `(batch, samples)`, with any number of samples.

    Output shape:
        `(batch, speakers, samples)`.

    Example:

    >>> spectrogram = keras.Input((None, 129, 2))
    >>> estimates = keras.layers.Reshape((1, -1, 129, 2))(spectrogram)
    >>> separator = Separator(keras.Model(spectrogram, estimates), sample_rate=8000)
    >>> separator.separate(np.ones((44100, 2)), sample_rate=44100).shape
    (1, 44100)
    """

    def __init__(
        self,
        network: keras.Model,
        sample_rate: int,
        frame_length: int = 256,
        frame_step: int = 128,
        level: float | None = 0.1,
        fit_level: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(**{"dtype": "float32", **kwargs})
        if sample_rate < 1:
            raise ValueError(
                "`sample_rate` must be positive, in Hz. "
                f"Received: sample_rate={sample_rate}."
            )
        if frame_length:
            check_frames(frame_length, frame_step)
        if level is not None and not level > 0:
            raise ValueError(
                "`level` must be positive, or None for no change. "
                f"Received: level={level}."
            )
        self.network = network
        self.sample_rate = sample_rate
        self.frame_length = frame_length
        self.frame_step = frame_step
        self.level = level
        self.fit_level = fit_level
        self.input_spec = keras.layers.InputSpec(ndim=2)
        self._in_graph: Callable[[np.ndarray], Tensor] | None = None
        # Here and not on first use, so that a model without data can be saved.
        self.build((None, None))

    @property
    def num_speakers(self) -> int:
        """Number of estimates per mixture."""
        return self.network.output_shape[1]

    def build(self, input_shape: Shape) -> None:
        expected: Shape = (None, None)
        if self.frame_length:
            expected = (None, None, self.frame_length // 2 + 1, 2)
        if not self.network.built:
            self.network.build(expected)
        shape = self.network.input_shape
        if not self.frame_length:
            if len(shape) != 2:
                raise ValueError(
                    "`network` must take waveforms (batch, samples) for "
                    f"frame_length=0. Received: network.input_shape={shape}."
                )
        elif len(shape) != 4 or shape[-2] not in (None, expected[-2]) or shape[-1] != 2:
            raise ValueError(
                "`network` must take spectrograms (batch, frames, bins, 2) with "
                f"{expected[-2]} bins for frame_length={self.frame_length}. "
                f"Received: network.input_shape={shape}. Pass frame_length=0 for a "
                "network of waveforms."
            )
        frames = self.frame_length, self.frame_step
        for layer in self.network.layers:
            if not isinstance(layer, (GriffinLim, MISI)):
                continue
            own = layer.frame_length, layer.frame_step
            if own != frames:
                raise ValueError(
                    f"`frame_length` and `frame_step` must be those of the layer "
                    f"{layer.name!r} of the network, which reconstructs phases: {own}. "
                    f"Received: {frames}."
                )
        self.built = True

    def call(self, inputs: Tensor, training: bool | None = None) -> Tensor:
        # By the peak first: the squares of very weak samples would underflow.
        peak = ops.max(ops.abs(inputs), axis=-1, keepdims=True)
        peak = ops.maximum(peak, _EPSILON)
        mixture = ops.divide(inputs, peak)
        rms = ops.sqrt(ops.mean(ops.square(mixture), axis=-1, keepdims=True))
        if self.level is None:
            mixture, gain = inputs, ops.expand_dims(ops.sign(rms), axis=-2)
        else:
            mixture = ops.divide(mixture * self.level, ops.maximum(rms, _EPSILON))
            gain = ops.expand_dims(ops.multiply(rms, peak) / self.level, axis=-2)
        sources = self._estimate(mixture, training)
        if self.fit_level:
            sources = _fit_level(sources, mixture)
        return ops.multiply(sources, gain)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        return (input_shape[0], self.num_speakers, input_shape[1])

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "network": keras.saving.serialize_keras_object(self.network),
            "sample_rate": self.sample_rate,
            "frame_length": self.frame_length,
            "frame_step": self.frame_step,
            "level": self.level,
            "fit_level": self.fit_level,
        }

    @classmethod
    def from_config(
        cls, config: dict[str, Any], custom_objects: dict[str, Any] | None = None
    ) -> "Separator":
        network = keras.saving.deserialize_keras_object(
            config["network"], custom_objects=custom_objects
        )
        return cls(**{**config, "network": network})

    def separate_chunk(self, mixture: np.ndarray) -> np.ndarray:
        return self.separate_batch(mixture[np.newaxis])[0]

    def separate_batch(self, mixtures: np.ndarray) -> np.ndarray:
        """Separates mixtures at the rate of the model, each as a whole.

        As `predict_on_batch`, but TensorFlow builds one graph for all lengths.

        Args:
            mixtures: `(batch, samples)`, float32.

        Returns:
            Estimates `(batch, speakers, samples)`, float32.
        """
        if keras.backend.backend() != "tensorflow":
            return self.predict_on_batch(mixtures)
        if self._in_graph is None:
            self._in_graph = traced_for_any_size(self._infer, (None, None))
        return ops.convert_to_numpy(self._in_graph(mixtures))

    def _infer(self, mixtures: Tensor) -> Tensor:
        return self(mixtures, training=False)

    def _estimate(self, mixture: Tensor, training: bool | None) -> Tensor:
        """Applies the network, in the domain that it is made for."""
        if not self.frame_length:
            return ops.cast(self.network(mixture, training=training), mixture.dtype)
        estimates = self.network(
            stft(mixture, self.frame_length, self.frame_step), training=training
        )
        return istft(
            ops.cast(estimates, mixture.dtype),
            ops.shape(mixture)[-1],
            self.frame_length,
            self.frame_step,
        )


def _fit_level(sources: Tensor, mixture: Tensor) -> Tensor:
    """Projects the mixture on each estimate."""
    mixture = ops.expand_dims(mixture, axis=-2)
    product = ops.sum(ops.multiply(sources, mixture), axis=-1, keepdims=True)
    energy = ops.sum(ops.square(sources), axis=-1, keepdims=True)
    return ops.multiply(sources, product / ops.maximum(energy, _EPSILON))
