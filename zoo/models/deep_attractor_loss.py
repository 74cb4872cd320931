"""Error of the masks that ideal attractors make."""

from typing import Any

import keras
from keras import ops

from keras_complex.losses.masking import mean_per_example
from keras_complex.types import Tensor
from zoo.models.attractors import MASK_ACTIVATIONS, attractor_masks
from zoo.models.checks import check_choice, check_floor
from zoo.models.deep_clustering_loss import ideal_points, split_sources
from zoo.models.k_means import weighted_means
from zoo.models.oracle_masks import magnitude, wiener_like_mask

TARGETS = ("wiener_like", "magnitude")


@keras.saving.register_keras_serializable(package="zoo")
class DeepAttractorLoss(keras.losses.Loss):
    """Squared error of magnitudes that are masked by means of ideal attractors.

    With the embeddings `v` of bins, the magnitudes `|X|` of the mixture, the ideal
    assignments `y`, 1 for the loudest source of a bin, and `w`, 1 for bins that are
    not silent,

        a_c = sum_n w_n y_nc v_n / sum_n w_n y_nc
        M_nc = softmax_c(a_c . v_n), or sigmoid(a_c . v_n)
        loss = 1 / (C N) sum_nc (M_nc |X_n| - T_nc)^2

    over `C` speakers and all `N` valid bins, silent or not. In the unit of the
    signal squared, lower is better. The assignments decide the order of the
    speakers, so that no permutation is left to choose. A speaker without bins has
    the attractor 0.

    References give assignments, weights and targets; the mixture is their sum. The
    papers have the sum over bins, which differs by a factor for segments of equal
    length. Padded frames weigh nothing.

    Args:
        mask_activation: That of the `DeepAttractor`: `"softmax"` or `"sigmoid"`.
        target: `T`: `"wiener_like"` for `|X|` times the share of the source in the
            sum of powers, as in 2018, which masks of sum 1 can reach; `"magnitude"`
            for the magnitude of the source, as in 2017.
        floor_db: Level below which a bin of the mixture is silent, in dB of the
            loudest bin of the example. The public code of the authors has a
            threshold of another kind.
        **kwargs: Arguments of `keras.losses.Loss`: `reduction`, `name`, `dtype`.

    Raises:
        ValueError: If an argument is out of range, or if the shapes do not agree.

    Input shape:
        `y_pred`: embeddings `(batch, frames, bins, dimensions)`, as
        `DeepAttractor.training_network` gives them. `y_true`: sources
        `(batch, speakers, frames, bins, 2)`, or with a mask of valid frames
        `(batch, speakers, frames, bins, 3)`.

    Output shape:
        `(batch,)` before the reduction; 0 for silence.

    Example:

    >>> sources = np.eye(2)[:, None, :, None] * np.ones((1, 2, 1, 2, 2))
    >>> embeddings = 5 * np.eye(2)[None, None, ::-1]
    >>> abs(round(float(DeepAttractorLoss()(sources, embeddings)), 6))
    0.0

    Reference:

    - [Chen et al., 2017, Deep attractor network for single-microphone speaker
      separation](https://arxiv.org/abs/1611.08930)
    - [Luo et al., 2018, Speaker-independent speech separation with deep attractor
      network](https://arxiv.org/abs/1707.03634), equations 9 to 13, and the [public
      code](https://github.com/naplab/DANet)
    """

    domain = "heads"

    def __init__(
        self,
        mask_activation: str = "softmax",
        target: str = "wiener_like",
        floor_db: float = -40.0,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        check_choice(MASK_ACTIVATIONS, mask_activation=mask_activation)
        check_choice(TARGETS, target=target)
        check_floor(floor_db)
        self.mask_activation = mask_activation
        self.target = target
        self.floor_db = floor_db

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        sources, embeddings, valid = split_sources(y_true, y_pred)
        mixture = ops.sum(sources, axis=1)
        loudness = ops.stop_gradient(magnitude(ops.expand_dims(mixture, 1)))
        if self.target == "magnitude":
            targets = magnitude(sources)
        else:
            targets = wiener_like_mask(mixture, sources) * loudness
        errors = self._masks(sources, embeddings) * loudness - ops.stop_gradient(
            targets
        )
        errors = ops.square(errors[..., 0])
        # The padding is silent by now, so that its errors are 0.
        return mean_per_example(ops.mean(errors, axis=1), valid)

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "mask_activation": self.mask_activation,
            "target": self.target,
            "floor_db": self.floor_db,
        }

    def _masks(self, sources: Tensor, embeddings: Tensor) -> Tensor:
        """Makes masks `(batch, speakers, frames, bins, 1)`."""
        batch, speakers, frames, bins, _ = ops.shape(sources)
        points, *ideal = ideal_points(sources, embeddings, "active", self.floor_db)
        attractors, _ = weighted_means(points, *ideal)
        masks = attractor_masks(points, attractors, self.mask_activation)
        masks = ops.transpose(masks, (0, 2, 1))
        return ops.reshape(masks, (batch, speakers, frames, bins, 1))
