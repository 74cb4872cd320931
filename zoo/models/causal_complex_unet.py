"""Causal deep complex extractor: a complex U-Net that separates frame by frame."""

from typing import Any

import keras

from keras_complex import ops
from keras_complex.initializers import ComplexRayleigh, ComplexUnitary
from keras_complex.layers import (
    ComplexConv2D,
    ComplexFiLM,
    ComplexMultiply,
    ComplexUpSampling2D,
)
from zoo.models.causal_layers import AppendFrames, LookAhead, RunningLevel
from zoo.models.checks import check_least
from zoo.models.complex_unet import (
    complex_arithmetic,
    speaker_versions,
    version_masks,
)
from zoo.models.network import (
    DEEP_COMPLEX_EXTRACTORS,
    FLOAT32,
    Network,
    constructor_arguments,
    seed_source,
)
from zoo.models.residual_unet import LEVELS, Arithmetic, check_sizes, residual_unet
from zoo.models.spectrogram_layers import PadToMultiple, SpeakerEstimates

# Frames of which a convolution takes its inputs.
_KERNEL_FRAMES = 2
# Frames over which the level of the mixture is taken, 4 s at 16 ms each.
_LEVEL_FRAMES = 250


@keras.saving.register_keras_serializable(package="zoo")
class CausalComplexUNet(Network):
    """Separates the speakers of a spectrogram without knowing what comes.

    The deep complex extractor of the paper, `ComplexUNet`, with these changes:

    - Convolutions take the present frame and one before it. Bins are halved and
      doubled from level to level, frames are not: the two taps of a convolution are
      1, 2, 4 and 8 frames apart instead, so that the context grows as it would.
    - Normalizations are those of single frames, over all bins and maps.
    - Transforms and masks are made frame by frame.
    - The mixture is divided by its level of the last 250 frames, and the estimates
      are multiplied by it. They follow the level of the mixture.

    Features see `47 + 124 num_residual_blocks` frames before their own. With
    `lookahead_frames`, the masks of a frame are those that the features of a later
    one give, which costs as many frames of latency.

    Other arguments, errors and shapes are those of `ComplexUNet`.

    Args:
        num_transforms: Transforms of the mixture for each speaker, at least 1.
        lookahead_frames: How many frames after its own an estimate may see.

    Example:

    >>> model = CausalComplexUNet(start_filters=4)
    >>> tuple(model(np.zeros((1, 5, 129, 2), "float32")).shape)
    (1, 2, 5, 129, 2)

    Reference:

    - Retrieving Signals in the Frequency Domain with Deep Complex Extractors,
      submitted to ICLR 2020, for the extractor
    - [Luo & Mesgarani, 2019, Conv-TasNet](https://arxiv.org/abs/1809.07454),
      Section II.C, for causal convolutions that are dilated
    """

    domain = "complex spectrogram"
    paper = DEEP_COMPLEX_EXTRACTORS
    causal = True

    def __init__(
        self,
        num_speakers: int = 2,
        start_filters: int = 16,
        num_residual_blocks: int = 0,
        num_transforms: int = 3,
        lookahead_frames: int = 0,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        config = constructor_arguments(locals())
        check_sizes(num_speakers, start_filters, num_residual_blocks)
        check_least(1, num_transforms=num_transforms)
        check_least(0, lookahead_frames=lookahead_frames)
        make = _Layers(seed)
        mixture = keras.Input((None, None, 2), name="mixture")
        x, level = RunningLevel(_LEVEL_FRAMES, dtype=FLOAT32, name="level")(mixture)
        x = PadToMultiple(2**LEVELS, pad_frames=False, name="pad")(x)
        seen = x
        if lookahead_frames:
            seen = AppendFrames(lookahead_frames, name="append")(x)
        features = residual_unet(
            seen, make.causal(depth=0), start_filters, num_residual_blocks
        )
        if lookahead_frames:
            features, x, level = LookAhead(
                lookahead_frames, dtype=FLOAT32, name="look_ahead"
            )([features, x, level])
        film = ComplexFiLM(
            num_speakers * num_transforms,
            (1, 3),
            kernel_initializer=ComplexUnitary("he", seed=make.draw_seed()),
            name="film",
        )
        versions = speaker_versions(x, film([x, features]), num_speakers)
        masks = version_masks(
            ops.concatenate([versions, features]),
            num_speakers * (num_transforms + 1),
            make.framewise(),
            ComplexUnitary("he", seed=make.draw_seed()),
            kernel_size=(1, 3),
        )
        candidates = ComplexMultiply(name="apply_masks")([masks, versions])
        estimates = SpeakerEstimates(num_speakers, dtype=FLOAT32, name="estimates")(
            [candidates, mixture]
        )
        estimates = keras.layers.Multiply(dtype=FLOAT32, name="restore_level")(
            [estimates, keras.ops.expand_dims(level, 1)]
        )
        super().__init__(mixture, estimates, config, **kwargs)


class _Layers:
    """Makes the layers of a network, all with seeds of their own."""

    def __init__(self, seed: int | None) -> None:
        self.draw_seed = seed_source(seed)

    def causal(self, depth: int) -> Arithmetic:
        """Gathers layers over bins, and over the present and a past frame.

        The two are as many frames apart as the levels above, `depth` of them, would
        have made one.
        """
        dilation = 2**depth

        def convolve(filters: int, kernel_size: int, stride: int, name: str) -> Any:
            if kernel_size == 1:
                return self._convolution(filters, 1, name, strides=(1, stride))
            side, past = kernel_size // 2, dilation * (_KERNEL_FRAMES - 1)
            pad = keras.layers.ZeroPadding2D(
                ((past, 0), (side, side)), name=f"{name}_pad"
            )
            convolution = self._convolution(
                filters,
                (_KERNEL_FRAMES, kernel_size),
                name,
                strides=(1, stride),
                dilation_rate=(dilation, 1),
            )
            return lambda x: convolution(pad(x))

        return self._arithmetic(convolve, at_depth=self.causal)

    def framewise(self) -> Arithmetic:
        """Gathers layers over bins."""

        def convolve(filters: int, kernel_size: int, stride: int, name: str) -> Any:
            return self._convolution(
                filters, (1, kernel_size), name, strides=(1, stride), padding="same"
            )

        return self._arithmetic(convolve)

    def _arithmetic(self, convolve: Any, **changes: Any) -> Arithmetic:
        return complex_arithmetic(
            self._initializer,
            axis=(2, 3),
            convolve=convolve,
            upsample=lambda name: ComplexUpSampling2D((1, 2), name=name),
            **changes,
        )

    def _initializer(self) -> keras.initializers.Initializer:
        return ComplexRayleigh("he", seed=self.draw_seed())

    def _convolution(
        self, filters: int, kernel_size: Any, name: str, **kwargs: Any
    ) -> keras.layers.Layer:
        return ComplexConv2D(
            filters,
            kernel_size,
            use_bias=False,
            kernel_initializer=self._initializer(),
            name=name,
            **kwargs,
        )
