"""Conv-TasNet: masks of a learned filterbank by a temporal convolutional network."""

import functools
import random
from collections.abc import Callable
from typing import Any

import keras
from keras import layers, ops

from keras_complex.layers import LearnedDecoder, LearnedEncoder
from keras_complex.types import Tensor
from zoo.models.temporal_norms import (
    CumulativeLayerNormalization,
    GlobalLayerNormalization,
)
from zoo.models.waveform_layers import CutToLength

# What the waveform passes through; a policy of half precision is for the masks.
_FLOAT32 = "float32"

_NORMALIZATIONS: dict[str, Callable[..., layers.Layer]] = {
    "global": GlobalLayerNormalization,
    "cumulative": CumulativeLayerNormalization,
    "batch": lambda **kwargs: layers.BatchNormalization(
        momentum=0.9, epsilon=1e-5, **kwargs
    ),
}
_MASK_ACTIVATIONS = ("sigmoid", "relu", "softmax")


@keras.saving.register_keras_serializable(package="zoo")
class ConvTasNet(keras.Model):
    """Separates the speakers of a waveform with a temporal convolutional network.

    A learned filterbank turns frames of the mixture into features, which `R` times
    `X` convolutional blocks of dilations 1, 2, 4, ... turn into one mask for each
    speaker; the masked features become waveforms again by a second filterbank and
    overlap-add. Symbols of the paper are in brackets below.

    Where the paper leaves a choice, convolutions have a bias, normalizations follow
    the rectifiers and kernels start uniform in `+-1 / sqrt(fan_in)`, as in the
    authors' code. One matrix makes both paths of a block. With skip connections,
    nothing uses the residual path of the last block; it is there because the
    published size of 5.1 million parameters counts it.

    With `causal=True`, an estimate at one sample depends on the mixture up to
    `kernel_size - 1` samples later. With `"global"` or `"cumulative"`, masks do not
    depend on the level of the mixture, and estimates follow it.

    Args:
        num_speakers: Number of speakers to separate (C).
        filters: Number of basis signals of the filterbanks (N).
        kernel_size: Length of a basis signal, in samples, even (L). Frames overlap
            by one half. The default is 2 ms at 8 kHz.
        bottleneck_filters: Channels between two blocks (B).
        hidden_filters: Channels within a block (H).
        skip_filters: Channels of the skip connections (Sc); 0 for none: masks then
            come from the output of the last block.
        block_kernel_size: Frames that a convolution sees (P).
        num_blocks: Blocks in one repeat (X). The last has dilation
            `2**(num_blocks - 1)`.
        num_repeats: How often the blocks are repeated, with other weights (R).
        normalization: `"global"` (gLN), `"cumulative"` (cLN) or `"batch"` (BN), of
            the features and twice in each block.
        causal: Whether convolutions see the past only. Needs another normalization
            than `"global"`.
        mask_activation: `"sigmoid"`, `"relu"`, or `"softmax"` over the speakers.
        encoder_activation: `None` for a linear encoder, as the paper's best has, or
            an activation of Keras such as `"relu"`.
        seed: Seed of the initial weights. The layers draw different weights.
        **kwargs: Arguments of `keras.Model`, such as `name`.

    Raises:
        ValueError: If an argument is out of range.

    Input shape:
        `(batch, samples)`, with any number of samples.

    Output shape:
        `(batch, speakers, samples)`.

    Example:

    >>> model = ConvTasNet(filters=16, bottleneck_filters=4, hidden_filters=8)
    >>> tuple(model(np.zeros((1, 1001), "float32")).shape)
    (1, 2, 1001)

    Reference:

    - [Luo & Mesgarani, 2019, Conv-TasNet: Surpassing ideal time-frequency magnitude
      masking for speech separation](https://arxiv.org/abs/1809.07454)
    """

    def __init__(
        self,
        num_speakers: int = 2,
        filters: int = 512,
        kernel_size: int = 16,
        bottleneck_filters: int = 128,
        hidden_filters: int = 512,
        skip_filters: int = 128,
        block_kernel_size: int = 3,
        num_blocks: int = 8,
        num_repeats: int = 3,
        normalization: str = "global",
        causal: bool = False,
        mask_activation: str = "sigmoid",
        encoder_activation: str | None = None,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        config = {
            "num_speakers": num_speakers,
            "filters": filters,
            "kernel_size": kernel_size,
            "bottleneck_filters": bottleneck_filters,
            "hidden_filters": hidden_filters,
            "skip_filters": skip_filters,
            "block_kernel_size": block_kernel_size,
            "num_blocks": num_blocks,
            "num_repeats": num_repeats,
            "normalization": normalization,
            "causal": causal,
            "mask_activation": mask_activation,
            "encoder_activation": encoder_activation,
            "seed": seed,
        }
        _check(config)
        make = _Layers(config)
        mixture = keras.Input((None,), name="mixture")
        features = LearnedEncoder(
            filters,
            kernel_size,
            kernel_size // 2,
            encoder_activation,
            kernel_initializer=make.initializer(),
            dtype=_FLOAT32,
            name="encoder",
        )(mixture)
        # Its output has one level, whatever that of the mixture is.
        x = make.normalize("norm", dtype=_FLOAT32)(features)
        x = make.dense(bottleneck_filters, "bottleneck")(x)
        x = _temporal_convolutions(x, make, config)
        masks = _masks(x, make, config)
        masked = layers.Multiply(dtype=_FLOAT32, name="apply_masks")(
            [masks, ops.expand_dims(features, 1)]
        )
        estimates = LearnedDecoder(
            kernel_size,
            kernel_size // 2,
            kernel_initializer=make.initializer(),
            dtype=_FLOAT32,
            name="decoder",
        )(masked)
        estimates = CutToLength(dtype=_FLOAT32, name="estimates")([estimates, mixture])
        super().__init__(inputs=mixture, outputs=estimates, **kwargs)
        for name, value in config.items():
            setattr(self, name, value)
        self._arguments = tuple(config)

    def get_config(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "trainable": self.trainable,
            **{name: getattr(self, name) for name in self._arguments},
        }

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects=None):  # type: ignore[no-untyped-def]
        return cls(**config)


class _Layers:
    """Makes the layers of a network, all with seeds of their own."""

    def __init__(self, config: dict[str, Any]) -> None:
        seed = config["seed"]
        self.generator = None if seed is None else random.Random(seed)
        self.normalization = config["normalization"]
        self.causal = config["causal"]

    def initializer(self) -> keras.initializers.Initializer:
        # Of variance 1 / (3 fan_in): uniform in +-1 / sqrt(fan_in).
        return keras.initializers.VarianceScaling(
            1 / 3, "fan_in", "uniform", seed=self._draw_seed()
        )

    def dense(self, units: int, name: str) -> layers.Layer:
        """Makes a convolution with a kernel of one frame."""
        return layers.Dense(units, kernel_initializer=self.initializer(), name=name)

    def prelu(self, name: str) -> layers.Layer:
        """Makes a rectifier with one slope for all."""
        return layers.PReLU(
            alpha_initializer=keras.initializers.Constant(0.25),
            shared_axes=[1, 2],
            name=name,
        )

    def normalize(self, name: str, **kwargs: Any) -> layers.Layer:
        return _NORMALIZATIONS[self.normalization](name=name, **kwargs)

    def convolve(self, x: Tensor, kernel_size: int, dilation: int, name: str) -> Tensor:
        """Convolves each channel with a kernel of its own."""
        if self.causal:
            past = dilation * (kernel_size - 1)
            x = layers.ZeroPadding1D((past, 0), name=f"{name}_pad")(x)
        bound = kernel_size**-0.5
        return layers.DepthwiseConv1D(
            kernel_size,
            padding="valid" if self.causal else "same",
            dilation_rate=dilation,
            # Fans of Keras would count the channels, which do not mix.
            depthwise_initializer=keras.initializers.RandomUniform(
                -bound, bound, seed=self._draw_seed()
            ),
            name=name,
        )(x)

    def _draw_seed(self) -> int | None:
        return None if self.generator is None else self.generator.randrange(2**31)


def _temporal_convolutions(x: Tensor, make: _Layers, config: dict[str, Any]) -> Tensor:
    """Applies all blocks; returns the sum of their skip connections, if any."""
    skips = []
    for repeat in range(config["num_repeats"]):
        for block in range(config["num_blocks"]):
            name = f"repeat{repeat}_block{block}"
            x, skip = _block(x, make, config, 2**block, name)
            skips.append(skip)
    return functools.reduce(ops.add, skips) if config["skip_filters"] else x


def _block(
    x: Tensor, make: _Layers, config: dict[str, Any], dilation: int, name: str
) -> tuple[Tensor, Tensor | None]:
    """Returns the input of the next block, and the skip connection if there is one."""
    residual, skip = config["bottleneck_filters"], config["skip_filters"]
    y = make.dense(config["hidden_filters"], f"{name}_in")(x)
    y = make.normalize(f"{name}_norm1")(make.prelu(f"{name}_prelu1")(y))
    y = make.convolve(y, config["block_kernel_size"], dilation, f"{name}_conv")
    y = make.normalize(f"{name}_norm2")(make.prelu(f"{name}_prelu2")(y))
    y = make.dense(residual + skip, f"{name}_out")(y)
    add = layers.Add(name=f"{name}_add")
    if not skip:
        return add([x, y]), None
    return add([x, y[..., :residual]]), y[..., residual:]


def _masks(x: Tensor, make: _Layers, config: dict[str, Any]) -> Tensor:
    """Turns features into masks `(batch, speakers, frames, filters)`."""
    num_speakers, filters = config["num_speakers"], config["filters"]
    x = make.dense(num_speakers * filters, "masks")(make.prelu("masks_prelu")(x))
    x = layers.Reshape((-1, num_speakers, filters), name="speakers")(x)
    x = layers.Permute((2, 1, 3), name="speakers_first")(x)
    if config["mask_activation"] == "softmax":
        return layers.Softmax(axis=1, name="masks_softmax")(x)
    return layers.Activation(config["mask_activation"], name="masks_activation")(x)


def _check(config: dict[str, Any]) -> None:
    """Raises ValueError unless the arguments make a network."""
    for name, value in config.items():
        least = 0 if name == "skip_filters" else 1
        is_size = isinstance(value, int) and name not in ("causal", "seed")
        if is_size and value < least:
            raise ValueError(
                f"`{name}` must be at least {least}. Received: {name}={value}."
            )
    if config["kernel_size"] % 2:
        raise ValueError(
            "`kernel_size` must be even: frames overlap by one half. "
            f"Received: kernel_size={config['kernel_size']}."
        )
    choices = {
        "normalization": tuple(_NORMALIZATIONS),
        "mask_activation": _MASK_ACTIVATIONS,
    }
    for name, allowed in choices.items():
        if config[name] not in allowed:
            raise ValueError(
                f"`{name}` must be one of {', '.join(allowed)}. "
                f"Received: {name}={config[name]!r}."
            )
    if config["causal"] and config["normalization"] == "global":
        raise ValueError(
            "`normalization` must be 'cumulative' or 'batch' for a causal network: "
            "global means need the future. Received: normalization='global'."
        )
