"""The domains in which networks work, and the ways there from waveforms and back."""

from typing import TypeAlias

from keras import ops

from keras_complex.ops import check_frames, istft, stft
from keras_complex.types import Shape, Tensor


class WaveformDomain:
    """The domain of networks from waveforms to waveforms, which need no transform."""

    name = "waveform"
    input_shape: Shape = (None, None)

    def encode(self, waveforms: Tensor) -> Tensor:
        """Returns waveforms `(..., samples)` as they are."""
        return waveforms

    def decode(self, estimates: Tensor, samples: int | Tensor) -> Tensor:
        """Returns waveforms `(..., samples)` as they are."""
        del samples
        return estimates

    def references(self, sources: Tensor, lengths: Tensor) -> Tensor:
        """Returns what a loss in this domain compares estimates with.

        Args:
            sources: `(batch, speakers, samples)`.
            lengths: Valid samples of each example `(batch,)`; padding follows.

        Returns:
            `(batch, speakers, samples, 2)`, last axis `[signal, mask]`.
        """
        mask = _first(lengths, ops.shape(sources)[-1])[:, None]
        mask = ops.where(mask, ops.ones_like(sources), 0.0)
        return ops.stack([sources, mask], axis=-1)

    def check(self, shape: Shape) -> None:
        """Raises ValueError unless a network takes inputs of this domain."""
        if len(shape) != 2:
            raise ValueError(
                "`network` must take waveforms (batch, samples) for "
                f"frame_length=0. Received: network.input_shape={shape}."
            )


class SpectrogramDomain:
    """The domain of networks from spectrograms to spectrograms.

    Args:
        frame_length: Length of the window of the STFT, in samples.
        frame_step: Distance of two frames, in samples.

    Raises:
        ValueError: If an argument is out of range.
    """

    name = "spectrogram"

    def __init__(self, frame_length: int, frame_step: int) -> None:
        check_frames(frame_length, frame_step)
        self.frame_length = frame_length
        self.frame_step = frame_step

    @property
    def input_shape(self) -> Shape:
        """Shape of the inputs of a network, `(batch, frames, bins, 2)`."""
        return (None, None, self.frame_length // 2 + 1, 2)

    def encode(self, waveforms: Tensor) -> Tensor:
        """Transforms `(..., samples)` to spectrograms `(..., frames, bins, 2)`."""
        return stft(waveforms, self.frame_length, self.frame_step)

    def decode(self, estimates: Tensor, samples: int | Tensor) -> Tensor:
        """Transforms spectrograms back to waveforms `(..., samples)`."""
        return istft(estimates, samples, self.frame_length, self.frame_step)

    def references(self, sources: Tensor, lengths: Tensor) -> Tensor:
        """Returns what a loss in this domain compares estimates with.

        The first `1 + ceil(length / frame_step)` frames are valid, as many as the
        waveform has without its padding.

        Args:
            sources: `(batch, speakers, samples)`.
            lengths: Valid samples of each example `(batch,)`; padding follows.

        Returns:
            `(batch, speakers, frames, bins, 3)`, last axis `[real, imag, mask]`.
        """
        spectrograms = self.encode(sources)
        frames = 1 - ops.floor_divide(-lengths, self.frame_step)
        mask = _first(frames, ops.shape(spectrograms)[-3])[:, None, :, None, None]
        mask = ops.where(mask, ops.ones_like(spectrograms[..., :1]), 0.0)
        return ops.concatenate([spectrograms, mask], axis=-1)

    def check(self, shape: Shape) -> None:
        """Raises ValueError unless a network takes inputs of this domain."""
        bins = self.input_shape[-2]
        if len(shape) != 4 or shape[-2] not in (None, bins) or shape[-1] != 2:
            raise ValueError(
                "`network` must take spectrograms (batch, frames, bins, 2) with "
                f"{bins} bins for frame_length={self.frame_length}. "
                f"Received: network.input_shape={shape}. Pass frame_length=0 for a "
                "network of waveforms."
            )


Domain: TypeAlias = WaveformDomain | SpectrogramDomain


def make_domain(frame_length: int, frame_step: int) -> Domain:
    """Returns the domain of an STFT, or that of waveforms for `frame_length` 0."""
    if not frame_length:
        return WaveformDomain()
    return SpectrogramDomain(frame_length, frame_step)


def _first(counts: Tensor, size: int | Tensor) -> Tensor:
    """Returns booleans `(batch, size)`, true for the first `counts` of each row."""
    return ops.arange(size, dtype="int32") < ops.cast(counts, "int32")[:, None]
