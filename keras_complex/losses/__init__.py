"""Losses on packed spectrograms and on waveforms, one value per example.

A loss says by its attribute `domain` what it compares: `"spectrogram"`, `"waveform"`,
or `"any"` for values of either; those that take other losses compare what these do.
With `scale_invariant`, the level of an estimate leaves the loss as it is.
"""

from keras_complex.losses.anti_wrapping_phase import AntiWrappingPhaseLoss
from keras_complex.losses.consistency import ConsistencyLoss
from keras_complex.losses.cosine import CosineLoss
from keras_complex.losses.csim import CSimLoss
from keras_complex.losses.fixed_order import FixedOrder
from keras_complex.losses.l1 import L1Loss
from keras_complex.losses.l2 import L2Loss
from keras_complex.losses.log_cosh import LogCoshLoss
from keras_complex.losses.magnitude import MagnitudeLoss
from keras_complex.losses.mixit import MixIT
from keras_complex.losses.multi_resolution_stft import MultiResolutionSTFTLoss
from keras_complex.losses.one_and_rest_pit import OneAndRestPIT
from keras_complex.losses.permutation_invariant import PermutationInvariant
from keras_complex.losses.phase_sensitive import PhaseSensitiveLoss
from keras_complex.losses.power_compressed import PowerCompressedLoss
from keras_complex.losses.sd_sdr import NegativeSDSDR
from keras_complex.losses.si_sdr import NegativeSISDR
from keras_complex.losses.sinkhorn import SinkhornPermutationInvariant
from keras_complex.losses.sinkhorn_annealing import SinkhornAnnealing
from keras_complex.losses.snr import NegativeSNR
from keras_complex.losses.time_domain import TimeDomainLoss
from keras_complex.losses.weighted_sdr import WeightedSDRLoss
from keras_complex.losses.weighted_sum import WeightedSum

__all__ = [
    "AntiWrappingPhaseLoss",
    "CSimLoss",
    "ConsistencyLoss",
    "CosineLoss",
    "FixedOrder",
    "L1Loss",
    "L2Loss",
    "LogCoshLoss",
    "MagnitudeLoss",
    "MixIT",
    "MultiResolutionSTFTLoss",
    "NegativeSDSDR",
    "NegativeSISDR",
    "NegativeSNR",
    "OneAndRestPIT",
    "PermutationInvariant",
    "PhaseSensitiveLoss",
    "PowerCompressedLoss",
    "SinkhornAnnealing",
    "SinkhornPermutationInvariant",
    "TimeDomainLoss",
    "WeightedSDRLoss",
    "WeightedSum",
]
