"""Permutation invariant training."""

from typing import Any

import keras
from keras import ops

from keras_complex.losses.speaker_pairs import check_assignment, pair_losses
from keras_complex.losses.wrapped_loss import WrappedLoss
from keras_complex.ops.assignment import best_permutation
from keras_complex.types import Tensor


@keras.saving.register_keras_serializable(package="keras_complex")
class PermutationInvariant(WrappedLoss):
    """Loss under the best assignment of estimates to speakers.

        PIT(y, x) = min_pi 1 / S sum_s loss(y_s, x_pi(s))

    over the permutations `pi` of the `S` speakers, in the unit of `loss`, lower
    is better. The losses of all `S^2` pairs are computed in one call, and the
    best permutation is exact, see `keras_complex.ops.best_permutation`. The
    gradient flows through it alone; of equal ones the first in lexicographic
    order is taken, hence the identity for estimates that agree.

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
            number or are more than 12.

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

    argument_names = ("assignment",)

    def __init__(
        self, loss: keras.losses.Loss, assignment: str = "utterance", **kwargs: Any
    ) -> None:
        super().__init__(loss, **kwargs)
        check_assignment(assignment)
        self.assignment = assignment

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        pairs = pair_losses(self.loss, y_true, y_pred, self.assignment)
        order = ops.expand_dims(best_permutation(pairs), -1)
        # Sums rather than a matrix product, which accelerators round to 10 bits.
        return ops.mean(ops.take_along_axis(pairs, order, axis=-1), axis=(-2, -1))

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
        pairs = pair_losses(self.loss, y_true, y_pred, self.assignment)
        return best_permutation(pairs)

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
