"""A network for spectrograms or waveforms, made into a separator of waveforms."""

import math
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import keras
import numpy as np
import tqdm
from keras import ops

from keras_complex.ops import istft, stft
from keras_complex.ops.stft import check_frames
from keras_complex.types import Shape, Tensor
from zoo.chunking import separate_in_chunks
from zoo.mixture_stream import MixtureStream, fit_length, mono_samples
from zoo.models.phase_reconstruction import MISI, GriffinLim
from zoo.resampling import resampled_blocks

# Keeps divisions finite; far below any sound.
_EPSILON = 1e-20
# Samples that `separate` takes at a time.
_BLOCK = 2**16


@keras.saving.register_keras_serializable(package="zoo")
class Separator(keras.Model):
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

    Silence gives silence. The model computes in float32 outside of the network,
    whatever the precision of the network is.

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

    def separate(
        self,
        waveform: np.ndarray,
        sample_rate: float,
        chunk_seconds: float = 30.0,
        overlap_seconds: float = 5.0,
        verbose: bool = False,
        mixture_consistency: bool = False,
        progress: Callable[[float], None] | None = None,
    ) -> np.ndarray:
        """Separates one recording, of any length and at any sample rate.

        It is resampled to the rate of the model and back. A recording longer than a
        chunk is separated in chunks, with the speakers kept in order, so that the
        memory the network needs is bounded. `separate_blocks` bounds that of the
        recording and of the estimates as well.

        Args:
            waveform: Samples `(samples,)`, or `(samples, channels)` as soundfile
                gives them; channels are averaged.
            sample_rate: Sample rate of `waveform`, in Hz.
            chunk_seconds: Length of a chunk. Longer chunks need more memory.
            overlap_seconds: Overlap of two chunks, at most half a chunk, in which
                their speakers are matched.
            verbose: Whether to show a progress bar for more than one chunk.
            mixture_consistency: Whether to share what the `S` estimates `e_s` lack
                of the mixture `x` equally among them, so that they sum to it:

                    y_s = e_s + (x - e_1 - ... - e_S) / S
            progress: Called after each chunk with the seconds that it adds.

        Returns:
            Estimates `(speakers, samples)` at the sample rate of `waveform`, with as
            many samples, float32.

        Raises:
            ValueError: If the waveform is empty, holds NaN or infinite samples or
                has another shape, if another argument is out of range, or if a
                single estimate is to sum to the mixture.

        Reference:

        - [Wisdom et al., 2019, Differentiable consistency constraints for improved
          deep speech enhancement](https://arxiv.org/abs/1811.08521), for
          `mixture_consistency`
        """
        mixture = _mono(waveform)
        _check_rate(sample_rate)
        result = np.zeros((self.num_speakers, len(mixture)), "float32")
        seconds, samples = len(mixture) / sample_rate, 0
        with tqdm.tqdm(
            total=seconds,
            bar_format="{l_bar}{bar}| {n:.1f}/{total:.1f} s [{elapsed}<{remaining}]",
            leave=False,
            disable=not verbose or seconds <= chunk_seconds,
        ) as bar:

            def advance(added: float) -> None:
                bar.update(min(added, bar.total - bar.n))
                if progress is not None:
                    progress(added)

            for block in self.separate_blocks(
                (mixture[i : i + _BLOCK] for i in range(0, len(mixture), _BLOCK)),
                sample_rate,
                chunk_seconds,
                overlap_seconds,
                mixture_consistency,
                advance,
            ):
                result[:, samples : samples + block.shape[1]] = block
                samples += block.shape[1]
        return result

    def separate_blocks(
        self,
        blocks: Iterable[np.ndarray],
        sample_rate: float,
        chunk_seconds: float = 30.0,
        overlap_seconds: float = 5.0,
        mixture_consistency: bool = False,
        progress: Callable[[float], None] | None = None,
    ) -> Iterator[np.ndarray]:
        """Separates one recording block by block, in constant memory.

        The result is that of `separate`. No more is kept than the chunks whose order
        of speakers waits for later ones: a few minutes.

        Args:
            blocks: The recording, in blocks `(samples,)` or `(samples, channels)` of
                any lengths.
            sample_rate: Sample rate of the blocks, in Hz.
            chunk_seconds: As in `separate`.
            overlap_seconds: As in `separate`.
            mixture_consistency: As in `separate`.
            progress: Called after each chunk with the seconds that it adds.

        Returns:
            Iterator over blocks of the estimates, float32 `(speakers, samples)`, at
            the rate of the recording and with as many samples in all.

        Raises:
            ValueError: As `separate` does; for what is wrong with the blocks, when
                they are reached.

        Example:

        >>> spectrogram = keras.Input((None, 129, 2))
        >>> estimates = keras.layers.Reshape((1, -1, 129, 2))(spectrogram)
        >>> separator = Separator(keras.Model(spectrogram, estimates), 8000)
        >>> seconds = (np.ones((44100, 2)) for _ in range(3))
        >>> sum(y.shape[1] for y in separator.separate_blocks(seconds, 44100))
        132300
        """
        _check_rate(sample_rate)
        if mixture_consistency and self.num_speakers < 2:
            raise ValueError(
                "`mixture_consistency` must be False for a single estimate, which "
                "would become the mixture. Received: mixture_consistency=True."
            )
        mixture = MixtureStream(blocks, keep=mixture_consistency)
        estimates = separate_in_chunks(
            lambda chunk: self.predict_on_batch(chunk[np.newaxis])[0],
            resampled_blocks(mixture, sample_rate, self.sample_rate),
            round(chunk_seconds * self.sample_rate),
            round(overlap_seconds * self.sample_rate),
            self.sample_rate,
            lambda samples: progress and progress(samples / self.sample_rate),
        )
        estimates = resampled_blocks(estimates, self.sample_rate, sample_rate)
        estimates = fit_length(estimates, mixture)
        return _consistent(estimates, mixture) if mixture_consistency else estimates

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


def _mono(waveform: np.ndarray) -> np.ndarray:
    """Checks a waveform and averages its channels."""
    waveform = np.asarray(waveform)
    shape = waveform.shape
    if waveform.size == 0:
        raise ValueError(
            f"`waveform` must hold at least one sample. Received: shape={shape}."
        )
    if waveform.ndim == 2 and shape[1] > shape[0]:
        raise ValueError(
            "`waveform` must be (samples, channels) with no more channels than "
            f"samples. Received: shape={shape}. Transpose it."
        )
    return mono_samples(waveform)


def _check_rate(sample_rate: float) -> None:
    if not (math.isfinite(sample_rate) and sample_rate > 0):
        raise ValueError(
            "`sample_rate` must be positive, in Hz. "
            f"Received: sample_rate={sample_rate}."
        )


def _consistent(
    estimates: Iterable[np.ndarray], mixture: MixtureStream
) -> Iterator[np.ndarray]:
    """Adds to each estimate its share of what all lack of the mixture."""
    for block in estimates:
        missing = mixture.take(block.shape[1]) - block.sum(axis=0)
        yield block + missing / np.float32(len(block))
