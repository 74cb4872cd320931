"""The loss that a configuration names, and the measure of success."""

from collections.abc import Callable
from typing import Any

import keras
from ml_collections import ConfigDict

from keras_complex.losses import (
    CosineLoss,
    CSimLoss,
    InTime,
    L2Loss,
    NegativeSISDR,
    PermutationInvariant,
)
from keras_complex.types import Tensor

LOSSES: dict[str, Callable[..., keras.losses.Loss]] = {
    "csim": CSimLoss,
    "l2": L2Loss,
}
# These compare waveforms: the inverse STFT comes first.
TIME_LOSSES: dict[str, Callable[..., keras.losses.Loss]] = {
    "cosine_time": CosineLoss,
    "l2_time": L2Loss,
    "si_sdr": NegativeSISDR,
}

# Networks trained with these choose the level of their estimates freely.
SCALE_INVARIANT_LOSSES = ("cosine_time", "csim", "si_sdr")


def build_loss(config: ConfigDict) -> keras.losses.Loss:
    """Builds the permutation-invariant loss of a training.

    Args:
        config: Of the whole training. `config.loss` has the `name`, a key of
            `LOSSES` or `TIME_LOSSES`; `assignment`, as in `PermutationInvariant`;
            all other keys are arguments of the loss.

    Raises:
        ValueError: If there is no such loss, or if it has no such argument.
    """
    arguments = config.loss.to_dict()
    name, assignment = arguments.pop("name"), arguments.pop("assignment")
    table = LOSSES | TIME_LOSSES
    if name not in table:
        raise ValueError(
            f"`loss.name` must be one of {', '.join(sorted(table))}. "
            f"Received: loss.name={name!r}."
        )
    try:
        loss = table[name](**arguments)
    except TypeError as error:
        raise ValueError(
            f"`loss` must hold arguments of {name!r} only. Received: {error}."
        ) from error
    loss = PermutationInvariant(loss, assignment=assignment)
    return _in_time(loss, config) if name in TIME_LOSSES else loss


def build_metric(config: ConfigDict) -> keras.metrics.Metric:
    """Builds SI-SDR under the best assignment, in dB, higher is better."""
    loss = _in_time(PermutationInvariant(NegativeSISDR()), config)

    def si_sdr(y_true: Tensor, y_pred: Tensor) -> Any:
        return -loss.call(y_true, y_pred)

    return keras.metrics.MeanMetricWrapper(si_sdr, name="si_sdr")


def _in_time(loss: keras.losses.Loss, config: ConfigDict) -> keras.losses.Loss:
    return InTime(loss, config.stft.frame_length, config.stft.frame_step)
