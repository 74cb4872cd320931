"""TasNet: masks of a learned filterbank by recurrent layers."""

import random
from typing import Any

import keras
from keras import layers, ops

from keras_complex.layers import LearnedDecoder, LearnedEncoder
from keras_complex.types import Tensor
from zoo.models.waveform_layers import CutToLength, UnitSegments

# What the waveform passes through; a policy of half precision is for the masks.
_FLOAT32 = "float32"


@keras.saving.register_keras_serializable(package="zoo")
class TasNet(keras.Model):
    """Separates the speakers of a waveform, segment by segment, with LSTM layers.

    Segments `x_k` of the mixture, without overlap and brought to unit norm, become
    features that are not negative,

        w_k = relu(x_k U) sigmoid(x_k V)

    of which recurrent layers make masks `m_ik` that sum to 1 over the speakers `i`;
    `(w_k m_ik) B`, times the norm of the segment, is the estimate. From the second
    LSTM layer on, an identity connection skips two layers each.

    Estimates follow the level of the mixture, in each segment. With `causal=True`,
    an estimate depends on its own and on earlier segments.

    Args:
        num_speakers: Number of speakers to separate.
        filters: Number of basis signals.
        segment_length: In samples. The default is 5 ms at 8 kHz.
        units: Width of a recurrent layer. One in both directions has half for
            each, so `units` must be even then.
        num_layers: Number of recurrent layers.
        causal: Whether the layers go forward only.
        seed: Seed of the initial weights. The layers draw different weights.
        **kwargs: Arguments of `keras.Model`, such as `name`.

    Raises:
        ValueError: If an argument is out of range.

    Input shape:
        `(batch, samples)`, with any number of samples.

    Output shape:
        `(batch, speakers, samples)`.

    Example:

    >>> model = TasNet(filters=16, units=8, num_layers=2)
    >>> tuple(model(np.zeros((1, 1001), "float32")).shape)
    (1, 2, 1001)

    Reference:

    - [Luo & Mesgarani, 2018, TasNet: Time-domain audio separation network for
      real-time, single-channel speech separation](https://arxiv.org/abs/1711.00541)
    """

    def __init__(
        self,
        num_speakers: int = 2,
        filters: int = 500,
        segment_length: int = 40,
        units: int = 1000,
        num_layers: int = 4,
        causal: bool = False,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        config = {
            "num_speakers": num_speakers,
            "filters": filters,
            "segment_length": segment_length,
            "units": units,
            "num_layers": num_layers,
            "causal": causal,
            "seed": seed,
        }
        _check(config)
        make = _Layers(seed)
        mixture = keras.Input((None,), name="mixture")
        segments, norms = UnitSegments(segment_length, dtype=_FLOAT32, name="unit")(
            mixture
        )
        features = LearnedEncoder(
            filters,
            segment_length,
            segment_length,
            gated=True,
            kernel_initializer=make.uniform(),
            dtype=_FLOAT32,
            name="encoder",
        )(segments)
        x = layers.LayerNormalization(epsilon=1e-5, name="norm")(features)
        x = _recurrent(x, make, config)
        x = layers.Dense(
            num_speakers * filters,
            kernel_initializer=make.uniform(),
            name="masks",
        )(x)
        x = layers.Reshape((-1, num_speakers, filters), name="speakers")(x)
        x = layers.Permute((2, 1, 3), name="speakers_first")(x)
        masks = layers.Softmax(axis=1, name="masks_softmax")(x)
        # The decoder is linear: the norms may come before it.
        masked = layers.Multiply(dtype=_FLOAT32, name="apply_masks")(
            [masks, ops.expand_dims(features * norms, 1)]
        )
        estimates = LearnedDecoder(
            segment_length,
            segment_length,
            kernel_initializer=make.uniform(),
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

    def __init__(self, seed: int | None) -> None:
        self.generator = None if seed is None else random.Random(seed)

    def uniform(self) -> keras.initializers.Initializer:
        return keras.initializers.GlorotUniform(self._draw_seed())

    def lstm(self, units: int, **kwargs: Any) -> layers.Layer:
        return layers.LSTM(
            units,
            kernel_initializer=self.uniform(),
            recurrent_initializer=keras.initializers.Orthogonal(seed=self._draw_seed()),
            return_sequences=True,
            **kwargs,
        )

    def _draw_seed(self) -> int | None:
        return None if self.generator is None else self.generator.randrange(2**31)


def _recurrent(x: Tensor, make: _Layers, config: dict[str, Any]) -> Tensor:
    """Applies the LSTM layers; every second one adds what the last such one gave."""
    units, skip = config["units"], None
    for index in range(config["num_layers"]):
        name = f"lstm{index}"
        if config["causal"]:
            x = make.lstm(units, name=name)(x)
        else:
            x = layers.Bidirectional(
                make.lstm(units // 2, name=f"{name}_forward"),
                backward_layer=make.lstm(
                    units // 2, go_backwards=True, name=f"{name}_backward"
                ),
                name=name,
            )(x)
        if index % 2:
            x = x if skip is None else layers.Add(name=f"{name}_add")([x, skip])
            skip = x
    return x


def _check(config: dict[str, Any]) -> None:
    """Raises ValueError unless the arguments make a network."""
    for name in ("num_speakers", "filters", "segment_length", "units", "num_layers"):
        if config[name] < 1:
            raise ValueError(
                f"`{name}` must be at least 1. Received: {name}={config[name]}."
            )
    if config["units"] % 2 and not config["causal"]:
        raise ValueError(
            "`units` must be even: each direction has half of them. "
            f"Received: units={config['units']}."
        )
