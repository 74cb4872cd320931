"""Every loss, for the tests of what all of them honour."""

import numpy as np
import pytest

from keras_complex.losses import (
    AntiWrappingPhaseLoss,
    ConsistencyLoss,
    CosineLoss,
    CSimLoss,
    FixedOrder,
    L1Loss,
    L2Loss,
    LogCoshLoss,
    MagnitudeLoss,
    MixIT,
    MultiResolutionSTFTLoss,
    NegativeSDSDR,
    NegativeSISDR,
    NegativeSNR,
    OneAndRestPIT,
    PermutationInvariant,
    PhaseSensitiveLoss,
    PowerCompressedLoss,
    SinkhornPermutationInvariant,
    TimeDomainLoss,
    WeightedSDRLoss,
    WeightedSum,
)
from zoo.models.published_losses import PublishedTimeDomainLoss

WAVEFORM = (3, 600)
SPECTROGRAM = (3, 6, 9, 2)
TWO_WAVEFORMS = (3, 2, 600)
TWO_SPECTROGRAMS = (3, 2, 6, 9, 2)
FRAMES = {"frame_length": 16, "frame_step": 4}

# Class, arguments and the shape of `y_pred`, and of `y_true` if that differs. Each
# argument of each class has a value other than its default.
CASES = {
    "anti_wrapping_phase": (
        AntiWrappingPhaseLoss,
        {"phase_weight": 0.5, "group_delay_weight": 2.0, "frequency_weight": 3.0},
        SPECTROGRAM,
    ),
    "consistency": (ConsistencyLoss, FRAMES, SPECTROGRAM),
    "cosine": (CosineLoss, {}, WAVEFORM),
    "csim": (
        CSimLoss,
        {
            "real_weight": 2.0,
            "imag_weight": 3.0,
            "imag_penalty": "total",
            "epsilon": 1e-3,
        },
        SPECTROGRAM,
    ),
    "fixed_order": (FixedOrder, {"loss": CSimLoss()}, TWO_SPECTROGRAMS),
    "time_domain": (
        TimeDomainLoss,
        {"loss": NegativeSISDR(), **FRAMES},
        SPECTROGRAM,
    ),
    "l1_waveform": (L1Loss, {}, WAVEFORM),
    "l1_spectrogram": (L1Loss, {}, SPECTROGRAM),
    "l2_waveform": (L2Loss, {}, WAVEFORM),
    "l2_spectrogram": (L2Loss, {}, SPECTROGRAM),
    "log_cosh": (LogCoshLoss, {"sharpness": 10.0}, WAVEFORM),
    "magnitude": (MagnitudeLoss, {"order": 2, "log": True}, SPECTROGRAM),
    "mixit": (MixIT, {"loss": NegativeSNR()}, (3, 4, 600), TWO_WAVEFORMS),
    "multi_resolution": (
        MultiResolutionSTFTLoss,
        {
            "resolutions": ((32, 8), (64, 20)),
            "convergence_weight": 0.5,
            "log_weight": 2.0,
        },
        WAVEFORM,
    ),
    "one_and_rest": (OneAndRestPIT, {"loss": L2Loss()}, TWO_WAVEFORMS, (3, 4, 600)),
    "permutation_invariant": (
        PermutationInvariant,
        {"loss": CSimLoss(), "assignment": "batch"},
        TWO_SPECTROGRAMS,
    ),
    "phase_sensitive": (PhaseSensitiveLoss, {}, SPECTROGRAM),
    "power_compressed": (
        PowerCompressedLoss,
        {"exponent": 0.5, "complex_weight": 0.6},
        SPECTROGRAM,
    ),
    "sd_sdr": (NegativeSDSDR, {"limit_db": 50.0}, WAVEFORM),
    "si_sdr": (NegativeSISDR, {"zero_mean": False, "limit_db": 30.0}, WAVEFORM),
    "sinkhorn": (
        SinkhornPermutationInvariant,
        {"loss": L2Loss(), "beta": 2.0, "iterations": 20, "assignment": "batch"},
        TWO_SPECTROGRAMS,
    ),
    "snr": (NegativeSNR, {"limit_db": 40.0}, WAVEFORM),
    "weighted_sdr": (WeightedSDRLoss, {}, TWO_WAVEFORMS, (3, 3, 600)),
    "weighted_sum": (
        WeightedSum,
        {"losses": [L2Loss(), CSimLoss()], "weights": [0.5, 2.0]},
        SPECTROGRAM,
    ),
}
# Losses that have other branches than those of CASES, and losses of losses.
LOSSES = {
    **{
        name: (cls(**arguments), *shapes)
        for name, (cls, arguments, *shapes) in CASES.items()
    },
    "csim_bins": (CSimLoss(), SPECTROGRAM),
    "magnitude_linear": (MagnitudeLoss(), SPECTROGRAM),
    "si_sdr_zero_mean": (NegativeSISDR(), WAVEFORM),
    "in_true_time": (TimeDomainLoss(NegativeSISDR(), **FRAMES), SPECTROGRAM),
    "l2_in_true_time": (TimeDomainLoss(L2Loss(), **FRAMES), SPECTROGRAM),
    "in_published_time": (PublishedTimeDomainLoss(L2Loss(), **FRAMES), SPECTROGRAM),
    "in_real_published_time": (
        PublishedTimeDomainLoss(NegativeSISDR(), real_part=True, **FRAMES),
        SPECTROGRAM,
    ),
    "resolutions_in_time": (
        TimeDomainLoss(MultiResolutionSTFTLoss(((8, 3),)), **FRAMES),
        SPECTROGRAM,
    ),
    "pit_waveform": (PermutationInvariant(NegativeSISDR()), TWO_WAVEFORMS),
    "pit_of_time": (
        PermutationInvariant(TimeDomainLoss(CosineLoss(), **FRAMES)),
        TWO_SPECTROGRAMS,
    ),
    "time_of_pit": (
        TimeDomainLoss(PermutationInvariant(L2Loss()), **FRAMES),
        TWO_SPECTROGRAMS,
    ),
    "time_of_weighted_sdr": (
        TimeDomainLoss(WeightedSDRLoss(), **FRAMES),
        TWO_SPECTROGRAMS,
    ),
    "sinkhorn_of_time": (
        SinkhornPermutationInvariant(
            TimeDomainLoss(NegativeSNR(), **FRAMES), iterations=20
        ),
        TWO_SPECTROGRAMS,
    ),
    "mixit_spectrogram": (MixIT(L2Loss()), (3, 3, 6, 9, 2), TWO_SPECTROGRAMS),
    "one_and_rest_of_time": (
        OneAndRestPIT(TimeDomainLoss(CosineLoss(), **FRAMES)),
        TWO_SPECTROGRAMS,
        (3, 3, 6, 9, 2),
    ),
}


def each_loss(function):
    """Runs a test with `loss`, `true_shape` and `pred_shape` of each loss."""
    cases = [(loss, shapes[-1], shapes[0]) for loss, *shapes in LOSSES.values()]
    return pytest.mark.parametrize(
        ("loss", "true_shape", "pred_shape"), cases, ids=LOSSES.keys()
    )(function)


def draw(rng, shape):
    return rng.normal(size=shape).astype("float32")


def add_mask(y_true, valid):
    """Appends the mask channel; `valid` frames or samples of each are valid."""
    if y_true.shape[-1] == 2:
        mask = np.zeros((*y_true.shape[:-1], 1), "float32")
        mask[..., :valid, :, :] = 1
        return np.concatenate([y_true, mask], axis=-1)
    mask = np.zeros_like(y_true)
    mask[..., :valid] = 1
    return np.stack([y_true, mask], axis=-1)
