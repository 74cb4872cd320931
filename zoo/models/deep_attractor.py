"""Deep attractor network: masks by the nearness of bins to points for speakers."""

from typing import Any

import keras
from keras import layers, ops

from zoo.models.attractors import (
    AttractorMasks,
    check_activation,
    free_embeddings,
)
from zoo.models.embedding_layers import FLOAT32, EmbeddingLayers, check_sizes
from zoo.models.k_means import check_floor

_SIZES = ("num_speakers", "bins", "units", "num_layers", "embedding_size")


@keras.saving.register_keras_serializable(package="zoo")
class DeepAttractor(keras.Model):
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

    Args:
        num_speakers: Number of speakers to separate. It has no part in training, nor
            do the weights depend on it.
        bins: Bins of the spectrogram. The default belongs to frames of 256 samples.
        units: Width of a recurrent layer in each direction.
        num_layers: Number of recurrent layers.
        embedding_size: Dimensions of an embedding.
        dropout: Share of the outputs of recurrent layers, but for the last, to drop
            in training.
        mask_activation: `"softmax"` for masks of sum 1 over the speakers (2018), or
            `"sigmoid"` (2017).
        iterations: Iterations of k-means.
        floor_db: Level below which a bin is silent, in dB of the loudest bin of the
            mixture. Silent bins do not move the attractors.
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
        config = {
            "num_speakers": num_speakers,
            "bins": bins,
            "units": units,
            "num_layers": num_layers,
            "embedding_size": embedding_size,
            "dropout": dropout,
            "mask_activation": mask_activation,
            "iterations": iterations,
            "floor_db": floor_db,
            "seed": seed,
        }
        check_sizes(config, (*_SIZES, "iterations"))
        check_activation("mask_activation", mask_activation)
        check_floor(floor_db)
        make = EmbeddingLayers(bins, seed)
        mixture = keras.Input((None, bins, 2), name="mixture")
        x = make.recurrent(make.features(mixture), units, num_layers, dropout)
        embeddings = free_embeddings(x, make, embedding_size)
        masks = AttractorMasks(
            num_speakers,
            mask_activation,
            iterations,
            floor_db,
            dtype=FLOAT32,
            name="masks",
        )([embeddings, mixture])
        estimates = layers.Multiply(dtype=FLOAT32, name="estimates")(
            [masks, ops.expand_dims(mixture, 1)]
        )
        super().__init__(inputs=mixture, outputs=estimates, **kwargs)
        for name, value in config.items():
            setattr(self, name, value)
        self._arguments = tuple(config)

    @property
    def training_network(self) -> keras.Model:
        """The model from mixtures to embeddings, `(batch, frames, bins, size)`."""
        return keras.Model(self.inputs[0], self.get_layer("embeddings").output)

    def get_config(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "trainable": self.trainable,
            **{name: getattr(self, name) for name in self._arguments},
        }

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects=None):  # type: ignore[no-untyped-def]
        return cls(**config)
