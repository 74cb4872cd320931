"""Mixture invariant training."""

import functools

import keras
import numpy as np
from keras import ops

from keras_complex.losses.masking import widen
from keras_complex.losses.speaker_pairs import speaker_losses
from keras_complex.losses.wrapped_loss import WrappedLoss
from keras_complex.types import Tensor

# All assignments are tried: 256 for 8 sources, as in the paper.
MAX_SOURCES = 8


@keras.saving.register_keras_serializable(package="keras_complex")
class MixIT(WrappedLoss):
    """Loss of two mixtures under the best assignment of sources to them.

    With the mixtures `y_1` and `y_2`, the sources `x` that the network estimates
    from `y_1 + y_2`, and the subsets `A` of the sources,

        MixIT(y, x) = min_A 1 / 2 (loss(y_1, sum_(s in A) x_s)
                                   + loss(y_2, sum_(s not in A) x_s))

    in the unit of `loss`, lower is better; the published values are sums, twice
    ours. It needs no separated sources, and so trains on recordings. All `2^M`
    assignments of `M` sources are tried without gradient, which then flows
    through the best one alone. For separated references of two sources the value
    is that of `PermutationInvariant`, or lower.

    Args:
        loss: Loss of one mixture, whose `call` returns one value per example. It
            must see the scale, as `NegativeSNR`, the published one, does. Its
            own reduction is not used.
        **kwargs: Arguments of `keras.losses.Loss`: `reduction`, `name`, `dtype`.

    Raises:
        ValueError: If there are not two mixtures, or more than 8 sources.

    Input shape:
        `y_pred`: `(batch, sources, ...)` with what `loss` expects of an
        estimate, for instance `(batch, sources, samples)`.
        `y_true`: `(batch, 2, ...)`, with or without the mask that `loss` takes.

    Output shape:
        `(batch,)` before the reduction.

    Example:

    >>> from keras_complex.losses import NegativeSNR
    >>> sources = keras.random.normal((1, 4, 8000))
    >>> first, second = sources[:, 0] + sources[:, 3], sources[:, 1] + sources[:, 2]
    >>> mixtures = keras.ops.stack([first, second], axis=1)
    >>> round(float(MixIT(NegativeSNR())(mixtures, sources)), 2)
    -30.0

    Reference:

    - [Wisdom et al., 2020, Unsupervised sound separation using mixture invariant
      training](https://arxiv.org/abs/2006.12701), Equation 3
    """

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        y_true, y_pred = widen(y_true), widen(y_pred)
        chosen = ops.cast(self.assign(y_true, y_pred), y_pred.dtype)
        chosen = ops.reshape(
            chosen, (-1, y_pred.shape[1]) + (1,) * (len(y_pred.shape) - 2)
        )
        mixtures = [
            ops.sum((1 - chosen) * y_pred, axis=1),
            ops.sum(chosen * y_pred, axis=1),
        ]
        mixtures = ops.stack(mixtures, axis=1)
        return ops.mean(speaker_losses(self.loss, y_true, mixtures), axis=-1)

    def assign(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        """Finds the best assignment.

        Args:
            y_true: Mixtures, as in a call.
            y_pred: Sources, as in a call.

        Returns:
            Integers `(batch, sources)`: 0 or 1, the mixture of each source.
        """
        y_true, y_pred = widen(y_true), widen(y_pred)
        sources = _count_sources(tuple(y_true.shape), tuple(y_pred.shape))
        y_pred = ops.stop_gradient(y_pred)
        # Entry `a` sums the sources whose bit in `a` is set; the other mixture has
        # those of the opposite bits, entry `2^M - 1 - a`.
        sums = functools.reduce(
            lambda total, s: ops.concatenate(
                [total, total + y_pred[:, s : s + 1]], axis=1
            ),
            range(sources),
            ops.zeros_like(y_pred[:, :1]),
        )
        mixtures = ops.concatenate([ops.flip(sums, axis=1), sums], axis=1)
        references = ops.repeat(y_true, 2**sources, axis=1)
        losses = speaker_losses(self.loss, references, mixtures)
        costs = ops.sum(ops.reshape(losses, (-1, 2, 2**sources)), axis=1)
        bits = np.arange(2**sources)[:, None] >> np.arange(sources) & 1
        best = ops.argmin(ops.stop_gradient(costs), axis=-1)
        return ops.take(bits.astype("int32"), best, axis=0)


def _count_sources(true: tuple[int | None, ...], pred: tuple[int | None, ...]) -> int:
    """Returns the number of sources, or raises ValueError."""
    if len(true) < 3 or len(pred) < 3 or true[1] != 2 or pred[1] is None:
        raise ValueError(
            "`y_true` must have the shape (batch, 2, ...), with two mixtures, and "
            "`y_pred` (batch, sources, ...) with a known number of sources. "
            f"Received: shapes y_true={true}, y_pred={pred}."
        )
    if pred[1] > MAX_SOURCES:
        raise ValueError(
            f"All assignments of at most {MAX_SOURCES} sources can be tried. "
            f"Received: {pred[1]} sources. Estimate fewer."
        )
    return pred[1]
