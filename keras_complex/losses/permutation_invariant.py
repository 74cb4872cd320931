"""Permutation invariant training."""

import itertools
from typing import Any

import keras
import numpy as np
from keras import ops

from keras_complex.losses.nesting import get_loss
from keras_complex.types import Tensor

# All permutations are tried: 120 for 5 speakers, 720 for 6.
MAX_SPEAKERS = 5


@keras.saving.register_keras_serializable(package="keras_complex")
class PermutationInvariant(keras.losses.Loss):
    """Loss under the best assignment of estimates to speakers.

        PIT(y, x) = min_pi 1 / S sum_s loss(y_s, x_pi(s))

    over the permutations `pi` of the `S` speakers, in the unit of `loss`, lower
    is better. The losses of all `S^2` pairs are computed in one call. The
    gradient flows through the best permutation only; of equal ones the first in
    lexicographic order is taken, hence the identity for estimates that agree.

    Args:
        loss: Loss of one speaker, whose `call` returns one value per example.
            Its own reduction is not used.
        assignment: `"utterance"` finds the best permutation for each example
            (Yu et al., 2017). `"batch"` treats the batch as one long example, as
            the published runs do: one permutation for all, norms over the whole
            batch, so that loud examples dominate. Its one value is repeated for
            each example, which leaves the mean over the batch as it is. The
            published values are sums over speakers, `S` times ours.
        **kwargs: Arguments of `keras.losses.Loss`: `reduction`, `name`, `dtype`.

    Raises:
        ValueError: If an argument is out of range, or if the speakers differ in
            number or are more than 5.

    Input shape:
        `y_pred`: `(batch, speakers, ...)` with what `loss` expects of an
        estimate, for instance `(batch, speakers, frames, bins, 2)`.
        `y_true`: the same, or with the mask that `loss` takes.

    Output shape:
        `(batch,)` before the reduction.

    Example:

    >>> from keras_complex.losses import CosineLoss
    >>> sources = keras.random.normal((1, 2, 8000))
    >>> loss = PermutationInvariant(CosineLoss())
    >>> round(float(loss(sources, keras.ops.flip(sources, axis=1))), 4)
    -1.0

    Reference:

    - [Yu et al., 2017, Permutation invariant training of deep models for
      speaker-independent multi-talker speech separation](
      https://arxiv.org/abs/1607.00325)
    """

    def __init__(
        self, loss: keras.losses.Loss, assignment: str = "utterance", **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        if assignment not in ("utterance", "batch"):
            raise ValueError(
                '`assignment` must be "utterance" or "batch". '
                f"Received: assignment={assignment!r}."
            )
        self.loss = get_loss(loss)
        self.assignment = assignment

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        costs, _ = self._permutation_costs(y_true, y_pred)
        best = ops.expand_dims(_argmin(costs), -1)
        return ops.squeeze(ops.take_along_axis(costs, best, axis=-1), -1)

    def assign(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        """Finds the best permutation.

        Args:
            y_true: References, as in a call.
            y_pred: Estimates, as in a call.

        Returns:
            Integers `(batch, speakers)`: entry `s` is the index of the estimate of
            reference `s`.

        Example:

        >>> from keras_complex.losses import CosineLoss
        >>> sources = keras.random.normal((1, 2, 8000))
        >>> loss = PermutationInvariant(CosineLoss())
        >>> np.array(loss.assign(sources, ops.flip(sources, axis=1))).tolist()
        [[1, 0]]
        """
        costs, permutations = self._permutation_costs(y_true, y_pred)
        return ops.take(permutations, _argmin(costs), axis=0)

    def reorder(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        """Brings estimates into the order of their references.

        Args:
            y_true: References, as in a call.
            y_pred: Estimates `(batch, speakers, ...)`, as in a call.

        Returns:
            `y_pred`, permuted along the speakers.
        """
        y_pred = ops.convert_to_tensor(y_pred)
        order = self.assign(y_true, y_pred)
        speakers = order.shape[-1]
        order = ops.reshape(order, (-1, speakers) + (1,) * (len(y_pred.shape) - 2))
        return ops.take_along_axis(y_pred, order, axis=1)

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "loss": keras.saving.serialize_keras_object(self.loss),
            "assignment": self.assignment,
        }

    def _permutation_costs(self, y_true: Tensor, y_pred: Tensor) -> tuple[Tensor, Any]:
        """Returns mean losses `(batch, permutations)` and the permutations."""
        y_true, y_pred = ops.convert_to_tensor(y_true), ops.convert_to_tensor(y_pred)
        speakers = _count_speakers(tuple(y_true.shape), tuple(y_pred.shape))
        permutations = np.array(list(itertools.permutations(range(speakers))), "int32")
        # Pair `s * speakers + e` is that of reference `s` and estimate `e`.
        references = ops.repeat(y_true, speakers, axis=1)
        estimates = ops.concatenate([y_pred] * speakers, axis=1)
        pairs = self._pair_losses(references, estimates, speakers**2)
        chosen = permutations + speakers * np.arange(speakers, dtype="int32")
        # Sums rather than a matrix product, which accelerators round to 10 bits.
        costs = ops.mean(ops.take(pairs, chosen, axis=-1), axis=-1)
        return costs, permutations

    def _pair_losses(self, y_true: Tensor, y_pred: Tensor, pairs: int) -> Tensor:
        """Reduces `(batch, pairs, ...)` to `(batch, pairs)`."""
        if self.assignment == "batch":
            batch = ops.shape(y_pred)[0]
            losses = self.loss.call(_swap(y_true), _swap(y_pred))
            return ops.tile(ops.expand_dims(losses, 0), (batch, 1))
        return ops.reshape(self.loss.call(_merge(y_true), _merge(y_pred)), (-1, pairs))


def _argmin(costs: Tensor) -> Tensor:
    return ops.argmin(ops.stop_gradient(costs), axis=-1)


def _swap(x: Tensor) -> Tensor:
    return ops.swapaxes(x, 0, 1)


def _merge(x: Tensor) -> Tensor:
    return ops.reshape(x, (-1, *ops.shape(x)[2:]))


def _count_speakers(true: tuple[int | None, ...], pred: tuple[int | None, ...]) -> int:
    """Returns the number of speakers, or raises ValueError."""
    if len(true) < 3 or len(pred) < 3 or true[1] != pred[1] or true[1] is None:
        raise ValueError(
            "`y_true` and `y_pred` must have the shape (batch, speakers, ...) with "
            "the same, known number of speakers. Received: shapes "
            f"y_true={true}, y_pred={pred}."
        )
    if true[1] > MAX_SPEAKERS:
        raise ValueError(
            f"All permutations of at most {MAX_SPEAKERS} speakers must be tried. "
            f"Received: {true[1]} speakers. Separate fewer at a time."
        )
    return true[1]
