"""Deep clustering: embeddings of time-frequency bins, one cluster per speaker."""

from typing import Any, ClassVar

import keras

from zoo.models.embedding_layers import EmbeddingLayers, masked
from zoo.models.k_means import KMeansMasks
from zoo.models.network import FLOAT32, Network, Paper, constructor_arguments


@keras.saving.register_keras_serializable(package="zoo")
class DeepClustering(Network):
    """Separates the speakers of a spectrogram by clusters of its bins.

    Recurrent layers turn the logarithms of magnitudes into an embedding of unit norm
    for each bin. Bins of one speaker are near each other, those of two are not, so
    that k-means of the embeddings gives a binary mask for each speaker. The model
    includes the k-means: it goes from mixture to estimates by itself.

    Binary masks have no gradient. `training_network` has the embeddings as output,
    shares all weights, and is trained with `DeepClusteringLoss`.

    Logarithms are brought to mean 0 and variance 1 in each mixture, where the paper
    leaves their scale open; estimates follow the level of the mixture.

    Args:
        num_speakers: Number of speakers to separate. It has no part in training.
        bins: Bins of the spectrogram. The default belongs to frames of 256 samples.
        units: Width of a recurrent layer in each direction.
        num_layers: Number of recurrent layers.
        embedding_size: Dimensions of an embedding.
        dropout: Share of the outputs of recurrent layers, but for the last, to drop
            in training.
        iterations: Iterations of k-means.
        floor_db: Level below which a bin is silent, in dB of the loudest bin of the
            mixture. Silent bins do not move the centres.
        seed: Seed of the initial weights and the dropout. The layers draw different
            weights.
        **kwargs: Arguments of `keras.Model`, such as `name`.

    Raises:
        ValueError: If an argument is out of range.

    Input shape:
        `(batch, frames, bins, 2)`, last axis `[real, imag]`, any number of frames.

    Output shape:
        `(batch, speakers, frames, bins, 2)`.

    Example:

    >>> model = DeepClustering(bins=9, units=4, embedding_size=3)
    >>> mixture = np.ones((1, 20, 9, 2), "float32")
    >>> tuple(model(mixture).shape), tuple(model.training_network(mixture).shape)
    ((1, 2, 20, 9, 2), (1, 20, 9, 3))

    Reference:

    - [Hershey et al., 2016, Deep clustering: Discriminative embeddings for
      segmentation and separation](https://arxiv.org/abs/1508.04306)
    """

    domain = "magnitude"
    paper: ClassVar[Paper] = {
        "title": "Hershey et al., 2016",
        "link": "https://arxiv.org/abs/1508.04306",
    }
    _trained_layer = "embeddings"

    def __init__(
        self,
        num_speakers: int = 2,
        bins: int = 129,
        units: int = 600,
        num_layers: int = 2,
        embedding_size: int = 40,
        dropout: float = 0.0,
        iterations: int = 20,
        floor_db: float = -40.0,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        config = constructor_arguments(locals())
        make = EmbeddingLayers(config)
        # Before the network, which takes longer: it checks its arguments.
        masks = KMeansMasks(
            num_speakers, iterations, floor_db, dtype=FLOAT32, name="masks"
        )
        mixture = keras.Input((None, bins, 2), name="mixture")
        embeddings = make.embeddings(make.recurrent(mixture))
        estimates = masked(masks([embeddings, mixture]), mixture)
        super().__init__(mixture, estimates, config, **kwargs)
