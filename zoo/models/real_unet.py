"""The real-valued baseline of the deep complex extractor."""

from collections.abc import Mapping
from typing import Any

import keras

from keras_complex.layers import ComplexMultiply
from zoo.models.network import (
    DEEP_COMPLEX_EXTRACTORS,
    Network,
    constructor_arguments,
    seed_source,
)
from zoo.models.reference_weights import load_reference_weights
from zoo.models.residual_unet import (
    LEVELS,
    Arithmetic,
    check_sizes,
    double_convolution,
    residual_unet,
)
from zoo.models.spectrogram_layers import (
    AlignedUpSampling2D,
    PadToMultiple,
    SpeakerEstimates,
)


@keras.saving.register_keras_serializable(package="zoo")
class RealUNet(Network):
    """Separates the speakers of a spectrogram with a real residual U-Net.

    The skeleton is that of `ComplexUNet` without transforms. Real and imaginary
    part of the mixture are two real channels, and batch normalisation takes the
    place of complex layer normalisation, as in the authors' public code; with
    `normalization="instance"`, each map is normalised over frames and bins of one
    example, as in the complex network. The output is one complex mask per speaker,
    applied to the mixture.

    Other arguments, errors and shapes are those of `ComplexUNet`.

    Args:
        start_filters: Real maps after the first down-sampling, even.
        normalization: `"batch"`, as the published runs, or `"instance"`.

    Example:

    >>> model = RealUNet(start_filters=4, num_residual_blocks=1)
    >>> tuple(model(np.zeros((1, 20, 129, 2), "float32")).shape)
    (1, 2, 20, 129, 2)

    Reference:

    - Retrieving Signals in the Frequency Domain with Deep Complex Extractors,
      submitted to ICLR 2020, Table 1
    """

    domain = "complex spectrogram"
    paper = DEEP_COMPLEX_EXTRACTORS

    def __init__(
        self,
        num_speakers: int = 2,
        start_filters: int = 64,
        num_residual_blocks: int = 2,
        normalization: str = "batch",
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        config = constructor_arguments(locals())
        check_sizes(num_speakers, start_filters, num_residual_blocks)
        if normalization not in ("batch", "instance"):
            raise ValueError(
                '`normalization` must be "batch" or "instance". '
                f"Received: normalization={normalization!r}."
            )
        arithmetic = _real_arithmetic(normalization, seed)
        mixture = keras.Input((None, None, 2), name="mixture")
        x = PadToMultiple(2**LEVELS, name="pad")(mixture)
        features = residual_unet(x, arithmetic, start_filters, num_residual_blocks)
        masks = double_convolution(
            features, arithmetic, 2 * num_speakers, num_residual_blocks, "outc"
        )
        candidates = ComplexMultiply(name="apply_masks")([masks, x])
        estimates = SpeakerEstimates(num_speakers, name="estimates")(
            [candidates, mixture]
        )
        super().__init__(mixture, estimates, config, **kwargs)

    def load_reference(self, state: Mapping[str, Any]) -> None:
        load_reference_weights(self, state)


def _real_arithmetic(normalization: str, seed: int | None) -> Arithmetic:
    draw_seed = seed_source(seed)

    def normalize(name: str, epsilon: float = 1e-4) -> keras.layers.Layer:
        if normalization == "instance":
            return keras.layers.GroupNormalization(-1, epsilon=epsilon, name=name)
        return keras.layers.BatchNormalization(momentum=0.9, epsilon=epsilon, name=name)

    def convolve(
        filters: int, kernel_size: int, stride: int, name: str
    ) -> keras.layers.Layer:
        # A 1 x 1 kernel with a stride is a slice and a kernel without: the same
        # values, without the strided filter gradient, which corrupts memory in
        # oneDNN for few channels.
        convolution = keras.layers.Conv2D(
            filters,
            kernel_size,
            padding="same",
            use_bias=False,
            kernel_initializer=keras.initializers.HeNormal(draw_seed()),
            name=name,
        )
        if stride == 1:
            return convolution
        return lambda x: convolution(x[:, ::stride, ::stride])

    return Arithmetic(
        normalize=normalize,
        normalize_residual=lambda name: normalize(name, epsilon=1e-5),
        activate=lambda name: keras.layers.ReLU(name=name),
        convolve=convolve,
        upsample=lambda name: AlignedUpSampling2D(name=name),
        concatenate=lambda tensors: keras.ops.concatenate(tensors, axis=-1),
    )
