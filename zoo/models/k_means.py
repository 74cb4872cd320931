"""Clusters of embeddings, and the masks that they make."""

from typing import Any

import keras
from keras import ops

from keras_complex.ops import squared_magnitude
from keras_complex.types import Shape, Tensor
from zoo.models.checks import check_floor, check_least


def active_bins(mixture: Tensor, floor_db: float = -40.0) -> Tensor:
    """Tells which bins are loud enough to belong to a speaker.

    Args:
        mixture: Spectrograms `(batch, frames, bins, 2)`.
        floor_db: Level below which a bin is silent, in dB of the loudest bin of the
            example, at most 0.

    Returns:
        Booleans `(batch, frames, bins)`, all false in silence.
    """
    power = squared_magnitude(mixture)[..., 0]
    loudest = ops.max(power, axis=(1, 2), keepdims=True)
    return power > loudest * 10 ** (floor_db / 10)


def farthest_points(points: Tensor, weights: Tensor, num_clusters: int) -> Tensor:
    """Picks points that are far from each other, as a start for `k_means`.

    The first has the largest weight; each of the others has the largest product of
    its weight and its squared distance to the nearest of those before. The same
    points always give the same start.

    Args:
        points: `(batch, points, dimensions)`.
        weights: `(batch, points)`, at least 0.
        num_clusters: Number of points to pick.

    Returns:
        Centres `(batch, num_clusters, dimensions)`.

    Reference:

    - [Gonzalez, 1985, Clustering to minimize the maximum intercluster distance](
      https://doi.org/10.1016/0304-3975(85)90224-5)
    """
    points, weights = (ops.convert_to_tensor(x) for x in (points, weights))
    centres: list[Tensor] = []
    scores, distances = weights, None
    dimensions = points.shape[-1]
    for _ in range(num_clusters):
        index = ops.reshape(first_largest(scores), (-1, 1, 1))
        index = ops.repeat(index, dimensions, axis=-1)
        centres.append(ops.take_along_axis(points, index, axis=1))
        distance = ops.sum(ops.square(points - centres[-1]), axis=-1)
        if distances is not None:
            distance = ops.minimum(distances, distance)
        distances = distance
        scores = weights * distances
    return ops.concatenate(centres, axis=1)


def k_means(
    points: Tensor, weights: Tensor, centres: Tensor, iterations: int
) -> Tensor:
    """Moves centres to the means of the points that are nearest to them.

    Args:
        points: `(batch, points, dimensions)`.
        weights: `(batch, points)`, at least 0.
        centres: Where to start, `(batch, clusters, dimensions)`. A cluster without
            points keeps its centre.
        iterations: How often to move, always as often.

    Returns:
        Centres `(batch, clusters, dimensions)`.

    Reference:

    - [Lloyd, 1982, Least squares quantization in PCM](
      https://doi.org/10.1109/TIT.1982.1056489)
    """
    points, centres = (ops.convert_to_tensor(x) for x in (points, centres))
    for _ in range(iterations):
        means, count = weighted_means(points, nearest_centre(points, centres), weights)
        centres = ops.where(count > 0, means, centres)
    return centres


def weighted_means(
    points: Tensor, assignments: Tensor, weights: Tensor
) -> tuple[Tensor, Tensor]:
    """Computes the weighted means of the points of each cluster.

        a_c = sum_n w_n y_nc v_n / sum_n w_n y_nc

    Args:
        points: `v`, `(batch, points, dimensions)`.
        assignments: `y`, at least 0, `(batch, points, clusters)`.
        weights: `w`, at least 0, `(batch, points)`.

    Returns:
        Means `(batch, clusters, dimensions)`, 0 for a cluster without points, and
        the sums of weights `(batch, clusters, 1)`.
    """
    points, assignments = (ops.convert_to_tensor(x) for x in (points, assignments))
    members = ops.transpose(assignments * ops.expand_dims(weights, -1), (0, 2, 1))
    count = ops.sum(members, axis=-1, keepdims=True)
    return ops.matmul(members, points) / ops.maximum(count, 1e-12), count


def nearest_centre(points: Tensor, centres: Tensor) -> Tensor:
    """Assigns points to their nearest centre, the first of several.

    Args:
        points: `(batch, points, dimensions)`.
        centres: `(batch, clusters, dimensions)`.

    Returns:
        1 for the nearest and 0 elsewhere, `(batch, points, clusters)`.
    """
    products = ops.matmul(points, ops.transpose(centres, (0, 2, 1)))
    squares = ops.expand_dims(ops.sum(ops.square(centres), axis=-1), 1)
    nearest = first_largest(2 * products - squares)
    return ops.one_hot(nearest, centres.shape[1], dtype=points.dtype)


class BinMasks(keras.layers.Layer):
    """Makes masks of the embeddings of bins, by `_masks` of a subclass.

    They are computed in float32 under every precision policy.
    """

    def __init__(self, num_speakers: int, floor_db: float, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        check_least(1, num_speakers=num_speakers)
        check_floor(floor_db)
        self.num_speakers = num_speakers
        self.floor_db = floor_db

    def call(self, inputs: list[Tensor]) -> Tensor:
        embeddings, mixture = (ops.cast(x, "float32") for x in inputs)
        mixture = ops.stop_gradient(mixture)
        batch, frames, bins, dimensions = ops.shape(embeddings)
        active = ops.cast(active_bins(mixture, self.floor_db), "float32")
        loudness = ops.sqrt(squared_magnitude(mixture)[..., 0]) * active
        flat = (batch, frames * bins)
        points = ops.reshape(embeddings, (*flat, dimensions))
        masks = self._masks(
            points, ops.reshape(active, flat), ops.reshape(loudness, flat)
        )
        masks = ops.transpose(masks, (0, 2, 1))
        masks = ops.reshape(masks, (batch, self.num_speakers, frames, bins, 1))
        return ops.cast(masks, self.compute_dtype)

    def compute_output_shape(self, input_shape: list[Shape]) -> Shape:
        batch, frames, bins, _ = input_shape[0]
        return (batch, self.num_speakers, frames, bins, 1)

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "num_speakers": self.num_speakers,
            "floor_db": self.floor_db,
        }

    def _masks(self, points: Tensor, active: Tensor, loudness: Tensor) -> Tensor:
        """Makes masks `(batch, points, speakers)`.

        Args:
            points: Embeddings `(batch, points, dimensions)`.
            active: 1 for bins that are not silent and 0 for others, `(batch, points)`.
            loudness: Magnitudes of active bins and 0 for others, `(batch, points)`.
        """
        raise NotImplementedError


@keras.saving.register_keras_serializable(package="zoo")
class KMeansMasks(BinMasks):
    """Makes binary masks by k-means of the embeddings of bins.

    Bins that are active, and they alone, decide the centres; every bin has the mask
    of the centre nearest to it. The start are loud bins far from each other, so that
    the same mixture always has the same masks, without any random numbers.
    Masks have no gradient. They are computed in float32 under every precision policy.

    Args:
        num_speakers: Number of clusters.
        iterations: Number of iterations, always as many.
        floor_db: Level below which a bin is silent, in dB of the loudest of the
            mixture.
        **kwargs: Arguments of `keras.layers.Layer`, such as `name` and `dtype`.

    Raises:
        ValueError: If an argument is out of range.

    Input shape:
        A list of the embeddings, `(batch, frames, bins, dimensions)`, and of the
        mixture, `(batch, frames, bins, 2)`, last axis `[real, imag]`.

    Output shape:
        `(batch, speakers, frames, bins, 1)`, of 0 and 1, of sum 1 over the speakers.

    Example:

    >>> embeddings = np.eye(2)[[[[0, 1, 1]]]].reshape(1, 1, 3, 2)
    >>> masks = KMeansMasks(num_speakers=2)([embeddings, np.ones((1, 1, 3, 2))])
    >>> keras.ops.convert_to_numpy(masks)[0, :, 0, :, 0].tolist()
    [[1.0, 0.0, 0.0], [0.0, 1.0, 1.0]]

    Reference:

    - [Hershey et al., 2016, Deep clustering: Discriminative embeddings for
      segmentation and separation](https://arxiv.org/abs/1508.04306)
    """

    def __init__(
        self,
        num_speakers: int,
        iterations: int = 20,
        floor_db: float = -40.0,
        **kwargs: Any,
    ) -> None:
        super().__init__(num_speakers, floor_db, **kwargs)
        check_least(1, iterations=iterations)
        self.iterations = iterations

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "iterations": self.iterations}

    def _masks(self, points: Tensor, active: Tensor, loudness: Tensor) -> Tensor:
        points = ops.stop_gradient(points)
        start = farthest_points(points, loudness, self.num_speakers)
        return nearest_centre(points, k_means(points, active, start, self.iterations))


def first_largest(x: Tensor) -> Tensor:
    """Returns what `ops.argmax` does on the last axis, in operations of TFLite."""
    size = ops.shape(x)[-1]
    is_largest = x >= ops.max(x, axis=-1, keepdims=True)
    indices = ops.where(is_largest, ops.arange(size, dtype="int32"), size - 1)
    return ops.min(indices, axis=-1)
