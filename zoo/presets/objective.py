"""The loss that a configuration names."""

import keras
from ml_collections import ConfigDict

from keras_complex.losses import (
    AntiWrappingPhaseLoss,
    CosineLoss,
    CSimLoss,
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
from zoo.models.chimera_loss import ChimeraLoss
from zoo.models.deep_attractor_loss import DeepAttractorLoss
from zoo.models.deep_clustering_loss import DeepClusteringLoss
from zoo.models.published_losses import PublishedTimeDomainLoss
from zoo.presets.named import build_named

# Each says its domain. Those named `_time` compare waveforms, if they may choose.
LOSSES: dict[str, type[keras.losses.Loss]] = {
    "anti_wrapping_phase": AntiWrappingPhaseLoss,
    "chimera": ChimeraLoss,
    "cosine_time": CosineLoss,
    "csim": CSimLoss,
    "deep_attractor": DeepAttractorLoss,
    "deep_clustering": DeepClusteringLoss,
    "l1_time": L1Loss,
    "l2": L2Loss,
    "l2_time": L2Loss,
    "log_cosh": LogCoshLoss,
    "log_cosh_time": LogCoshLoss,
    "magnitude": MagnitudeLoss,
    "multi_resolution_stft": MultiResolutionSTFTLoss,
    "phase_sensitive": PhaseSensitiveLoss,
    "power_compressed": PowerCompressedLoss,
    "sd_sdr": NegativeSDSDR,
    "si_sdr": NegativeSISDR,
    "snr": NegativeSNR,
}


def build_loss(config: ConfigDict, domain: str = "spectrogram") -> keras.losses.Loss:
    """Builds the permutation-invariant loss of a training.

    Args:
        config: Of the whole training. `config.loss` has the `name`, a key of `LOSSES`;
            `assignment`, as in `PermutationInvariant`, which losses of heads leave
            unused; for waveforms of a network of spectrograms, `inverse`: `"true"`, the
            default, or the public code's, `"published"` and its real part,
            `"published_real"`; `weight`, a factor of the loss (by default 1); all other
            keys are arguments of the loss.
        domain: Name of the domain of the network. One of waveforms takes losses of
            waveforms only, and no `inverse`.

    Raises:
        ValueError: If there is no such loss, or if it has no such argument.
    """
    part = config.loss.to_dict()
    name, assignment = part["name"], part.pop("assignment")
    weight, inverse = part.pop("weight", 1.0), "true"
    table = {
        key: loss
        for key, loss in LOSSES.items()
        if domain in ("spectrogram", loss_domain(key))
    }
    if domain == "spectrogram" and name in table and loss_domain(name) == "waveform":
        inverse = part.pop("inverse", "true")
    loss = build_named(table, "loss", part)
    loss.domain = loss_domain(name)
    if weight != 1.0:
        loss = WeightedSum([loss], [weight])
    if loss.domain == "heads":
        return loss
    loss = PermutationInvariant(loss, assignment=assignment)
    if inverse == "true":
        return loss
    if inverse not in ("published", "published_real"):
        raise ValueError(
            '`loss.inverse` must be "true", "published" or "published_real". '
            f"Received: loss.inverse={inverse!r}."
        )
    return PublishedTimeDomainLoss(loss, inverse == "published_real", **config.stft)


def loss_domain(name: str) -> str:
    """Returns what the loss of a name in `LOSSES` compares."""
    domain = LOSSES[name].domain
    if domain != "any":
        return domain
    return "waveform" if name.endswith("_time") else "spectrogram"
