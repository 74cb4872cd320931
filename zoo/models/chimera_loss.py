"""Loss of a network with a head of embeddings and a head of masks."""

from typing import Any

import keras
from keras import ops

from keras_complex.losses.masking import mean_per_example
from keras_complex.ops import best_permutation
from keras_complex.types import Tensor
from zoo.models.deep_clustering_loss import DeepClusteringLoss, split_sources
from zoo.models.oracle_masks import magnitude, phase_sensitive_mask


@keras.saving.register_keras_serializable(package="zoo")
class ChimeraLoss(keras.losses.Loss):
    """Weighted sum of deep clustering and of phase-sensitive approximation.

    With the mixture `X`, the sources `S_i` and the masks `M_i`,

        loss = a DC + (1 - a) min_pi 1 / (C N) sum_ik |M_pi(i)k |X_k| - T_ik|
        T_i = clip(|S_i| cos(angle(S_i) - angle(X)), 0, limit |X|)

    with `DC` of `DeepClusteringLoss`, over `C` speakers and `N` valid bins, lower is
    better. The first term has no unit, the second that of the signal.

    Targets come from the references; the mixture is their sum.

    Args:
        clustering_weight: `a`, in [0, 1]. The default has the embeddings lead.
        limit: Largest mask worth having: 1 for sigmoids, 2 for a convex softmax.
        weights: As in `DeepClusteringLoss`.
        floor_db: As in `DeepClusteringLoss`.
        **kwargs: Arguments of `keras.losses.Loss`: `reduction`, `name`, `dtype`.

    Raises:
        ValueError: If an argument is out of range, or if the shapes do not agree.

    Input shape:
        `y_pred`: `(batch, frames, bins, dimensions + speakers)`, embeddings before
        masks, as `ChimeraPlusPlus.training_network` gives them. `y_true`: sources
        `(batch, speakers, frames, bins, 2)`, or with a mask of valid frames
        `(batch, speakers, frames, bins, 3)`.

    Output shape:
        `(batch,)` before the reduction.

    Example:

    >>> sources = np.eye(2)[:, None, :, None] * np.ones((1, 2, 1, 2, 2))
    >>> embeddings, masks = np.eye(2)[None, None], np.eye(2)[None, None, ::-1]
    >>> heads = np.concatenate([embeddings, masks], axis=-1)
    >>> abs(round(float(ChimeraLoss()(sources, heads)), 6))
    0.0

    Reference:

    - [Wang et al., 2018, Alternative objective functions for deep clustering](
      https://doi.org/10.1109/ICASSP.2018.8462507)
    """

    domain = "heads"

    def __init__(
        self,
        clustering_weight: float = 0.975,
        limit: float = 1.0,
        weights: str = "active",
        floor_db: float = -40.0,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if not 0 <= clustering_weight <= 1:
            raise ValueError(
                "`clustering_weight` must lie in [0, 1]. "
                f"Received: clustering_weight={clustering_weight}."
            )
        if not limit > 0:
            raise ValueError(f"`limit` must be positive. Received: limit={limit}.")
        self.clustering_weight = clustering_weight
        self.limit = limit
        self.weights = weights
        self.floor_db = floor_db
        self._clustering = DeepClusteringLoss(weights, floor_db)

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        sources, heads, mask = split_sources(y_true, y_pred)
        speakers = sources.shape[1]
        if heads.shape[-1] <= speakers:
            raise ValueError(
                "`y_pred` must hold embeddings and one mask per speaker, hence more "
                f"than {speakers} values for each bin. "
                f"Received: shape={tuple(y_pred.shape)}."
            )
        embeddings, masks = heads[..., :-speakers], heads[..., -speakers:]
        clustering = self._clustering.call(y_true, embeddings)
        approximation = mask_distance(sources, masks, mask, self.limit)
        a = self.clustering_weight
        return a * clustering + (1 - a) * approximation

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "clustering_weight": self.clustering_weight,
            "limit": self.limit,
            "weights": self.weights,
            "floor_db": self.floor_db,
        }


def mask_distance(
    sources: Tensor, masks: Tensor, valid: Tensor | None, limit: float
) -> Tensor:
    """Computes the mean absolute error of masked magnitudes, permutation invariant.

    Args:
        sources: `(batch, speakers, frames, bins, 2)`, 0 in the padding.
        masks: `(batch, frames, bins, speakers)`.
        valid: Mask of bins `(batch, frames, bins)`, or None.
        limit: Largest value of the ideal masks.

    Returns:
        Distances `(batch,)`.
    """
    mixture = ops.sum(sources, axis=1)
    loudness = magnitude(ops.expand_dims(mixture, 1))[..., 0]
    ideal = phase_sensitive_mask(mixture, sources, (0.0, limit))
    targets = ideal[..., 0] * loudness
    estimates = ops.transpose(masks, (0, 3, 1, 2)) * loudness
    speakers = sources.shape[1]
    pairs = [
        mean_per_example(ops.abs(targets[:, i] - estimates[:, j]), valid)
        for i in range(speakers)
        for j in range(speakers)
    ]
    costs = ops.reshape(ops.stack(pairs, axis=-1), (-1, speakers, speakers))
    order = ops.expand_dims(best_permutation(costs), -1)
    return ops.mean(ops.take_along_axis(costs, order, axis=-1), axis=(-2, -1))
