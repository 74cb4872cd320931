"""Causal deep complex extractor: a complex U-Net that separates frame by frame."""

import random
from typing import Any

import keras

from keras_complex import ops
from keras_complex.initializers import ComplexRayleigh, ComplexUnitary
from keras_complex.layers import (
    ComplexConv2D,
    ComplexFiLM,
    ComplexLayerNormalization,
    ComplexMultiply,
    ComplexUpSampling2D,
    CReLU,
)
from keras_complex.types import Tensor
from zoo.models.causal_layers import AppendFrames, LookAhead, RunningLevel
from zoo.models.residual_unet import (
    LEVELS,
    Arithmetic,
    check_sizes,
    residual_block,
    residual_unet,
)
from zoo.models.spectrogram_layers import PadToMultiple, SpeakerEstimates

# What the levels pass through; a policy of half precision is for the masks.
_FLOAT32 = "float32"
# Frames of which a convolution takes its inputs.
_KERNEL_FRAMES = 2
# Frames over which the level of the mixture is taken, 4 s at 16 ms each.
_LEVEL_FRAMES = 250


@keras.saving.register_keras_serializable(package="zoo")
class CausalComplexUNet(keras.Model):
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

    Args:
        num_speakers: Number of speakers to separate.
        start_filters: Complex maps after the first down-sampling, even.
        num_residual_blocks: Residual blocks after each convolution of the U-Net.
        num_transforms: Transforms of the mixture for each speaker, at least 1.
        lookahead_frames: How many frames after its own an estimate may see.
        seed: Seed of the initial weights. The layers draw different weights.
        **kwargs: Arguments of `keras.Model`, such as `name`.

    Raises:
        ValueError: If an argument is out of range.

    Input shape:
        `(batch, frames, bins, 2)`, last axis `[real, imag]`, any sizes.

    Output shape:
        `(batch, speakers, frames, bins, 2)`.

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
        check_sizes(num_speakers, start_filters, num_residual_blocks)
        for name, value, least in (
            ("num_transforms", num_transforms, 1),
            ("lookahead_frames", lookahead_frames, 0),
        ):
            if value < least:
                raise ValueError(
                    f"`{name}` must be at least {least}. Received: {name}={value}."
                )
        make = _Layers(seed)
        mixture = keras.Input((None, None, 2), name="mixture")
        x, level = RunningLevel(_LEVEL_FRAMES, dtype=_FLOAT32, name="level")(mixture)
        x = PadToMultiple(2**LEVELS, pad_frames=False, name="pad")(x)
        seen = x
        if lookahead_frames:
            seen = AppendFrames(lookahead_frames, name="append")(x)
        features = residual_unet(
            seen, make.arithmetic(make.causal), start_filters, num_residual_blocks
        )
        if lookahead_frames:
            features, x, level = LookAhead(
                lookahead_frames, dtype=_FLOAT32, name="look_ahead"
            )([features, x, level])
        film = ComplexFiLM(
            num_speakers * num_transforms,
            (1, 3),
            kernel_initializer=ComplexUnitary("he", seed=make.draw_seed()),
            name="film",
        )
        versions = _versions(x, film([x, features]), num_speakers)
        masks = _masks([versions, features], num_speakers * (num_transforms + 1), make)
        candidates = ComplexMultiply(name="apply_masks")([masks, versions])
        estimates = SpeakerEstimates(num_speakers, dtype=_FLOAT32, name="estimates")(
            [candidates, mixture]
        )
        estimates = keras.layers.Multiply(dtype=_FLOAT32, name="restore_level")(
            [estimates, keras.ops.expand_dims(level, 1)]
        )
        super().__init__(inputs=mixture, outputs=estimates, **kwargs)
        self.num_speakers = num_speakers
        self.start_filters = start_filters
        self.num_residual_blocks = num_residual_blocks
        self.num_transforms = num_transforms
        self.lookahead_frames = lookahead_frames
        self.seed = seed

    def get_config(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "trainable": self.trainable,
            "num_speakers": self.num_speakers,
            "start_filters": self.start_filters,
            "num_residual_blocks": self.num_residual_blocks,
            "num_transforms": self.num_transforms,
            "lookahead_frames": self.lookahead_frames,
            "seed": self.seed,
        }

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects=None):  # type: ignore[no-untyped-def]
        return cls(**config)


class _Layers:
    """Makes the layers of a network, all with seeds of their own."""

    def __init__(self, seed: int | None) -> None:
        self.generator = None if seed is None else random.Random(seed)

    def arithmetic(self, convolve: Any) -> Arithmetic:
        """Gathers the layers of a U-Net around a convolution."""

        def normalize(name: str) -> keras.layers.Layer:
            return ComplexLayerNormalization(axis=(2, 3), epsilon=1e-4, name=name)

        return Arithmetic(
            normalize=normalize,
            normalize_residual=normalize,
            activate=lambda name: CReLU(name=name),
            convolve=convolve,
            upsample=lambda name: ComplexUpSampling2D((1, 2), name=name),
            concatenate=ops.concatenate,
        )

    def causal(self, filters: int, kernel_size: int, stride: int, name: str) -> Any:
        """Makes a convolution over bins, and over the present and a past frame."""
        if kernel_size == 1:
            return self._convolution(filters, 1, name, strides=(1, stride))
        dilation = _dilation(name)
        side = kernel_size // 2
        past = dilation * (_KERNEL_FRAMES - 1)
        pad = keras.layers.ZeroPadding2D(((past, 0), (side, side)), name=f"{name}_pad")
        convolution = self._convolution(
            filters,
            (_KERNEL_FRAMES, kernel_size),
            name,
            strides=(1, stride),
            dilation_rate=(dilation, 1),
        )
        return lambda x: convolution(pad(x))

    def of_a_frame(self, filters: int, kernel_size: int, stride: int, name: str) -> Any:
        """Makes a convolution over bins."""
        return self._convolution(
            filters, (1, kernel_size), name, strides=(1, stride), padding="same"
        )

    def draw_seed(self) -> int | None:
        return None if self.generator is None else self.generator.randrange(2**31)

    def _convolution(
        self, filters: int, kernel_size: Any, name: str, **kwargs: Any
    ) -> keras.layers.Layer:
        return ComplexConv2D(
            filters,
            kernel_size,
            use_bias=False,
            kernel_initializer=ComplexRayleigh("he", seed=self.draw_seed()),
            name=name,
            **kwargs,
        )


def _dilation(name: str) -> int:
    """Returns how many frames the taps of a layer of `residual_unet` are apart.

    As many as the levels above it would have made one.
    """
    stage = name.split("_")[0]
    if stage == "inc":
        return 1
    down, level = stage.startswith("down"), int(stage[-1])
    return 2 ** (level - 1 if down else LEVELS - level)


def _versions(mixture: Tensor, transforms: Tensor, num_speakers: int) -> Tensor:
    """Puts the mixture before the transforms of each speaker."""
    parts = [
        keras.ops.split(part, num_speakers, axis=-1)
        for part in ops.split_parts(transforms)
    ]
    versions = []
    for real, imag in zip(*parts, strict=True):
        versions += [mixture, ops.join_parts(real, imag)]
    return ops.concatenate(versions)


def _masks(x: list[Tensor], num_masks: int, make: _Layers) -> Tensor:
    """Makes masks, frame by frame, by a convolution and two residual blocks."""
    y = ComplexConv2D(
        num_masks,
        (1, 3),
        padding="same",
        kernel_initializer=ComplexUnitary("he", seed=make.draw_seed()),
        name="masks_conv",
    )(ops.concatenate(x))
    for block in range(2):
        arithmetic = make.arithmetic(make.of_a_frame)
        y = residual_block(y, arithmetic, num_masks, f"masks_residual_{block}")
    return y
