"""Masks that are computed from the sources: ceilings of what masks can reach."""

import functools
from collections.abc import Callable, Iterable, Iterator
from typing import Any, ClassVar

import numpy as np
from keras import ops

from keras_complex.ops import (
    check_frames,
    istft,
    join_parts,
    multiply,
    split_parts,
    stft,
)
from keras_complex.types import Tensor
from zoo.models.checks import check_choice
from zoo.models.network import Paper

# The least scale that a spectrum is divided by: its inverse stays in float32.
_TINY = 1e-30


def ideal_binary_mask(mixture: Tensor, sources: Tensor) -> Tensor:
    """Computes 1 where a source is the loudest and 0 elsewhere (IBM).

    Of sources that are equally loud, as in silence, the first has the bin.

    Args:
        mixture: Spectrograms `(batch, frames, bins, 2)`, last axis `[real, imag]`.
            Not used here; all masks have the same arguments.
        sources: `(batch, speakers, frames, bins, 2)`.

    Returns:
        Real masks `(batch, speakers, frames, bins, 1)`, of sum 1 over the speakers.

    Reference:

    - [Wang, 2005, On ideal binary mask as the computational goal of auditory scene
      analysis](https://doi.org/10.1007/0-387-22794-6_12)
    """
    sources = ops.convert_to_tensor(sources)
    loudest = ops.argmax(magnitude(sources), axis=1)
    mask = ops.one_hot(loudest[..., 0], sources.shape[1], axis=1, dtype=sources.dtype)
    return ops.expand_dims(mask, -1)


def ideal_ratio_mask(mixture: Tensor, sources: Tensor, exponent: float = 1.0) -> Tensor:
    """Computes the share of each source in the sum of magnitudes (IRM).

        M_i = |S_i|^p / sum_j |S_j|^p

    which is 0 where all sources are.

    Args:
        mixture: As in `ideal_binary_mask`, not used.
        sources: `(batch, speakers, frames, bins, 2)`.
        exponent: `p`, positive. `wiener_like_mask` has 2.

    Returns:
        Real masks `(batch, speakers, frames, bins, 1)` in [0, 1].

    Raises:
        ValueError: If `exponent` is not positive.

    Reference:

    - [Erdogan et al., 2015, Phase-sensitive and recognition-boosted speech
      separation using deep recurrent neural networks](
      https://doi.org/10.1109/ICASSP.2015.7178061)
    """
    if not exponent > 0:
        raise ValueError(f"`exponent` must be positive. Received: exponent={exponent}.")
    magnitudes = magnitude(sources)
    # By the loudest first, which cancels, so that no power leaves float32.
    largest = ops.stop_gradient(ops.max(magnitudes, axis=1, keepdims=True))
    powers = ops.power(magnitudes / ops.maximum(largest, _TINY), exponent)
    total = ops.sum(powers, axis=1, keepdims=True)
    return powers / ops.where(total > 0, total, ops.ones_like(total))


def wiener_like_mask(mixture: Tensor, sources: Tensor) -> Tensor:
    """Computes the share of each source in the sum of powers (WFM).

        M_i = |S_i|^2 / sum_j |S_j|^2

    Of all masks that depend on magnitudes alone, it has the least squared error for
    sources whose phases are independent. Arguments and results are those of
    `ideal_ratio_mask`, with `exponent=2`.
    """
    return ideal_ratio_mask(mixture, sources, exponent=2.0)


def phase_sensitive_mask(
    mixture: Tensor, sources: Tensor, limits: tuple[float, float] | None = (0.0, 1.0)
) -> Tensor:
    """Computes the real mask of least squared error (PSM).

        M_i = Re(S_i / X) = |S_i| / |X| cos(theta_i - theta_X)

    clipped to `limits`. It is 0 where the mixture is.

    Args:
        mixture: Spectrograms `(batch, frames, bins, 2)`, last axis `[real, imag]`.
        sources: `(batch, speakers, frames, bins, 2)`.
        limits: Least and largest value, by default those that a sigmoid reaches;
            clipping leaves the mask the best of all within. `None` for no limits.

    Returns:
        Real masks `(batch, speakers, frames, bins, 1)`.

    Raises:
        ValueError: If the limits are not in order.

    Reference:

    - [Erdogan et al., 2015, Phase-sensitive and recognition-boosted speech
      separation using deep recurrent neural networks](
      https://doi.org/10.1109/ICASSP.2015.7178061)
    """
    if limits is not None and not limits[0] < limits[1]:
        raise ValueError(
            "`limits` must be (least, largest) or None. "
            f"Received: limits={tuple(limits)}."
        )
    real, _ = split_parts(complex_ratio_mask(mixture, sources))
    return real if limits is None else ops.clip(real, *limits)


def complex_ratio_mask(mixture: Tensor, sources: Tensor) -> Tensor:
    """Computes the complex mask that gives the sources back (cRM).

        M_i = S_i / X

    It is 0 where the mixture is, where no mask can help.

    Args:
        mixture: Spectrograms `(batch, frames, bins, 2)`, last axis `[real, imag]`.
        sources: `(batch, speakers, frames, bins, 2)`.

    Returns:
        Packed complex masks `(batch, speakers, frames, bins, 2)`.

    Reference:

    - [Williamson et al., 2016, Complex ratio masking for monaural speech
      separation](https://doi.org/10.1109/TASLP.2015.2512042)
    """
    mixture = ops.expand_dims(ops.convert_to_tensor(mixture), 1)
    scale = ops.max(ops.abs(mixture), axis=-1, keepdims=True)
    is_silent = scale < _TINY
    scale = ops.where(is_silent, ops.ones_like(scale), scale)
    real, imag = split_parts(mixture / scale)
    power = ops.where(is_silent, ops.ones_like(real), real * real + imag * imag)
    inverse = join_parts(real / power, -imag / power)
    masks = multiply(ops.convert_to_tensor(sources) / scale, inverse)
    return ops.where(is_silent, ops.zeros_like(masks), masks)


def apply_masks(masks: Tensor, mixture: Tensor) -> Tensor:
    """Multiplies a mixture by real or complex masks.

    Args:
        masks: `(batch, speakers, frames, bins, 1)` if real, or packed
            `(batch, speakers, frames, bins, 2)`.
        mixture: Spectrograms `(batch, frames, bins, 2)`.

    Returns:
        Estimates `(batch, speakers, frames, bins, 2)`.
    """
    masks = ops.convert_to_tensor(masks)
    mixture = ops.expand_dims(ops.convert_to_tensor(mixture), 1)
    return mixture * masks if masks.shape[-1] == 1 else multiply(masks, mixture)


def magnitude(x: Tensor) -> Tensor:
    """Computes `|x|`, exact for the weakest and the loudest values of float32.

    Args:
        x: Packed spectrograms `(..., 2)`.

    Returns:
        Magnitudes `(..., 1)`, with gradient 0 at silence.
    """
    real, imag = split_parts(x)
    scale = ops.stop_gradient(ops.maximum(ops.abs(real), ops.abs(imag)))
    divisor = ops.maximum(scale, _TINY)
    power = ops.square(real / divisor) + ops.square(imag / divisor)
    # It lies in [1, 2], or is 0 at silence, where the root has no gradient.
    return scale * ops.sqrt(ops.maximum(power, 0.5))


ORACLE_MASKS: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "ibm": ideal_binary_mask,
    "irm": ideal_ratio_mask,
    "wfm": wiener_like_mask,
    "psm": functools.partial(phase_sensitive_mask, limits=None),
    "truncated_psm": phase_sensitive_mask,
    "crm": complex_ratio_mask,
}


class OracleSeparator:
    """Separates waveforms with masks computed from the sources themselves.

    Its scores are the ceiling of all systems with such a mask and transform. Give it
    the sources by `follow`, and it takes the place of a `zoo.Separator` in
    `zoo.evaluate.evaluate`:

        oracle = OracleSeparator("psm")
        report = evaluate(oracle, oracle.follow(MixtureFolder(folder)))

    Args:
        mask: A key of `ORACLE_MASKS`.
        frame_length: Length of the window of the STFT, in samples. The defaults are
            32 ms and 8 ms at 8 kHz, as published tables have them.
        frame_step: Distance of two frames, in samples.

    Raises:
        ValueError: If there is no such mask, or if the frames cannot be inverted.

    Example:

    >>> sources = np.random.default_rng(0).normal(size=(2, 4000))
    >>> estimates = OracleSeparator("crm").separate_known(sources.sum(0), sources)
    >>> bool(np.allclose(estimates, sources, atol=1e-3))
    True

    Reference:

    - [Luo & Mesgarani, 2019, Conv-TasNet: Surpassing ideal time-frequency magnitude
      masking for speech separation](https://arxiv.org/abs/1809.07454)
    """

    paper: ClassVar[Paper] = {
        "title": "Luo & Mesgarani, 2019",
        "link": "https://arxiv.org/abs/1809.07454",
    }

    def __init__(
        self, mask: str, frame_length: int = 256, frame_step: int = 64
    ) -> None:
        check_choice(ORACLE_MASKS, mask=mask)
        check_frames(frame_length, frame_step)
        self.mask = mask
        self.frame_length = frame_length
        self.frame_step = frame_step
        self._sources: np.ndarray | None = None

    def follow(self, examples: Iterable[Any]) -> Iterator[Any]:
        """Hands examples on, and knows the sources of the last for `separate`."""
        for example in examples:
            self._sources = example.sources
            yield example
        self._sources = None

    def separate(self, waveform: np.ndarray, sample_rate: float) -> np.ndarray:
        """Separates the mixture of the example that `follow` gave last.

        Args:
            waveform: Mixture `(samples,)`.
            sample_rate: Not used: frames are given in samples.

        Returns:
            Estimates `(speakers, samples)`, float32.

        Raises:
            ValueError: If the sources are not known, or of another length.
        """
        if self._sources is None or self._sources.shape[1:] != np.shape(waveform):
            shape = None if self._sources is None else self._sources.shape
            raise ValueError(
                "An oracle must know the sources of the mixture. Received: mixture of "
                f"shape={np.shape(waveform)}, sources of shape={shape}. Pass the "
                "examples through `follow`, one at a time."
            )
        return self.separate_known(waveform, self._sources)

    def separate_known(self, mixture: np.ndarray, sources: np.ndarray) -> np.ndarray:
        """Separates a mixture of known sources.

        Args:
            mixture: `(samples,)`.
            sources: `(speakers, samples)`.

        Returns:
            Estimates `(speakers, samples)`, float32.
        """
        frames = self.frame_length, self.frame_step
        spectrogram, *parts = (
            stft(np.asarray(x, "float32"), *frames)
            for x in (np.asarray(mixture)[np.newaxis], np.asarray(sources)[np.newaxis])
        )
        masks = ORACLE_MASKS[self.mask](spectrogram, parts[0])
        estimates = istft(
            apply_masks(masks, spectrogram), np.shape(mixture)[-1], *frames
        )
        return ops.convert_to_numpy(estimates)[0]
