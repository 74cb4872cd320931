"""Permutation invariant training with soft assignments."""

from typing import Any

import keras
from keras import ops

from keras_complex.losses.speaker_pairs import check_assignment, pair_losses
from keras_complex.losses.wrapped_loss import WrappedLoss
from keras_complex.types import Tensor


@keras.saving.register_keras_serializable(package="keras_complex")
class SinkhornPermutationInvariant(WrappedLoss):
    """Loss under the best soft assignment of estimates to speakers.

    With the losses `C_se` of all pairs of a reference and an estimate and the
    doubly stochastic matrices `P` of `S` speakers,

        SinkPIT(y, x) = min_P 1 / S sum_se P_se (C_se + ln(P_se) / beta)

    in the unit of `loss`, lower is better. The entropy that it subtracts, at most
    `ln(S) / beta`, makes the minimum smooth: from `beta = 0`, the mean over all
    assignments, to infinity, `PermutationInvariant`. Both follow from
    `iterations` of Sinkhorn and Knopp in `S^2` operations each, for any number of
    speakers: `P`, which weighs the pairs in the gradient, and the value, as that
    of the dual problem. So it is a lower bound of the exact loss even before the
    iterations have converged, which takes about as many as the losses of pairs
    differ by in units of `1 / beta`.

    Training starts at a small `beta`, where all estimates learn from all
    references, and anneals it: see `SinkhornAnnealing`. Validate by
    `PermutationInvariant`.

    Shapes are those of `PermutationInvariant`.

    Args:
        loss: Loss of one speaker, whose `call` returns one value per example.
            Its own reduction is not used.
        beta: Inverse temperature, in inverse units of `loss`, positive: pairs
            that differ by `1 / beta` are told apart. 1 suits losses in dB.
        iterations: Normalisations of rows and then of columns. A large `beta`
            needs more.
        assignment: `"utterance"` for an assignment per example, `"batch"` for one
            of the whole batch, as in `PermutationInvariant`.
        **kwargs: Arguments of `keras.losses.Loss`: `reduction`, `name`, `dtype`.

    Attributes:
        inverse_temperature: Variable with the present `beta`.

    Raises:
        ValueError: If an argument is out of range, or if the speakers differ in
            number.

    Example:

    >>> from keras_complex.losses import NegativeSNR
    >>> sources = keras.random.normal((1, 20, 8000))
    >>> loss = SinkhornPermutationInvariant(NegativeSNR())
    >>> round(float(loss(sources, keras.ops.flip(sources, axis=1))), 2)
    -30.0

    Reference:

    - [Tachibana, 2021, Towards listening to 10 people simultaneously: an efficient
      permutation invariant training of audio source separation using Sinkhorn's
      algorithm](https://arxiv.org/abs/2010.11871)
    """

    argument_names = ("beta", "iterations", "assignment")

    def __init__(
        self,
        loss: keras.losses.Loss,
        beta: float = 1.0,
        iterations: int = 100,
        assignment: str = "utterance",
        **kwargs: Any,
    ) -> None:
        super().__init__(loss, **kwargs)
        check_assignment(assignment)
        if beta <= 0:
            raise ValueError(f"`beta` must be positive. Received: beta={beta}.")
        if iterations < 1:
            raise ValueError(
                f"`iterations` must be at least 1. Received: iterations={iterations}."
            )
        self.beta = beta
        self.iterations = iterations
        self.assignment = assignment
        self.inverse_temperature = keras.Variable(
            beta, trainable=False, dtype="float32", name="inverse_temperature"
        )

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        pairs = pair_losses(self.loss, y_true, y_pred, self.assignment)
        beta = ops.stop_gradient(ops.cast(self.inverse_temperature, pairs.dtype))
        weights, bound = self._solve(ops.stop_gradient(pairs), beta)
        # By the envelope theorem the gradient with respect to C is P.
        change = ops.sum(weights * (pairs - ops.stop_gradient(pairs)), axis=-1)
        return bound + ops.mean(change, axis=-1)

    def _solve(self, costs: Tensor, beta: Tensor) -> tuple[Tensor, Tensor]:
        """Returns `P` and the value of the dual problem, `(batch,)`."""

        def normalize(_: Tensor, state: tuple[Tensor, Tensor]) -> tuple[Tensor, Tensor]:
            x, potentials = state
            rows = ops.logsumexp(x, axis=-1, keepdims=True)
            x = x - rows
            columns = ops.logsumexp(x, axis=-2, keepdims=True)
            change = ops.mean(rows, axis=(-2, -1)) + ops.mean(columns, axis=(-2, -1))
            return x - columns, potentials - change

        logarithm, potentials = ops.fori_loop(
            0,
            self.iterations,
            normalize,
            (-beta * costs, ops.zeros_like(costs[:, 0, 0])),
        )
        weights = ops.exp(ops.stop_gradient(logarithm))
        return weights, ops.stop_gradient(potentials) / beta
