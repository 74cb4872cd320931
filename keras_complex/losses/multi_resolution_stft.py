"""Distance of waveforms by magnitude spectra of several resolutions."""

from collections.abc import Sequence
from typing import Any

import keras
from keras import ops

from keras_complex.losses.base import check_weights
from keras_complex.losses.masking import (
    mean_per_example,
    split_mask,
    sum_per_example,
)
from keras_complex.ops.arithmetic import magnitude
from keras_complex.ops.stft import check_frames, stft
from keras_complex.types import Tensor

# A third of one step of 16-bit audio, below which a magnitude has no logarithm.
FLOOR = 1e-5


@keras.saving.register_keras_serializable(package="keras_complex")
class MultiResolutionSTFTLoss(keras.losses.Loss):
    """Spectral convergence and log magnitudes, averaged over resolutions.

    With the magnitudes `X` of the estimate and `Y` of the reference, for each of
    the resolutions,

        convergence = || Y - X || / || Y ||
        log_magnitude = 1 / N sum_k |ln(Y_k) - ln(X_k)|
        loss = mean over resolutions of
            convergence_weight convergence + log_weight log_magnitude

    Without unit and in nepers, at least 0, lower is better. The first term
    watches the peaks, the second weak bins; several resolutions keep the network
    from fitting one window. Blind to the phase of the waveform as a whole.

    A silent reference, of a spectral energy below 1e-12, has no convergence,
    which counts 0; the other term still asks for silence. Magnitudes below 1e-5
    count as 1e-5 in the logarithm.

    Args:
        resolutions: Pairs of `frame_length` and `frame_step` in samples, see
            `keras_complex.ops.stft`. The default suits 16 kHz: 32, 64 and 128 ms.
        convergence_weight: Weight of the convergence, 0 or more.
        log_weight: Weight of the log magnitudes, 0 or more.
        **kwargs: Arguments of `keras.losses.Loss`: `reduction`, `name`, `dtype`.

    Raises:
        ValueError: If an argument is out of range, or if the shapes do not agree.

    Input shape:
        `y_pred`: `(batch, samples)`. `y_true`: the same, or with a mask
        `(batch, samples, 2)`, last axis `[signal, mask]`, valid at the beginning.

    Output shape:
        `(batch,)` before the reduction.

    Example:

    >>> waveform = keras.random.normal((1, 8000))
    >>> loss = MultiResolutionSTFTLoss(((256, 64), (512, 128)), log_weight=0.0)
    >>> round(float(loss(waveform, -0.5 * waveform)), 4)
    0.5

    Reference:

    - [Yamamoto et al., 2020, Parallel WaveGAN](https://arxiv.org/abs/1910.11480),
      Equations 3 to 6
    """

    domain = "waveform"

    def __init__(
        self,
        resolutions: Sequence[tuple[int, int]] = ((512, 128), (1024, 256), (2048, 512)),
        convergence_weight: float = 1.0,
        log_weight: float = 1.0,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if not resolutions:
            raise ValueError(
                "`resolutions` must hold at least one pair of `frame_length` and "
                f"`frame_step`. Received: resolutions={resolutions!r}."
            )
        for frame_length, frame_step in resolutions:
            check_frames(frame_length, frame_step)
        check_weights(convergence_weight=convergence_weight, log_weight=log_weight)
        self.resolutions = resolutions
        self.convergence_weight = convergence_weight
        self.log_weight = log_weight

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        target, estimate, mask = split_mask(y_true, y_pred)
        if len(target.shape) != 2:
            raise ValueError(
                "`y_pred` must have the shape (batch, samples). Received: "
                f"shape={tuple(target.shape)}. Wrap it in `TimeDomainLoss` for "
                "spectrograms, in `PermutationInvariant` for several speakers."
            )
        terms = [
            self._distance(target, estimate, mask, *resolution)
            for resolution in self.resolutions
        ]
        return sum(terms) / len(terms)

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            # As in a file, which knows no tuples.
            "resolutions": [list(resolution) for resolution in self.resolutions],
            "convergence_weight": self.convergence_weight,
            "log_weight": self.log_weight,
        }

    def _distance(
        self,
        target: Tensor,
        estimate: Tensor,
        mask: Tensor | None,
        frame_length: int,
        frame_step: int,
    ) -> Tensor:
        y = stft(target, frame_length, frame_step)
        x = stft(estimate, frame_length, frame_step)
        frame_mask = None
        if mask is not None:
            # The frames that a waveform without the padding would have.
            frame_mask = ops.concatenate([mask[:, :1], mask[:, ::frame_step]], axis=-1)
            frame_mask = ops.expand_dims(ops.expand_dims(frame_mask, -1), -1)
            x, y = x * frame_mask, y * frame_mask
            frame_mask = frame_mask * ops.ones_like(x[..., :1])
        logarithms = ops.log(magnitude(x, FLOOR**2)) - ops.log(magnitude(y, FLOOR**2))
        return self.convergence_weight * _convergence(
            y, x
        ) + self.log_weight * mean_per_example(ops.abs(logarithms), frame_mask)


def _convergence(y: Tensor, x: Tensor) -> Tensor:
    # Squares of magnitudes far below any audio format, but normal in float32.
    difference = magnitude(y, 1e-30) - magnitude(x, 1e-30)
    # The floors below the roots make the gradients at silence 0 and not NaN.
    error = ops.sqrt(ops.maximum(sum_per_example(ops.square(difference)), 1e-30))
    energy = sum_per_example(ops.square(y))
    is_silent = energy < 1e-12
    norm = ops.sqrt(ops.where(is_silent, ops.ones_like(energy), energy))
    return ops.where(is_silent, ops.zeros_like(error), error / norm)
