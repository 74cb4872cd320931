"""Measures of separation, in NumPy, permutation-searched."""

import dataclasses
import itertools
import math

import numpy as np
from fast_bss_eval import numpy as bss

# A perfect estimate has no finite value and a silent one no value at all: both
# are clipped to this limit, so that neither drops out of a mean.
LIMIT_DB = 100.0


@dataclasses.dataclass(frozen=True)
class SeparationScores:
    """Measures of one mixture, one value per reference, in dB, higher is better.

    Attributes:
        sdr: Signal-to-distortion ratio of BSS Eval, version 3.
        sir: Signal-to-interference ratio of BSS Eval.
        sar: Signal-to-artifacts ratio of BSS Eval.
        si_sdr: Scale-invariant signal-to-distortion ratio.

    A silent reference has no measure: its values are NaN.
    """

    sdr: np.ndarray
    sir: np.ndarray
    sar: np.ndarray
    si_sdr: np.ndarray


def score_separation(
    references: np.ndarray, estimates: np.ndarray, filter_length: int = 512
) -> SeparationScores:
    """Computes all measures of the estimates of one mixture.

    Args:
        references: Signals `(speakers, samples)`.
        estimates: Signals `(speakers, samples)`, in any order. BSS Eval assigns
            them to the references by the best mean SIR, SI-SDR by its own best
            mean.
        filter_length: Taps of the filter that BSS Eval allows a reference to have
            passed.

    Raises:
        ValueError: If the shapes differ or if a sample is not finite.
    """
    references, estimates = _check(references, estimates)
    sdr, sir, sar = bss_eval(references, estimates, filter_length)
    return SeparationScores(sdr, sir, sar, permuted_si_sdr(references, estimates))


def bss_eval(
    references: np.ndarray, estimates: np.ndarray, filter_length: int = 512
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Computes SDR, SIR and SAR of BSS Eval, version 3.

    The estimate is split into what a filter of `filter_length` taps can make of its
    reference, what filters can make of the other references (interference), and the
    rest (artifacts). Estimates are assigned by the best mean SIR. With a single
    reference that is not silent there is no interference, so SIR is NaN and the
    best SDR decides.

    Args:
        references: Signals `(speakers, samples)`.
        estimates: Signals `(speakers, samples)`, in any order.
        filter_length: Taps of the distortion filter.

    Returns:
        SDR, SIR and SAR, each `(speakers,)`, in dB, higher is better.

    Reference:

    - [Vincent, Gribonval & Fevotte, 2006, Performance measurement in blind audio
      source separation](https://doi.org/10.1109/TSA.2005.858005)
    """
    references, estimates = _check(references, estimates)
    active = np.flatnonzero(np.any(references, axis=1))
    result = np.full((3, len(references)), np.nan)
    if len(active):
        sdr, sir, sar = _bss_eval_pairs(references[active], estimates, filter_length)
        rows = np.arange(len(active))
        order = _best_order(sir if len(active) > 1 else sdr)
        result[:, active] = sdr[rows, order], sir[rows, order], sar[rows, order]
        if len(active) == 1:
            result[1] = np.nan
    return result[0], result[1], result[2]


def si_sdr(reference: np.ndarray, estimate: np.ndarray) -> float:
    """Computes the scale-invariant signal-to-distortion ratio.

        10 log10(|a s|^2 / |a s - e|^2),    a = <s, e> / |s|^2

    with the means of the reference `s` and the estimate `e` removed.

    Args:
        reference: Signal `(samples,)`, not silent.
        estimate: Signal `(samples,)`.

    Returns:
        Ratio in dB, higher is better, within 100 dB of zero.

    Example:

    >>> time = np.arange(8000) / 8000
    >>> tone, error = np.sin(880 * np.pi * time), np.cos(880 * np.pi * time)
    >>> round(si_sdr(tone, 5 * (tone + 0.1 * error)), 6)
    20.0

    Reference:

    - [Le Roux et al., 2019, SDR - half-baked or well done?](
      https://arxiv.org/abs/1811.02508), Equation 3
    """
    reference = np.asarray(reference, "float64")
    estimate = np.asarray(estimate, "float64")
    reference = reference - reference.mean()
    estimate = estimate - estimate.mean()
    energy = np.dot(reference, reference)
    target = np.dot(reference, estimate) / energy * reference if energy else 0.0
    return _ratio_db(np.sum(np.square(target)), np.sum(np.square(estimate - target)))


def permuted_si_sdr(references: np.ndarray, estimates: np.ndarray) -> np.ndarray:
    """Computes SI-SDR per reference, in the order of the best mean.

    Args:
        references: Signals `(speakers, samples)`.
        estimates: Signals `(speakers, samples)`, in any order.

    Returns:
        Ratios `(speakers,)` in dB, NaN for a silent reference.
    """
    references, estimates = _check(references, estimates)
    result = np.full(len(references), np.nan)
    order = order_by_si_sdr(references, estimates)
    for index in np.flatnonzero(np.any(references, axis=1)):
        result[index] = si_sdr(references[index], estimates[order[index]])
    return result


def order_by_si_sdr(references: np.ndarray, estimates: np.ndarray) -> list[int]:
    """Finds the estimate of each reference that gives the best mean SI-SDR.

    Args:
        references: Signals `(speakers, samples)`. Silent ones have no say and
            get the estimates that remain, in their order.
        estimates: Signals `(speakers, samples)`, in any order.

    Returns:
        The index of the estimate of each reference.
    """
    references, estimates = _check(references, estimates)
    active = np.flatnonzero(np.any(references, axis=1)).tolist()
    if not active:
        return list(range(len(references)))
    pairs = [
        [si_sdr(references[i], estimate) for estimate in estimates] for i in active
    ]
    chosen = dict(zip(active, _best_order(np.array(pairs)), strict=True))
    rest = iter(i for i in range(len(estimates)) if i not in chosen.values())
    return [chosen[i] if i in chosen else next(rest) for i in range(len(references))]


def _bss_eval_pairs(
    references: np.ndarray, estimates: np.ndarray, filter_length: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Computes SDR, SIR and SAR of all pairs, each `(references, estimates)`."""
    arguments = references, estimates, filter_length
    try:
        target, all_references = bss.square_cosine_metrics(*arguments)
    except np.linalg.LinAlgError:
        # Linearly dependent references, as two copies of one signal.
        target, all_references = bss.square_cosine_metrics(*arguments, load_diag=1e-10)
    interference = target / np.maximum(all_references, np.finfo("float64").tiny)
    return _cosine_db(target), _cosine_db(interference), _cosine_db(all_references)


def _cosine_db(squared_cosine: np.ndarray) -> np.ndarray:
    limit = 1 / (1 + 10 ** (LIMIT_DB / 10))
    squared_cosine = np.clip(squared_cosine, limit, 1 - limit)
    return 10 * np.log10(squared_cosine / (1 - squared_cosine))


def _best_order(pairs: np.ndarray) -> list[int]:
    """Returns the estimate of each reference that gives the best mean."""
    references, estimates = pairs.shape
    rows = np.arange(references)
    orders = itertools.permutations(range(estimates), references)
    return list(max(orders, key=lambda order: float(pairs[rows, list(order)].mean())))


def _ratio_db(signal: float, distortion: float) -> float:
    if signal == 0.0:
        return -LIMIT_DB
    if distortion == 0.0:
        return LIMIT_DB
    return float(np.clip(10 * math.log10(signal / distortion), -LIMIT_DB, LIMIT_DB))


def _check(
    references: np.ndarray, estimates: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    references = np.asarray(references, "float64")
    estimates = np.asarray(estimates, "float64")
    if references.ndim != 2 or references.shape != estimates.shape:
        raise ValueError(
            "References and estimates must both be (speakers, samples). Received: "
            f"shapes {references.shape} and {estimates.shape}."
        )
    if not (np.all(np.isfinite(references)) and np.all(np.isfinite(estimates))):
        raise ValueError(
            "References and estimates must be finite. Received: NaN or infinite "
            "samples."
        )
    return references, estimates
