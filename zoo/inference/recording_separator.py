"""Separation of recordings, whatever runs the network: rates, chunks, lengths."""

import math
from collections.abc import Callable, Iterable, Iterator

import numpy as np
import tqdm

from zoo.inference.chunking import separate_in_chunks
from zoo.inference.mixture_stream import MixtureStream, fit_length, mono_samples
from zoo.inference.resampling import resampled_blocks

# Samples that `separate` takes at a time.
_BLOCK = 2**16


class RecordingSeparator:
    """Separates recordings of any length and rate; its classes say what runs a chunk.

    Attributes:
        sample_rate: Sample rate of the network, in Hz.
        num_speakers: Number of estimates per mixture.
        chunk_seconds: Length of the chunks of a long recording, unless told otherwise.
        overlap_seconds: Overlap of two chunks, unless told otherwise.
    """

    sample_rate: int
    chunk_seconds: float = 30.0
    overlap_seconds: float = 5.0

    @property
    def num_speakers(self) -> int:
        raise NotImplementedError

    def separate_chunk(self, mixture: np.ndarray) -> np.ndarray:
        """Separates a chunk `(samples,)` at the rate of the network in one piece.

        Args:
            mixture: Float32, no longer than a chunk.

        Returns:
            Estimates, float32 `(speakers, samples)`.
        """
        raise NotImplementedError

    def separate(
        self,
        waveform: np.ndarray,
        sample_rate: float,
        chunk_seconds: float | None = None,
        overlap_seconds: float | None = None,
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
            chunk_seconds: Length of a chunk. Longer chunks need more memory. The
                attribute of this name if `None`.
            overlap_seconds: Overlap of two chunks, at most half a chunk, in which
                their speakers are matched. The attribute of this name if `None`.
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
        if chunk_seconds is None:
            chunk_seconds = self.chunk_seconds
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
        chunk_seconds: float | None = None,
        overlap_seconds: float | None = None,
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

        >>> import zoo
        >>> spectrogram = keras.Input((None, 129, 2))
        >>> estimates = keras.layers.Reshape((1, -1, 129, 2))(spectrogram)
        >>> separator = zoo.Separator(keras.Model(spectrogram, estimates), 8000)
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
        if chunk_seconds is None:
            chunk_seconds = self.chunk_seconds
        if overlap_seconds is None:
            overlap_seconds = self.overlap_seconds
        mixture = MixtureStream(blocks, keep=mixture_consistency)
        estimates = separate_in_chunks(
            self.separate_chunk,
            resampled_blocks(mixture, sample_rate, self.sample_rate),
            round(chunk_seconds * self.sample_rate),
            round(overlap_seconds * self.sample_rate),
            self.sample_rate,
            lambda samples: progress and progress(samples / self.sample_rate),
        )
        estimates = resampled_blocks(_pieces(estimates), self.sample_rate, sample_rate)
        estimates = fit_length(estimates, mixture)
        return _consistent(estimates, mixture) if mixture_consistency else estimates


def _pieces(blocks: Iterable[np.ndarray]) -> Iterator[np.ndarray]:
    """Cuts estimates of a whole chunk, of which all that follows makes copies."""
    for block in blocks:
        for start in range(0, block.shape[1], _BLOCK):
            yield block[:, start : start + _BLOCK]


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
