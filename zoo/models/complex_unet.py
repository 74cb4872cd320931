"""Deep complex extractor: a complex residual U-Net with FiLM transforms."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import keras

from keras_complex import ops
from keras_complex.initializers import ComplexRayleigh, ComplexUnitary
from keras_complex.layers import (
    ComplexConv2D,
    ComplexFiLM,
    ComplexLayerNormalization,
    ComplexMultiply,
    ComplexSpatialDropout2D,
    ComplexUpSampling2D,
    CReLU,
)
from keras_complex.types import Tensor
from zoo.models.checks import check_least
from zoo.models.network import (
    DEEP_COMPLEX_EXTRACTORS,
    Network,
    SeedSource,
    constructor_arguments,
    seed_source,
)
from zoo.models.reference_weights import load_reference_weights
from zoo.models.residual_unet import (
    LEVELS,
    Arithmetic,
    check_sizes,
    double_convolution,
    residual_block,
    residual_unet,
)
from zoo.models.spectrogram_layers import PadToMultiple, SpeakerEstimates

# Places at which the text of the paper and the public code disagree.
PAPER_TEXT = ("normalization", "block_order", "candidate_dropout")


@keras.saving.register_keras_serializable(package="zoo")
class ComplexUNet(Network):
    """Separates the speakers of a spectrogram with a complex residual U-Net.

    The U-Net turns the mixture into complex features. With transforms, they
    drive a `ComplexFiLM` layer that makes scaled and shifted versions of the
    mixture; the mixture and its versions each get a complex mask, and the masked
    candidates of a speaker are averaged. Without transforms, the features
    become one complex mask per speaker. Masks are linear and unbounded.

    The network is that of the authors' public code; `docs/paper.md` lists where
    it differs from the text of the paper, and `paper_text` follows the text at the
    places it names. Estimates depend on the level of the
    mixture when there are transforms: feed one level, as `zoo.Separator` does.

    Args:
        num_speakers: Number of speakers to separate.
        start_filters: Complex maps after the first down-sampling, even.
        num_residual_blocks: Residual blocks after each convolution of the U-Net.
        num_transforms: Transforms of the mixture for each speaker; 0 for plain
            masks.
        transform_dropout: Probability at which a transform is dropped in
            training.
        initializer_scale: `"theory"` for complex He initialisation, or
            `"published"` for the smaller scale of the published runs.
        film_offset: `offset` of `ComplexFiLM`; the published runs have `(1, 1)`.
        paper_text: Where to follow the text of the paper and not the public code:
            `"normalization"` takes the statistics over all maps of a layer and
            not over each alone; `"block_order"` down-samples before it widens;
            `"candidate_dropout"` drops whole masked candidates, each mixture for
            itself, and not transforms.
        seed: Seed of the initial weights and of the dropout. The layers draw
            different weights.
        **kwargs: Arguments of `keras.Model`, such as `name`.

    Raises:
        ValueError: If an argument is out of range.

    Input shape:
        `(batch, frames, bins, 2)`, last axis `[real, imag]`, any sizes.

    Output shape:
        `(batch, speakers, frames, bins, 2)`.

    Example:

    >>> model = ComplexUNet(start_filters=4, num_residual_blocks=1)
    >>> tuple(model(np.zeros((1, 20, 129, 2), "float32")).shape)
    (1, 2, 20, 129, 2)

    Reference:

    - Retrieving Signals in the Frequency Domain with Deep Complex Extractors,
      submitted to ICLR 2020
    """

    domain = "complex spectrogram"
    paper = DEEP_COMPLEX_EXTRACTORS

    def __init__(
        self,
        num_speakers: int = 2,
        start_filters: int = 44,
        num_residual_blocks: int = 2,
        num_transforms: int = 10,
        transform_dropout: float = 0.1,
        initializer_scale: str = "theory",
        film_offset: Sequence[float] = (1.0, 0.0),
        paper_text: Sequence[str] = (),
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        config = constructor_arguments(locals())
        check_sizes(num_speakers, start_filters, num_residual_blocks)
        check_least(0, num_transforms=num_transforms)
        unknown = set(paper_text) - set(PAPER_TEXT)
        if unknown:
            raise ValueError(
                f"`paper_text` must hold some of {', '.join(PAPER_TEXT)}. "
                f"Received: paper_text={tuple(paper_text)}."
            )
        draw_seed = seed_source(seed)
        initializers = _Initializers(initializer_scale, draw_seed)
        axis = (1, 2, 3) if "normalization" in paper_text else (1, 2)
        arithmetic = complex_arithmetic(initializers.rayleigh, axis)
        mixture = keras.Input((None, None, 2), name="mixture")
        x = PadToMultiple(2**LEVELS, name="pad")(mixture)
        features = residual_unet(
            x,
            arithmetic,
            start_filters,
            num_residual_blocks,
            downsample_first="block_order" in paper_text,
        )
        drop_candidates = "candidate_dropout" in paper_text
        if num_transforms:
            film = ComplexFiLM(
                num_speakers * num_transforms,
                dropout=0.0 if drop_candidates else transform_dropout,
                offset=film_offset,
                kernel_initializer=initializers.unitary(),
                seed=draw_seed(),
                name="film",
            )
            transforms = film([x, features])
            versions = speaker_versions(x, transforms, num_speakers)
            masks = version_masks(
                ops.concatenate([versions, features]),
                num_speakers * (num_transforms + 1),
                complex_arithmetic(initializers.unitary, axis),
                initializers.unitary(),
            )
        else:
            versions = x
            masks = double_convolution(
                features, arithmetic, num_speakers, num_residual_blocks, "outc"
            )
        candidates = ComplexMultiply(name="apply_masks")([masks, versions])
        if num_transforms and drop_candidates:
            candidates = ComplexSpatialDropout2D(
                transform_dropout, seed=draw_seed(), name="drop_candidates"
            )(candidates)
        estimates = SpeakerEstimates(num_speakers, name="estimates")(
            [candidates, mixture]
        )
        super().__init__(mixture, estimates, config, **kwargs)

    def load_reference(self, state: Mapping[str, Any]) -> None:
        load_reference_weights(self, state)


class _Initializers:
    """Makes one initializer for each kernel, all with seeds of their own."""

    def __init__(self, scale: str, draw_seed: SeedSource) -> None:
        self.scale = scale
        self.draw_seed = draw_seed

    def rayleigh(self) -> keras.initializers.Initializer:
        return ComplexRayleigh("he", scale=self.scale, seed=self.draw_seed())

    def unitary(self) -> keras.initializers.Initializer:
        return ComplexUnitary("he", scale=self.scale, seed=self.draw_seed())


def complex_arithmetic(
    initializer: Callable[[], keras.initializers.Initializer],
    axis: tuple[int, ...],
    **changes: Any,
) -> Arithmetic:
    """Gathers the layers of a complex U-Net.

    Args:
        initializer: Makes the initializer of a kernel.
        axis: That of `ComplexLayerNormalization`.
        **changes: Fields of `Arithmetic` that differ.
    """

    def normalize(name: str) -> keras.layers.Layer:
        return ComplexLayerNormalization(axis=axis, epsilon=1e-4, name=name)

    def convolve(
        filters: int, kernel_size: int, stride: int, name: str
    ) -> keras.layers.Layer:
        return ComplexConv2D(
            filters,
            kernel_size,
            stride,
            padding="same",
            use_bias=False,
            kernel_initializer=initializer(),
            name=name,
        )

    layers = {
        "normalize": normalize,
        "normalize_residual": normalize,
        "activate": lambda name: CReLU(name=name),
        "convolve": convolve,
        "upsample": lambda name: ComplexUpSampling2D(name=name),
        "concatenate": ops.concatenate,
    }
    return Arithmetic(**{**layers, **changes})


def speaker_versions(mixture: Tensor, transforms: Tensor, num_speakers: int) -> Tensor:
    """Puts the mixture before the transforms of each speaker."""
    parts = [
        keras.ops.split(part, num_speakers, axis=-1)
        for part in ops.split_parts(transforms)
    ]
    versions = []
    for real, imag in zip(*parts, strict=True):
        versions += [mixture, ops.join_parts(real, imag)]
    return ops.concatenate(versions)


def version_masks(
    x: Tensor,
    num_masks: int,
    arithmetic: Arithmetic,
    initializer: keras.initializers.Initializer,
    kernel_size: int | tuple[int, int] = 3,
) -> Tensor:
    """Makes masks by one convolution and, always, two residual blocks."""
    x = ComplexConv2D(
        num_masks,
        kernel_size,
        padding="same",
        kernel_initializer=initializer,
        name="masks_conv",
    )(x)
    for block in range(2):
        x = residual_block(x, arithmetic, num_masks, f"masks_residual_{block}")
    return x
