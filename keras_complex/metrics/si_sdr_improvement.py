"""Improvement of the scale-invariant signal-to-distortion ratio."""

from typing import Any

import keras
from keras import ops

from keras_complex.metrics.mean_over_examples import MeanOverExamples
from keras_complex.metrics.si_sdr import si_sdr_of_speakers
from keras_complex.metrics.speakers import add_speaker_axis
from keras_complex.types import Tensor


@keras.saving.register_keras_serializable(package="keras_complex")
class SISDRImprovement(MeanOverExamples):
    """Improvement of SI-SDR over the mixture, taken as the estimate of everyone.

        SI-SDRi = SI-SDR(y_s, x_s) - SI-SDR(y_s, mixture)

    for the reference `y_s` and the estimate `x_s` of speaker `s`. In dB, higher is
    better: `mode="max"` in callbacks. Means, silence and limits are those of
    `SISDR`.

    Args:
        mixture: `"sum"` takes the sum of the references. `"last"` takes the last
            of the references, which has no estimate: so noise and reverberation
            that no reference holds are in the mixture.
        zero_mean: Whether to subtract the mean of the valid samples first, as the
            definition asks.
        permutation_invariant: Whether the estimates of several speakers may come
            in any order, as in `SISDR`.
        name: Name of the result.
        dtype: As in `keras.metrics.Metric`; the computation is in float32.

    Raises:
        ValueError: If an argument is out of range, if the shapes do not agree, or
            if the mixture is the sum of a single reference.

    Input shape:
        `y_pred`: `(batch, speakers, samples)`, or `(batch, samples)` for one
        speaker. `y_true`: `(batch, speakers, samples)`, or `(batch, speakers + 1,
        samples)` with `mixture="last"`; or with a mask on one more axis `[signal,
        mask]`. `sample_weight`: `(batch,)`.

    Example:

    >>> rng = np.random.default_rng(0)
    >>> clean, noise = rng.normal(size=(2, 1, 8000))
    >>> metric = SISDRImprovement(mixture="last")
    >>> y_true = np.stack([clean, clean + noise], axis=1)
    >>> metric.update_state(y_true, clean + 0.1 * noise)
    >>> round(float(metric.result()))
    20

    Reference:

    - [Le Roux et al., 2019, SDR - half-baked or well done?](
      https://arxiv.org/abs/1811.02508), Equation 3
    """

    argument_names = ("mixture", "zero_mean", "permutation_invariant")

    def __init__(
        self,
        mixture: str = "sum",
        zero_mean: bool = True,
        permutation_invariant: bool = True,
        name: str = "si_sdr_improvement",
        dtype: Any = None,
    ) -> None:
        super().__init__(name=name, dtype=dtype)
        if mixture not in ("sum", "last"):
            raise ValueError(
                f'`mixture` must be "sum" or "last". Received: mixture={mixture!r}.'
            )
        self.mixture = mixture
        self.zero_mean = zero_mean
        self.permutation_invariant = permutation_invariant

    def _values(self, y_true: Tensor, y_pred: Tensor) -> tuple[Tensor, Tensor]:
        y_true, mixture, y_pred = self._split_mixture(y_true, y_pred)
        speakers = y_true.shape[1]
        ratios, is_defined = si_sdr_of_speakers(
            y_true, y_pred, self.zero_mean, self.permutation_invariant
        )
        unprocessed, _ = si_sdr_of_speakers(
            y_true, ops.repeat(mixture, speakers, axis=1), self.zero_mean, False
        )
        return ratios - unprocessed, is_defined

    def _split_mixture(
        self, y_true: Tensor, y_pred: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Returns references, mixture `(batch, 1, samples)` and estimates."""
        y_true = ops.convert_to_tensor(y_true, dtype="float32")
        y_pred = ops.convert_to_tensor(y_pred, dtype="float32")
        if self.mixture == "last":
            if len(y_pred.shape) == 2:
                y_pred = ops.expand_dims(y_pred, 1)
            y_true, mixture = y_true[:, :-1], y_true[:, -1:]
        else:
            y_true, y_pred = add_speaker_axis(y_true, y_pred)
            mixture = ops.sum(y_true, axis=1, keepdims=True)
        if y_true.shape[1] == 1 and self.mixture == "sum":
            raise ValueError(
                "The sum of the references is a mixture of two speakers or more. "
                f"Received: shape y_true={tuple(y_true.shape)}. Append the mixture "
                'to the references and pass mixture="last".'
            )
        is_masked = len(mixture.shape) > len(y_pred.shape)
        return y_true, mixture[..., 0] if is_masked else mixture, y_pred
