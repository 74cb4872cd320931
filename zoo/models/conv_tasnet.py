"""Conv-TasNet: masks of a learned filterbank by a temporal convolutional network."""

import functools
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

import keras
from keras import layers, ops

from keras_complex.layers import LearnedEncoder
from keras_complex.types import Tensor
from zoo.models.checks import check_choice, check_least
from zoo.models.network import (
    FLOAT32,
    Network,
    Paper,
    constructor_arguments,
    seed_source,
)
from zoo.models.temporal_norms import (
    CumulativeLayerNormalization,
    GlobalLayerNormalization,
)
from zoo.models.waveform_layers import filterbank_masks, masked_waveforms

_NORMALIZATIONS: dict[str, Callable[..., layers.Layer]] = {
    "global": GlobalLayerNormalization,
    "cumulative": CumulativeLayerNormalization,
    "batch": lambda **kwargs: layers.BatchNormalization(
        momentum=0.9, epsilon=1e-5, **kwargs
    ),
}
_MASK_ACTIVATIONS = ("sigmoid", "relu", "softmax")


@keras.saving.register_keras_serializable(package="zoo")
class ConvTasNet(Network):
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

    domain = "waveform"
    paper: ClassVar[Paper] = {
        "title": "Luo & Mesgarani, 2019",
        "link": "https://arxiv.org/abs/1809.07454",
    }

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
        config = constructor_arguments(locals())
        _check(config)
        make = _Layers(config)
        mixture = keras.Input((None,), name="mixture")
        features = LearnedEncoder(
            filters,
            kernel_size,
            kernel_size // 2,
            encoder_activation,
            kernel_initializer=make.initializer(),
            dtype=FLOAT32,
            name="encoder",
        )(mixture)
        # Its output has one level, whatever that of the mixture is.
        x = make.normalize("norm", dtype=FLOAT32)(features)
        x = make.dense(bottleneck_filters, "bottleneck")(x)
        x = _temporal_convolutions(x, make, config)
        masks = filterbank_masks(
            make.prelu("masks_prelu")(x),
            num_speakers,
            filters,
            make.initializer(),
            mask_activation,
        )
        estimates = masked_waveforms(
            masks,
            features,
            mixture,
            (kernel_size, kernel_size // 2),
            make.initializer(),
        )
        super().__init__(mixture, estimates, config, **kwargs)

    @property
    def filterbank(self) -> tuple[int, int]:
        return self.kernel_size, self.kernel_size // 2


class _Layers:
    """Makes the layers of a network, all with seeds of their own."""

    def __init__(self, config: Mapping[str, Any]) -> None:
        self.draw_seed = seed_source(config["seed"])
        self.normalization = config["normalization"]
        self.causal = config["causal"]

    def initializer(self) -> keras.initializers.Initializer:
        # The variance is 1 / (3 fan_in): uniform in +-1 / sqrt(fan_in).
        return keras.initializers.VarianceScaling(
            1 / 3, "fan_in", "uniform", seed=self.draw_seed()
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
                -bound, bound, seed=self.draw_seed()
            ),
            name=name,
        )(x)


def _temporal_convolutions(
    x: Tensor, make: _Layers, config: Mapping[str, Any]
) -> Tensor:
    """Applies all blocks; returns the sum of their skip connections, if any."""
    skips = []
    for repeat in range(config["num_repeats"]):
        for block in range(config["num_blocks"]):
            name = f"repeat{repeat}_block{block}"
            x, skip = _block(x, make, config, 2**block, name)
            skips.append(skip)
    return functools.reduce(ops.add, skips) if config["skip_filters"] else x


def _block(
    x: Tensor, make: _Layers, config: Mapping[str, Any], dilation: int, name: str
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


def _check(config: Mapping[str, Any]) -> None:
    """Raises ValueError unless the arguments make a network."""
    sizes = {
        name: value
        for name, value in config.items()
        if isinstance(value, int) and name not in ("causal", "seed")
    }
    check_least(0, skip_filters=sizes.pop("skip_filters"))
    check_least(1, **sizes)
    if config["kernel_size"] % 2:
        raise ValueError(
            "`kernel_size` must be even: frames overlap by one half. "
            f"Received: kernel_size={config['kernel_size']}."
        )
    check_choice(_NORMALIZATIONS, normalization=config["normalization"])
    check_choice(_MASK_ACTIVATIONS, mask_activation=config["mask_activation"])
    if config["causal"] and config["normalization"] == "global":
        raise ValueError(
            "`normalization` must be 'cumulative' or 'batch' for a causal network: "
            "global means need the future. Received: normalization='global'."
        )
