"""The loss that a configuration names, and the measure of success."""

from collections.abc import Callable
from typing import Any

import keras
from ml_collections import ConfigDict

from keras_complex.losses import (
    AntiWrappingPhaseLoss,
    CosineLoss,
    CSimLoss,
    InTime,
    L1Loss,
    L2Loss,
    LogCoshLoss,
    MagnitudeLoss,
    MultiResolutionSTFTLoss,
    NegativeSDSDR,
    NegativeSISDR,
    NegativeSNR,
    PermutationInvariant,
    PhaseSensitiveLoss,
    PowerCompressedLoss,
    WeightedSum,
)
from keras_complex.types import Tensor
from zoo.models.chimera_loss import ChimeraLoss
from zoo.models.deep_attractor_loss import DeepAttractorLoss
from zoo.models.deep_clustering_loss import DeepClusteringLoss

LOSSES: dict[str, Callable[..., keras.losses.Loss]] = {
    "anti_wrapping_phase": AntiWrappingPhaseLoss,
    "csim": CSimLoss,
    "l2": L2Loss,
    "log_cosh": LogCoshLoss,
    "magnitude": MagnitudeLoss,
    "phase_sensitive": PhaseSensitiveLoss,
    "power_compressed": PowerCompressedLoss,
}
# These compare waveforms: the inverse STFT of spectrograms comes first.
TIME_LOSSES: dict[str, Callable[..., keras.losses.Loss]] = {
    "cosine_time": CosineLoss,
    "l1_time": L1Loss,
    "l2_time": L2Loss,
    "log_cosh_time": LogCoshLoss,
    "multi_resolution_stft": MultiResolutionSTFTLoss,
    "sd_sdr": NegativeSDSDR,
    "si_sdr": NegativeSISDR,
    "snr": NegativeSNR,
}
# These compare the `training_network` of a network with the sources, in any order.
HEAD_LOSSES: dict[str, Callable[..., keras.losses.Loss]] = {
    "chimera": ChimeraLoss,
    "deep_attractor": DeepAttractorLoss,
    "deep_clustering": DeepClusteringLoss,
}

# Networks trained with these choose the level of their estimates freely.
SCALE_INVARIANT_LOSSES = ("cosine_time", "csim", "si_sdr")


def build_loss(config: ConfigDict) -> keras.losses.Loss:
    """Builds the permutation-invariant loss of a training.

    Args:
        config: Of the whole training. `config.loss` has the `name`, a key of
            `LOSSES`, `TIME_LOSSES` or `HEAD_LOSSES`; `assignment`, as in
            `PermutationInvariant`, which `HEAD_LOSSES` leave unused;
            with `TIME_LOSSES`, `inverse`, as in `InTime` (by default the true one);
            `weight`, a factor of the loss (by default 1); all other keys are
            arguments of the loss. Networks of waveforms, with
            `config.stft.frame_length` 0, take `TIME_LOSSES` only and no `inverse`.

    Raises:
        ValueError: If there is no such loss, or if it has no such argument.
    """
    arguments = config.loss.to_dict()
    name, assignment = arguments.pop("name"), arguments.pop("assignment")
    weight = arguments.pop("weight", 1.0)
    inverse, table = None, TIME_LOSSES
    if config.stft.frame_length:
        table = LOSSES | TIME_LOSSES | HEAD_LOSSES
        inverse = arguments.pop("inverse", "true") if name in TIME_LOSSES else None
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
    if weight != 1.0:
        loss = WeightedSum([loss], [weight])
    if name in HEAD_LOSSES:
        return loss
    loss = PermutationInvariant(loss, assignment=assignment)
    return loss if inverse is None else _in_time(loss, config, inverse)


def build_metric(config: ConfigDict) -> keras.metrics.Metric:
    """Builds SI-SDR under the best assignment, in dB, higher is better."""
    loss = negative_si_sdr(config)

    def si_sdr(y_true: Tensor, y_pred: Tensor) -> Any:
        return -loss.call(y_true, y_pred)

    return keras.metrics.MeanMetricWrapper(si_sdr, name="si_sdr")


def negative_si_sdr(config: ConfigDict) -> keras.losses.Loss:
    """Builds negative SI-SDR under the best assignment, in dB, lower is better."""
    loss = PermutationInvariant(NegativeSISDR())
    return _in_time(loss, config) if config.stft.frame_length else loss


def _in_time(
    loss: keras.losses.Loss, config: ConfigDict, inverse: str = "true"
) -> keras.losses.Loss:
    return InTime(loss, config.stft.frame_length, config.stft.frame_step, inverse)
