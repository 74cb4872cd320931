"""Metrics of waveforms, averaged over examples, for `compile(metrics=...)`."""

from keras_complex.metrics.si_sdr import SISDR
from keras_complex.metrics.si_sdr_improvement import SISDRImprovement
from keras_complex.metrics.snr import SNR

__all__ = ["SISDR", "SNR", "SISDRImprovement"]
