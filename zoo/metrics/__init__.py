"""Measures of separated speech, as functions of arrays and as Keras metrics."""

from zoo.metrics.eager import PESQ, SAR, SDR, SIR, STOI
from zoo.metrics.separation import (
    LIMIT_DB,
    SeparationScores,
    bss_eval,
    order_by_si_sdr,
    permuted_si_sdr,
    score_separation,
    si_sdr,
)
from zoo.metrics.speech import pesq, stoi

__all__ = [
    "LIMIT_DB",
    "PESQ",
    "SAR",
    "SDR",
    "SIR",
    "STOI",
    "SeparationScores",
    "bss_eval",
    "order_by_si_sdr",
    "permuted_si_sdr",
    "pesq",
    "score_separation",
    "si_sdr",
    "stoi",
]
