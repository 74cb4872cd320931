"""Chimera++: deep clustering and mask inference by one network."""

from typing import Any, ClassVar

import keras
from keras import layers, ops

from keras_complex.types import Tensor
from zoo.models.checks import check_choice, check_least
from zoo.models.embedding_layers import EmbeddingLayers, masked
from zoo.models.network import FLOAT32, Network, Paper, constructor_arguments
from zoo.models.phase_reconstruction import MISI

MASK_ACTIVATIONS = ("sigmoid", "convex_softmax")


@keras.saving.register_keras_serializable(package="zoo")
class ChimeraPlusPlus(Network):
    """Separates the speakers of a spectrogram by masks, with embeddings as a guide.

    Recurrent layers of the logarithms of magnitudes feed two heads: one makes a mask
    for each speaker, the other, which only training uses, the embeddings of deep
    clustering. With `misi_iterations`, phases are then improved by that many
    iterations of `MISI`, which training goes through (WA-MISI).

    To train both heads with `ChimeraLoss`, train `training_network`, which shares all
    weights. To train phases as well, train the model itself with a loss of waveforms,
    such as the mean absolute error under the best permutation, from weights trained
    with `ChimeraLoss`; the embeddings then stay as they are.

    Logarithms are brought to mean 0 and variance 1 in each mixture; estimates follow
    the level of the mixture.

    Other arguments, errors and shapes are those of `DeepClustering`.

    Args:
        mask_activation: `"sigmoid"` for masks in [0, 1]; `"convex_softmax"` for the
            mean of 0, 1 and 2 under a softmax, hence masks in [0, 2], which may
            exceed a mixture in which sources cancel. It has three times the weights
            in the head.
        misi_iterations: Iterations of `MISI` behind the masks; 0 for none.
        frame_step: Distance of two frames, in samples, for `MISI` alone.

    Example:

    >>> model = ChimeraPlusPlus(bins=9, units=4, num_layers=1, embedding_size=3)
    >>> mixture = np.ones((1, 20, 9, 2), "float32")
    >>> tuple(model(mixture).shape), tuple(model.training_network(mixture).shape)
    ((1, 2, 20, 9, 2), (1, 20, 9, 5))

    Reference:

    - [Wang et al., 2018, Alternative objective functions for deep clustering](
      https://doi.org/10.1109/ICASSP.2018.8462507)
    - [Wang et al., 2018, End-to-end speech separation with unfolded iterative phase
      reconstruction](https://arxiv.org/abs/1804.10204)
    """

    domain = "magnitude"
    paper: ClassVar[Paper] = {
        "title": "Wang et al., 2018a",
        "link": "https://doi.org/10.1109/ICASSP.2018.8462507",
    }
    _trained_layer = "heads"

    def __init__(
        self,
        num_speakers: int = 2,
        bins: int = 129,
        units: int = 600,
        num_layers: int = 4,
        embedding_size: int = 20,
        dropout: float = 0.3,
        mask_activation: str = "sigmoid",
        misi_iterations: int = 0,
        frame_step: int = 64,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        config = constructor_arguments(locals())
        check_choice(MASK_ACTIVATIONS, mask_activation=mask_activation)
        check_least(0, misi_iterations=misi_iterations)
        make = EmbeddingLayers(config)
        mixture = keras.Input((None, bins, 2), name="mixture")
        x = make.recurrent(mixture)
        embeddings = make.embeddings(x)
        masks = _masks(x, make, num_speakers, mask_activation)
        # Both heads are outputs of one graph, so that a file holds them both.
        both = layers.Concatenate(dtype=FLOAT32, name="heads")([embeddings, masks])
        masks = ops.transpose(both[..., embedding_size:], (0, 3, 1, 2))
        estimates = masked(ops.expand_dims(masks, -1), mixture)
        if misi_iterations:
            estimates = MISI(
                misi_iterations,
                frame_length=2 * (bins - 1),
                frame_step=frame_step,
                dtype=FLOAT32,
                name="misi",
            )([estimates, mixture])
        super().__init__(mixture, estimates, config, **kwargs)


def _masks(
    x: Tensor, make: EmbeddingLayers, num_speakers: int, activation: str
) -> Tensor:
    """Makes masks `(batch, frames, bins, speakers)`."""
    if activation == "sigmoid":
        masks = make.maps(x, (num_speakers,), "masks")
        return layers.Activation("sigmoid", dtype=FLOAT32, name="masks")(masks)
    levels = make.maps(x, (num_speakers, 3), "masks")
    levels = layers.Softmax(dtype=FLOAT32, name="masks")(levels)
    return levels[..., 1] + 2 * levels[..., 2]
