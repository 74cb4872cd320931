"""Distance of affinities of embeddings to those of ideal assignments."""

from typing import Any

import keras
from keras import ops

from keras_complex.losses.masking import widen
from keras_complex.ops import squared_magnitude
from keras_complex.types import Tensor
from zoo.models.checks import check_choice, check_floor
from zoo.models.k_means import active_bins
from zoo.models.oracle_masks import ideal_binary_mask

WEIGHTS = ("active", "magnitude")


@keras.saving.register_keras_serializable(package="zoo")
class DeepClusteringLoss(keras.losses.Loss):
    """Squared distance of the affinities of bins to the ideal ones.

    With the embeddings `V`, the ideal assignments `Y`, 1 for the loudest source of a
    bin, and the weights `w` of bins, of sum 1,

        loss = sum_mn w_m w_n (v_m . v_n - y_m . y_n)^2
             = |V'WV|^2 - 2 |V'WY|^2 + |Y'WY|^2

    with `W = diag(w)`, in the second form without the matrix of all pairs. For
    embeddings of unit norm it lies in [0, 4], lower is better. It does not depend on
    the order of the speakers, nor on their number.

    Assignments and weights come from the references; the mixture is their sum.
    Padded frames weigh nothing.

    Args:
        weights: `"active"` for equal weights of the bins that are not silent, as in
            the paper; `"magnitude"` for their magnitudes (Wang et al., 2018).
        floor_db: Level below which a bin of the mixture is silent, in dB of the
            loudest bin of the example.
        **kwargs: Arguments of `keras.losses.Loss`: `reduction`, `name`, `dtype`.

    Raises:
        ValueError: If an argument is out of range, or if the shapes do not agree.

    Input shape:
        `y_pred`: embeddings `(batch, frames, bins, dimensions)`. `y_true`: sources
        `(batch, speakers, frames, bins, 2)`, or with a mask of valid frames
        `(batch, speakers, frames, bins, 3)`.

    Output shape:
        `(batch,)` before the reduction; 0 for silence.

    Example:

    >>> sources = np.eye(2)[:, None, :, None] * np.ones((1, 2, 1, 2, 2))
    >>> embeddings = np.eye(2)[None, None, ::-1]
    >>> float(DeepClusteringLoss()(sources, embeddings))
    0.0

    Reference:

    - [Hershey et al., 2016, Deep clustering: Discriminative embeddings for
      segmentation and separation](https://arxiv.org/abs/1508.04306)
    - [Wang et al., 2018, Alternative objective functions for deep clustering](
      https://doi.org/10.1109/ICASSP.2018.8462507), on weights
    """

    domain = "heads"

    def __init__(
        self, weights: str = "active", floor_db: float = -40.0, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        check_choice(WEIGHTS, weights=weights)
        check_floor(floor_db)
        self.weights = weights
        self.floor_db = floor_db

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        sources, embeddings, _ = split_sources(y_true, y_pred)
        points = ideal_points(sources, embeddings, self.weights, self.floor_db)
        return affinity_distance(*points)

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "weights": self.weights,
            "floor_db": self.floor_db,
        }


def affinity_distance(
    embeddings: Tensor, assignments: Tensor, weights: Tensor
) -> Tensor:
    """Computes the weighted mean of `(v_m . v_n - y_m . y_n)^2` over all pairs.

    Args:
        embeddings: `(batch, points, dimensions)`.
        assignments: `(batch, points, speakers)`.
        weights: `(batch, points)`, at least 0, the largest 1 unless all are 0.

    Returns:
        Means `(batch,)`; 0 where nothing has weight.
    """
    total = ops.sum(weights, axis=1, keepdims=True)
    weights = ops.expand_dims(weights / ops.maximum(total, 1.0), 1)
    v, y = (ops.transpose(x, (0, 2, 1)) for x in (embeddings, assignments))

    def squares(a: Tensor, b: Tensor) -> Tensor:
        return ops.sum(ops.square(ops.matmul(weights * a, b)), axis=(1, 2))

    return (
        squares(v, embeddings) - 2 * squares(v, assignments) + squares(y, assignments)
    )


def bin_weights(mixture: Tensor, weights: str, floor_db: float) -> Tensor:
    """Weighs the bins of spectrograms `(batch, frames, bins, 2)`, at most by 1."""
    active = ops.cast(active_bins(mixture, floor_db), mixture.dtype)
    if weights == "active":
        return active
    power = squared_magnitude(mixture)[..., 0]
    loudest = ops.max(power, axis=(1, 2), keepdims=True)
    return active * ops.sqrt(power / ops.maximum(loudest, 1e-37))


def ideal_points(
    sources: Tensor, embeddings: Tensor, weights: str, floor_db: float
) -> tuple[Tensor, Tensor, Tensor]:
    """Puts the bins of spectrograms into one row, with their ideal assignments.

    Args:
        sources: `(batch, speakers, frames, bins, 2)`, 0 in the padding, which so
            weighs nothing.
        embeddings: `(batch, frames, bins, dimensions)`.
        weights: One of `WEIGHTS`.
        floor_db: Level below which a bin is silent, in dB of the loudest bin.

    Returns:
        Embeddings `(batch, points, dimensions)`, assignments
        `(batch, points, speakers)` and weights `(batch, points)`.
    """
    mixture = ops.sum(sources, axis=1)
    batch, speakers, frames, bins, _ = ops.shape(sources)
    size = frames * bins
    assignments = ideal_binary_mask(mixture, sources)
    assignments = ops.reshape(assignments, (batch, speakers, size))
    return (
        ops.reshape(embeddings, (batch, size, embeddings.shape[-1])),
        ops.transpose(assignments, (0, 2, 1)),
        ops.reshape(bin_weights(mixture, weights, floor_db), (batch, size)),
    )


def split_sources(y_true: Tensor, y_pred: Tensor) -> tuple[Tensor, Tensor, Any]:
    """Splits the mask of valid frames from sources, and clears the padding.

    Args:
        y_true: Sources `(batch, speakers, frames, bins, 2 or 3)`.
        y_pred: Values of bins `(batch, frames, bins, values)`.

    Returns:
        Sources `(..., 2)` and values, 0 in the padding, and the mask of bins
        `(batch, frames, bins)`, or None.

    Raises:
        ValueError: If the shapes do not agree.
    """
    y_true, y_pred = widen(y_true), widen(y_pred)
    true, pred = tuple(y_true.shape), tuple(y_pred.shape)
    agree = len(true) == 5 and len(pred) == 4 and true[-1] in (2, 3)
    if not agree or any(
        None not in (a, b) and a != b for a, b in zip(true[2:4], pred[1:3], strict=True)
    ):
        raise ValueError(
            "`y_pred` must have the shape (batch, frames, bins, values) and `y_true` "
            "(batch, speakers, frames, bins, 2), or 3 with a mask. Received: shapes "
            f"y_true={true}, y_pred={pred}."
        )
    if true[-1] == 2:
        return y_true, y_pred, None
    valid = y_true[..., 2:] > 0.5
    sources = y_true[..., :2]
    sources = ops.where(valid, sources, ops.zeros_like(sources))
    valid = valid[:, 0]
    values = ops.where(valid, y_pred, ops.zeros_like(y_pred))
    return sources, values, ops.cast(valid[..., 0], y_pred.dtype)
