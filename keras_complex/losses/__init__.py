"""Losses on packed spectrograms and on waveforms, one value per example."""

from keras_complex.losses.cosine import CosineLoss
from keras_complex.losses.csim import CSimLoss
from keras_complex.losses.in_time import InTime
from keras_complex.losses.l2 import L2Loss
from keras_complex.losses.permutation_invariant import PermutationInvariant
from keras_complex.losses.si_sdr import NegativeSISDR
from keras_complex.losses.weighted_sum import WeightedSum

__all__ = [
    "CSimLoss",
    "CosineLoss",
    "InTime",
    "L2Loss",
    "NegativeSISDR",
    "PermutationInvariant",
    "WeightedSum",
]
