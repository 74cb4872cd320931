"""Attractors: a point in the space of embeddings for each speaker, and its mask."""

import itertools
from typing import Any

import keras
import numpy as np
from keras import ops

from keras_complex.types import Shape, Tensor
from zoo.models.checks import check_choice, check_least
from zoo.models.k_means import (
    BinMasks,
    farthest_points,
    first_largest,
    k_means,
    weighted_means,
)

MASK_ACTIVATIONS = ("softmax", "sigmoid")
# Stands for the similarity of an attractor to itself, less than any other.
_LEAST = -1e30


def attractor_masks(points: Tensor, attractors: Tensor, activation: str) -> Tensor:
    """Makes masks of the scalar products of embeddings and attractors.

    Args:
        points: Embeddings of bins, `(batch, points, dimensions)`.
        attractors: `(batch, speakers, dimensions)`.
        activation: `"softmax"`, for masks of sum 1 over the speakers, or
            `"sigmoid"`.

    Returns:
        Masks `(batch, points, speakers)` in [0, 1].
    """
    points, attractors = (ops.convert_to_tensor(x) for x in (points, attractors))
    scores = ops.matmul(points, ops.transpose(attractors, (0, 2, 1)))
    if activation == "sigmoid":
        return ops.sigmoid(scores)
    return _softmax(scores)


def least_similar(sets: Tensor) -> Tensor:
    """Chooses the set of attractors whose nearest two are the least similar.

        argmin_p max_(i != j) a_pi . a_pj

    Args:
        sets: `(batch, sets, speakers, dimensions)`.

    Returns:
        Attractors of one set, `(batch, speakers, dimensions)`, with gradient. The
        choice has none.
    """
    sets = ops.convert_to_tensor(sets)
    batch, num_sets, size, dimensions = ops.shape(sets)
    fixed = ops.stop_gradient(sets)
    products = ops.matmul(fixed, ops.transpose(fixed, (0, 1, 3, 2)))
    products = ops.where(np.eye(size, dtype=bool), _LEAST, products)
    similarity = ops.max(products, axis=(2, 3))
    index = ops.reshape(first_largest(-similarity), (-1, 1, 1))
    index = ops.repeat(index, size * dimensions, axis=-1)
    flat = ops.reshape(sets, (batch, num_sets, size * dimensions))
    chosen = ops.take_along_axis(flat, index, axis=1)
    return ops.reshape(chosen, (batch, size, dimensions))


@keras.saving.register_keras_serializable(package="zoo")
class AttractorMasks(BinMasks):
    """Makes masks by attractors that k-means finds in the embeddings of bins.

    Bins that are active, and they alone, decide the attractors; every bin has masks.
    The start are loud bins far from each other, so that the same mixture always has
    the same masks, without any random numbers. Masks pass a gradient to the
    embeddings, for which the attractors count as constant. They are computed in
    float32 under every precision policy.

    Other arguments, errors and the input are those of
    `zoo.models.k_means.KMeansMasks`.

    Args:
        num_speakers: Number of attractors.
        activation: As in `attractor_masks`.
        iterations: Number of iterations of k-means, always as many.

    Output shape:
        `(batch, speakers, frames, bins, 1)`, in [0, 1].

    Example:

    >>> embeddings = 3 * np.eye(2)[[[[0, 1, 1]]]].reshape(1, 1, 3, 2)
    >>> masks = AttractorMasks(num_speakers=2)([embeddings, np.ones((1, 1, 3, 2))])
    >>> keras.ops.convert_to_numpy(masks)[0, :, 0, :, 0].round(2).tolist()
    [[1.0, 0.0, 0.0], [0.0, 1.0, 1.0]]

    Reference:

    - [Chen et al., 2017, Deep attractor network for single-microphone speaker
      separation](https://arxiv.org/abs/1611.08930)
    """

    def __init__(
        self,
        num_speakers: int,
        activation: str = "softmax",
        iterations: int = 20,
        floor_db: float = -40.0,
        **kwargs: Any,
    ) -> None:
        super().__init__(num_speakers, floor_db, **kwargs)
        check_least(1, iterations=iterations)
        check_choice(MASK_ACTIVATIONS, activation=activation)
        self.activation = activation
        self.iterations = iterations

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "activation": self.activation,
            "iterations": self.iterations,
        }

    def _masks(self, points: Tensor, active: Tensor, loudness: Tensor) -> Tensor:
        fixed = ops.stop_gradient(points)
        start = farthest_points(fixed, loudness, self.num_speakers)
        attractors = k_means(fixed, active, start, self.iterations)
        return attractor_masks(points, attractors, self.activation)


@keras.saving.register_keras_serializable(package="zoo")
class AnchoredMasks(BinMasks):
    """Makes masks by attractors that start from trained anchors.

    For each set `p` of as many of the anchors `b` as there are speakers,

        y_pnc = softmax_c(b_pc . v_n)
        a_pc = sum_n w_n y_pnc v_n / sum_n w_n y_pnc

    with `w` 1 for bins that are active and 0 for others. The attractors are those of
    the set whose nearest two are the least similar, `least_similar`; the masks are
    the softmax of their products with the embeddings. Gradients pass through the set
    that was chosen, to its anchors too. Float32 is used under every precision policy.

    All sets are computed at once: six anchors make 15 pairs and 20 triples.

    Other arguments, errors and the input are those of
    `zoo.models.k_means.KMeansMasks`.

    Args:
        num_speakers: Number of attractors. The weights do not depend on it.
        num_anchors: Number of anchors to choose from.
        seed: Seed of the initial anchors, which are orthogonal.

    Output shape:
        `(batch, speakers, frames, bins, 1)`, in [0, 1], of sum 1 over the speakers.

    Example:

    >>> layer = AnchoredMasks(num_speakers=2, num_anchors=4)
    >>> masks = layer([np.ones((1, 5, 3, 8)), np.ones((1, 5, 3, 2))])
    >>> tuple(masks.shape), tuple(layer.anchors.shape)
    ((1, 2, 5, 3, 1), (4, 8))

    Reference:

    - [Luo et al., 2018, Speaker-independent speech separation with deep attractor
      network](https://arxiv.org/abs/1707.03634), on the anchored network
    """

    def __init__(
        self,
        num_speakers: int,
        num_anchors: int = 6,
        floor_db: float = -40.0,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(num_speakers, floor_db, **kwargs)
        if num_speakers > num_anchors:
            raise ValueError(
                "`num_speakers` must be at least 1 and at most `num_anchors`. "
                f"Received: num_speakers={num_speakers}, num_anchors={num_anchors}."
            )
        self.num_anchors = num_anchors
        self.seed = seed
        sets = itertools.combinations(range(num_anchors), num_speakers)
        self._sets = np.array(list(sets), "int32")

    def build(self, input_shape: list[Shape]) -> None:
        self.anchors = self.add_weight(
            shape=(self.num_anchors, input_shape[0][-1]),
            initializer=keras.initializers.Orthogonal(seed=self.seed),
            name="anchors",
        )

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "num_anchors": self.num_anchors,
            "seed": self.seed,
        }

    def _masks(self, points: Tensor, active: Tensor, loudness: Tensor) -> Tensor:
        batch, size, dimensions = ops.shape(points)
        anchors = ops.cast(self.anchors, "float32")
        scores = ops.matmul(points, ops.transpose(anchors))
        scores = ops.take(scores, self._sets.reshape(-1), axis=-1)
        assignments = _softmax(ops.reshape(scores, (batch, size, *self._sets.shape)))
        assignments = ops.reshape(assignments, (batch, size, self._sets.size))
        sets, _ = weighted_means(points, assignments, active)
        sets = ops.reshape(sets, (batch, *self._sets.shape, dimensions))
        return attractor_masks(points, least_similar(sets), "softmax")


def _softmax(scores: Tensor) -> Tensor:
    """Returns the softmax of the last axis, 1 where it has a single value."""
    if scores.shape[-1] == 1:
        return ops.ones_like(scores)
    return ops.softmax(scores, axis=-1)
