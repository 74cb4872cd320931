"""Deep attractor network: masks by the nearness of bins to points for speakers."""

from typing import Any, ClassVar

import keras

from zoo.models.attractors import MASK_ACTIVATIONS, AttractorMasks
from zoo.models.checks import check_choice
from zoo.models.embedding_layers import EmbeddingLayers, masked
from zoo.models.network import FLOAT32, Network, Paper, constructor_arguments


@keras.saving.register_keras_serializable(package="zoo")
class DeepAttractor(Network):
    """Separates the speakers of a spectrogram by attractors of its bins.

    Recurrent layers turn the logarithms of magnitudes into an embedding for each bin.
    The mean of the embeddings of a speaker is the speaker's attractor; its products
    with all embeddings make the speaker's mask. Unlike those of deep clustering, the
    masks are not binary, and the error of the masked mixture itself is trained.

    In training, the loss knows which bins are whose: `training_network` has the
    embeddings as output, shares all weights, and is trained with
    `DeepAttractorLoss`, for which `mask_activation` must be the same. The model
    itself goes from mixture to estimates: k-means finds the attractors.

    Logarithms are brought to mean 0 and variance 1 in each mixture, where the paper
    leaves their scale open; estimates follow the level of the mixture.

    Other arguments, errors and shapes are those of `DeepClustering`.

    Args:
        num_speakers: Number of speakers to separate. It has no part in training, nor
            do the weights depend on it.
        mask_activation: `"softmax"` for masks of sum 1 over the speakers (2018), or
            `"sigmoid"` (2017).
        floor_db: Level below which a bin is silent, in dB of the loudest bin of the
            mixture. Silent bins do not move the attractors.

    Example:

    >>> model = DeepAttractor(bins=9, units=4, num_layers=1, embedding_size=3)
    >>> mixture = np.ones((1, 20, 9, 2), "float32")
    >>> tuple(model(mixture).shape), tuple(model.training_network(mixture).shape)
    ((1, 2, 20, 9, 2), (1, 20, 9, 3))

    Reference:

    - [Chen et al., 2017, Deep attractor network for single-microphone speaker
      separation](https://arxiv.org/abs/1611.08930)
    - [Luo et al., 2018, Speaker-independent speech separation with deep attractor
      network](https://arxiv.org/abs/1707.03634)
    """

    domain = "magnitude"
    paper: ClassVar[Paper] = {
        "title": "Chen et al., 2017",
        "link": "https://arxiv.org/abs/1611.08930",
    }
    _trained_layer = "embeddings"

    def __init__(
        self,
        num_speakers: int = 2,
        bins: int = 129,
        units: int = 300,
        num_layers: int = 4,
        embedding_size: int = 20,
        dropout: float = 0.0,
        mask_activation: str = "softmax",
        iterations: int = 20,
        floor_db: float = -40.0,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        config = constructor_arguments(locals())
        check_choice(MASK_ACTIVATIONS, mask_activation=mask_activation)
        make = EmbeddingLayers(config)
        masks = AttractorMasks(
            num_speakers,
            mask_activation,
            iterations,
            floor_db,
            dtype=FLOAT32,
            name="masks",
        )
        mixture = keras.Input((None, bins, 2), name="mixture")
        embeddings = make.embeddings(make.recurrent(mixture), unit_norm=False)
        estimates = masked(masks([embeddings, mixture]), mixture)
        super().__init__(mixture, estimates, config, **kwargs)
