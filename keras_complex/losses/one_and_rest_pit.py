"""One-and-rest permutation invariant training (OR-PIT)."""

import functools

import keras
from keras import ops

from keras_complex.losses.masking import join_reference, split_reference, widen
from keras_complex.losses.si_sdr import SILENCE
from keras_complex.losses.speaker_pairs import speaker_losses
from keras_complex.losses.wrapped_loss import WrappedLoss
from keras_complex.types import Tensor


# New files have the name of the class, older ones the other.
@keras.saving.register_keras_serializable(package="keras_complex")
@keras.saving.register_keras_serializable(package="keras_complex", name="OneAndRest")
class OneAndRestPIT(WrappedLoss):
    """Loss of one speaker and the rest, for the speaker that suits best.

        loss(y, x) = min_i loss(y_i, x_1) + loss(sum_(j != i) y_j, x_2) / (N - 1)

    over the `N` speakers of the example, in the unit of `loss`, lower is better.
    The network splits a mixture into one speaker and the sum of the others, and
    is applied to that sum again, until nothing is left: one network for any
    number of speakers.

    Speakers of an energy below 1e-12 are absent: they count neither in `N` nor as
    the one, so that examples of different `N` share a batch, filled with silence.
    Of a single speaker the rest is silence, which has weight 1; take a `loss`
    that asks for silence there, such as `L2Loss`.

    Args:
        loss: Loss of one signal, whose `call` returns one value per example. Its
            own reduction is not used.
        **kwargs: Arguments of `keras.losses.Loss`: `reduction`, `name`, `dtype`.

    Raises:
        ValueError: If there are not two estimates.

    Input shape:
        `y_pred`: `(batch, 2, ...)`, one and rest, with what `loss` expects of an
        estimate, for instance `(batch, 2, samples)`. `y_true`:
        `(batch, speakers, ...)`, or with the mask that `loss` takes.

    Output shape:
        `(batch,)` before the reduction.

    Example:

    >>> from keras_complex.losses import CosineLoss
    >>> sources = keras.random.normal((1, 3, 8000))
    >>> one, rest = sources[:, 1], sources[:, 0] + sources[:, 2]
    >>> y_pred = keras.ops.stack([one, rest], axis=1)
    >>> round(float(OneAndRestPIT(CosineLoss())(sources, y_pred)), 4)
    -1.5

    Reference:

    - [Takahashi et al., 2019, Recursive speech separation for unknown number of
      speakers](https://arxiv.org/abs/1904.03065), Equation 3
    """

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        costs, is_present = self._costs(y_true, y_pred)
        # Without anybody the first one is as good as any.
        is_allowed = ops.logical_or(
            is_present, ops.logical_not(ops.any(is_present, axis=-1, keepdims=True))
        )
        candidates = ops.where(is_allowed, costs, ops.full_like(costs, float("inf")))
        best = ops.argmin(ops.stop_gradient(candidates), axis=-1, keepdims=True)
        return ops.squeeze(ops.take_along_axis(costs, best, axis=-1), -1)

    def _costs(self, y_true: Tensor, y_pred: Tensor) -> tuple[Tensor, Tensor]:
        """Returns costs `(batch, speakers)` of each as the one, and who is present."""
        y_true, y_pred = widen(y_true), widen(y_pred)
        speakers = _count_speakers(tuple(y_true.shape), tuple(y_pred.shape))
        target, mask = split_reference(y_true, y_pred)
        axes = tuple(range(2, len(target.shape)))
        is_present = ops.sum(ops.square(target), axis=axes) > SILENCE
        count = ops.sum(ops.cast(is_present, y_pred.dtype), axis=-1, keepdims=True)
        rest = _sums_of_others(target, speakers)
        rest_mask = None
        if mask is not None:
            rest_mask = ops.max(mask, axis=1, keepdims=True) * ops.ones_like(mask)
        references = ops.concatenate(
            [
                join_reference(target, mask, y_true),
                join_reference(rest, rest_mask, y_true),
            ],
            axis=1,
        )
        estimates = ops.repeat(y_pred, speakers, axis=1)
        losses = speaker_losses(self.loss, references, estimates)
        weight = 1 / ops.maximum(count - 1, 1.0)
        return losses[:, :speakers] + weight * losses[:, speakers:], is_present


def _sums_of_others(x: Tensor, speakers: int) -> Tensor:
    """Sums all speakers but one, for each one."""
    # Not the difference to the sum of all, in which weak speakers cancel.
    parts = [x[:, s : s + 1] for s in range(speakers)]
    sums = [
        functools.reduce(ops.add, parts[:s] + parts[s + 1 :], ops.zeros_like(parts[s]))
        for s in range(speakers)
    ]
    return ops.concatenate(sums, axis=1)


def _count_speakers(true: tuple[int | None, ...], pred: tuple[int | None, ...]) -> int:
    """Returns the number of references, or raises ValueError."""
    if len(true) < 3 or len(pred) < 3 or pred[1] != 2 or true[1] is None:
        raise ValueError(
            "`y_pred` must have the shape (batch, 2, ...), one and rest, and `y_true` "
            "(batch, speakers, ...) with a known number of speakers. Received: "
            f"shapes y_true={true}, y_pred={pred}."
        )
    return true[1]
