"""Cosines of sources and of what they leave over, weighted by energy."""

import keras
from keras import ops

from keras_complex.losses.cosine import negative_cosine
from keras_complex.losses.masking import (
    join_reference,
    split_mask,
    split_reference,
    sum_per_example,
    widen,
)
from keras_complex.losses.si_sdr import SILENCE
from keras_complex.types import Tensor


@keras.saving.register_keras_serializable(package="keras_complex")
class WeightedSDRLoss(keras.losses.Loss):
    """Weighted signal-to-distortion loss of waveforms and of the rest.

    With the mixture `m`, the sum of all sources in `y_true`, a reference `y` with
    the estimate `x`, and what they leave over, `z = m - y` and `w = m - x`,

        loss = -a cos(x, y) - (1 - a) cos(w, z),
        a = ||y||^2 / (||y||^2 + ||z||^2)

    averaged over the sources that are estimated. Without unit, in [-1, 1], lower
    is better. The second term watches the noise, so that the loss does not
    ignore examples without speech, and the scale of the estimate counts.

    The mixture rides in `y_true`: for speech enhancement it holds speech and
    noise, and `y_pred` speech alone. Sources are given in order; within a batch
    nothing is assigned.

    Args:
        **kwargs: Arguments of `keras.losses.Loss`: `reduction`, `name`, `dtype`.

    Raises:
        ValueError: If the shapes do not agree, or if there are more estimates
            than sources.

    Input shape:
        `y_pred`: `(batch, estimates, samples)`, those of the first sources.
        `y_true`: `(batch, sources, samples)`, or with a mask
        `(batch, sources, samples, 2)`, last axis `[signal, mask]`.

    Output shape:
        `(batch,)` before the reduction.

    Example:

    >>> speech_and_noise = keras.random.normal((1, 2, 8000))
    >>> speech = speech_and_noise[:, :1]
    >>> round(float(WeightedSDRLoss()(speech_and_noise, speech)), 4)
    -1.0

    Reference:

    - [Choi et al., 2019, Phase-aware speech enhancement with deep complex U-Net](
      https://arxiv.org/abs/1903.03107), Equation 6
    """

    domain = "waveform"

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        y_true, y_pred = widen(y_true), widen(y_pred)
        estimates = _count_estimates(tuple(y_true.shape), tuple(y_pred.shape))
        sources, mask = split_reference(y_true, y_pred)
        references = sources[:, :estimates]
        if mask is not None:
            mask = mask[:, :estimates]
        references = join_reference(references, mask, y_true)
        target, estimate, _ = split_mask(references, y_pred)
        mixture = ops.sum(sources, axis=1, keepdims=True)
        if mask is not None:
            mixture = mixture * mask
        pairs = [target, estimate, mixture - target, mixture - estimate]
        target, estimate, rest, noise = (_merge(x) for x in pairs)
        energy = sum_per_example(ops.square(target))
        total = energy + sum_per_example(ops.square(rest))
        share = energy / ops.maximum(total, SILENCE)
        loss = share * negative_cosine(target, estimate)
        loss = loss + (1 - share) * negative_cosine(rest, noise)
        return ops.mean(ops.reshape(loss, (-1, estimates)), axis=-1)


def _merge(x: Tensor) -> Tensor:
    return ops.reshape(x, (-1, ops.shape(x)[-1]))


def _count_estimates(true: tuple[int | None, ...], pred: tuple[int | None, ...]) -> int:
    """Returns the number of estimates, or raises ValueError."""
    if len(true) < 3 or len(pred) != 3 or true[1] is None or pred[1] is None:
        raise ValueError(
            "`y_true` and `y_pred` must have the shapes (batch, sources, samples) "
            "and (batch, estimates, samples) with known numbers of both. Received: "
            f"shapes y_true={true}, y_pred={pred}."
        )
    if pred[1] > true[1]:
        raise ValueError(
            "`y_true` must have a source for each estimate, and the noise. Received: "
            f"{pred[1]} estimates for {true[1]} sources."
        )
    return pred[1]
