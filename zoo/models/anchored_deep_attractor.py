"""Anchored deep attractor network: attractors without k-means."""

from typing import Any, ClassVar

import keras

from zoo.models.attractors import AnchoredMasks
from zoo.models.embedding_layers import EmbeddingLayers, masked
from zoo.models.network import FLOAT32, Network, Paper, constructor_arguments


@keras.saving.register_keras_serializable(package="zoo")
class AnchoredDeepAttractor(Network):
    """Separates the speakers of a spectrogram by attractors that start from anchors.

    As in `DeepAttractor`, recurrent layers turn the logarithms of magnitudes into an
    embedding for each bin, and products of embeddings and attractors make a softmax
    mask for each speaker. The attractors come from a few trained points, the anchors,
    as `AnchoredMasks` describes it: the same way in training, which needs no ideal
    assignments, and later. Train the model itself with a permutation-invariant loss,
    such as the squared error of magnitudes.

    Logarithms are brought to mean 0 and variance 1 in each mixture, where the paper
    leaves their scale open; estimates follow the level of the mixture.

    Other arguments, errors and shapes are those of `DeepClustering`.

    Args:
        num_speakers: Number of speakers to separate, at most `num_anchors`. The
            weights do not depend on it.
        num_anchors: Number of anchors. All sets of as many of them as there are
            speakers are compared.
        floor_db: Level below which a bin is silent, in dB of the loudest bin of the
            mixture. Silent bins do not move the attractors.

    Example:

    >>> model = AnchoredDeepAttractor(bins=9, units=4, num_layers=1, embedding_size=3)
    >>> mixture = np.ones((1, 20, 9, 2), "float32")
    >>> tuple(model(mixture).shape)
    (1, 2, 20, 9, 2)

    Reference:

    - [Luo et al., 2018, Speaker-independent speech separation with deep attractor
      network](https://arxiv.org/abs/1707.03634)
    """

    domain = "magnitude"
    paper: ClassVar[Paper] = {
        "title": "Luo et al., 2018",
        "link": "https://arxiv.org/abs/1707.03634",
    }

    def __init__(
        self,
        num_speakers: int = 2,
        bins: int = 129,
        units: int = 300,
        num_layers: int = 4,
        embedding_size: int = 20,
        dropout: float = 0.5,
        num_anchors: int = 6,
        floor_db: float = -40.0,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        config = constructor_arguments(locals())
        make = EmbeddingLayers(config)
        # Before the network, which takes longer: it checks its arguments.
        masks = AnchoredMasks(
            num_speakers, num_anchors, floor_db, seed, dtype=FLOAT32, name="masks"
        )
        mixture = keras.Input((None, bins, 2), name="mixture")
        embeddings = make.embeddings(make.recurrent(mixture), unit_norm=False)
        estimates = masked(masks([embeddings, mixture]), mixture)
        super().__init__(mixture, estimates, config, **kwargs)
