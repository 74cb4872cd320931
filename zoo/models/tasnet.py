"""TasNet: masks of a learned filterbank by recurrent layers."""

from collections.abc import Mapping
from typing import Any, ClassVar

import keras
from keras import layers

from keras_complex.layers import LearnedEncoder
from keras_complex.types import Tensor
from zoo.models.checks import check_least
from zoo.models.network import (
    FLOAT32,
    Network,
    Paper,
    SeedSource,
    constructor_arguments,
    seed_source,
)
from zoo.models.recurrent_layers import bidirectional_lstm, lstm
from zoo.models.waveform_layers import (
    UnitSegments,
    filterbank_masks,
    masked_waveforms,
)


@keras.saving.register_keras_serializable(package="zoo")
class TasNet(Network):
    """Separates the speakers of a waveform, segment by segment, with LSTM layers.

    Segments `x_k` of the mixture, without overlap and brought to unit norm, become
    features that are not negative,

        w_k = relu(x_k U) sigmoid(x_k V)

    of which recurrent layers make masks `m_ik` that sum to 1 over the speakers `i`;
    `(w_k m_ik) B`, times the norm of the segment, is the estimate. From the second
    LSTM layer on, an identity connection skips two layers each.

    Estimates follow the level of the mixture, in each segment. With `causal=True`,
    an estimate depends on its own and on earlier segments.

    Other arguments, errors and shapes are those of `ConvTasNet`.

    Args:
        segment_length: In samples. The default is 5 ms at 8 kHz.
        units: Width of a recurrent layer. One in both directions has half for
            each, so `units` must be even then.
        num_layers: Number of recurrent layers.
        causal: Whether the layers go forward only.

    Example:

    >>> model = TasNet(filters=16, units=8, num_layers=2)
    >>> tuple(model(np.zeros((1, 1001), "float32")).shape)
    (1, 2, 1001)

    Reference:

    - [Luo & Mesgarani, 2018, TasNet: Time-domain audio separation network for
      real-time, single-channel speech separation](https://arxiv.org/abs/1711.00541)
    """

    domain = "waveform"
    paper: ClassVar[Paper] = {
        "title": "Luo & Mesgarani, 2018",
        "link": "https://arxiv.org/abs/1711.00541",
    }

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
        config = constructor_arguments(locals())
        check_least(1, num_speakers=num_speakers, filters=filters)
        check_least(1, segment_length=segment_length)
        check_least(1, units=units, num_layers=num_layers)
        if units % 2 and not causal:
            raise ValueError(
                "`units` must be even: each direction has half of them. "
                f"Received: units={units}."
            )
        draw_seed = seed_source(seed)
        mixture = keras.Input((None,), name="mixture")
        segments, norms = UnitSegments(segment_length, dtype=FLOAT32, name="unit")(
            mixture
        )
        features = LearnedEncoder(
            filters,
            segment_length,
            segment_length,
            gated=True,
            kernel_initializer=keras.initializers.GlorotUniform(draw_seed()),
            dtype=FLOAT32,
            name="encoder",
        )(segments)
        x = layers.LayerNormalization(epsilon=1e-5, name="norm")(features)
        x = _recurrent(x, draw_seed, config)
        uniform = keras.initializers.GlorotUniform(draw_seed())
        masks = filterbank_masks(x, num_speakers, filters, uniform, "softmax")
        estimates = masked_waveforms(
            masks,
            # The decoder is linear: the norms may come before it.
            features * norms,
            mixture,
            (segment_length, segment_length),
            keras.initializers.GlorotUniform(draw_seed()),
        )
        super().__init__(mixture, estimates, config, **kwargs)

    @property
    def filterbank(self) -> tuple[int, int]:
        return self.segment_length, self.segment_length


def _recurrent(x: Tensor, draw_seed: SeedSource, config: Mapping[str, Any]) -> Tensor:
    """Applies the LSTM layers; every second one adds what the last such one gave."""
    units, skip = config["units"], None
    for index in range(config["num_layers"]):
        name = f"lstm{index}"
        if config["causal"]:
            x = lstm(units, draw_seed, name=name)(x)
        else:
            x = bidirectional_lstm(units // 2, draw_seed, name)(x)
        if index % 2:
            x = x if skip is None else layers.Add(name=f"{name}_add")([x, skip])
            skip = x
    return x
