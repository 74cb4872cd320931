"""Intelligibility and quality of speech, by the packages pystoi and pesq."""

import importlib
import math
import warnings
from typing import Any

import numpy as np

# 30 frames of 25.6 ms, every 12.8 ms (Taal et al., 2011, Section II).
STOI_SECONDS = 0.4
# The raw score -0.5, the lowest, on the scale of opinions: ITU-T P.862.1,
# Equation 1, and P.862.2, Equation 1.
LOWEST_PESQ = {
    "nb": 0.999 + 4 / (1 + math.exp(1.4945 * 0.5 + 4.6607)),
    "wb": 0.999 + 4 / (1 + math.exp(1.3669 * 0.5 + 3.8224)),
}


def stoi(
    reference: np.ndarray,
    estimate: np.ndarray,
    sample_rate: int,
    extended: bool = False,
) -> float:
    """Computes the short-time objective intelligibility.

    It needs the package `pystoi` and resamples to 10 kHz.

    Args:
        reference: Clean speech `(samples,)`.
        estimate: Processed speech `(samples,)`.
        sample_rate: In Hz.
        extended: Whether to compute ESTOI, which holds for maskers that fluctuate.

    Returns:
        Correlation, about 0 to 1, higher is better. NaN if the reference has less
        than 0.4 s of speech, 0 if the estimate is silent.

    Raises:
        ImportError: If `pystoi` is not installed.
        ValueError: If the shapes differ, or the rate is not positive.

    Reference:

    - [Taal et al., 2011, An algorithm for intelligibility prediction of
      time-frequency weighted noisy speech](
      https://doi.org/10.1109/TASL.2011.2114881)
    - [Jensen & Taal, 2016, An algorithm for predicting the intelligibility of
      speech masked by modulated noise maskers](
      https://doi.org/10.1109/TASLP.2016.2585878)
    """
    package = _import("pystoi")
    reference, estimate = _check(reference, estimate)
    if sample_rate < 1:
        raise ValueError(
            "`sample_rate` must be a positive number of Hz. "
            f"Received: sample_rate={sample_rate}."
        )
    if len(reference) < STOI_SECONDS * sample_rate or not np.any(reference):
        return math.nan
    if not np.any(estimate):
        return 0.0
    with warnings.catch_warnings():
        # The package returns 1e-5 here, which a mean would hide.
        warnings.filterwarnings("error", "Not enough STFT frames", RuntimeWarning)
        try:
            return float(package.stoi(reference, estimate, sample_rate, extended))
        except RuntimeWarning:
            return math.nan


def pesq(
    reference: np.ndarray, estimate: np.ndarray, sample_rate: int, mode: str
) -> float:
    """Computes the perceptual evaluation of speech quality.

    It needs the package `pesq`. Values of the two modes cannot be compared.

    Args:
        reference: Clean speech `(samples,)`.
        estimate: Processed speech `(samples,)`.
        sample_rate: 8000 Hz, or 16000 Hz, which `"wb"` needs.
        mode: `"nb"` for narrow band, telephone speech (ITU-T P.862.1), `"wb"` for
            wide band (P.862.2).

    Returns:
        Mean opinion score, 1.02 (1.04 for wide band) to 4.55 (4.64), higher is
        better. NaN if the reference is shorter than 1/4 s or holds no speech; the
        lowest score if the estimate is silent.

    Raises:
        ImportError: If `pesq` is not installed.
        ValueError: If the shapes differ, or if rate and mode do not go together.

    Reference:

    - [ITU-T P.862](https://www.itu.int/rec/T-REC-P.862)
    - [ITU-T P.862.2](https://www.itu.int/rec/T-REC-P.862.2)
    """
    check_pesq(sample_rate, mode)
    package = _import("pesq")
    reference, estimate = _check(reference, estimate)
    if not np.any(reference):
        return math.nan
    if not np.any(estimate):
        return LOWEST_PESQ[mode]
    try:
        return float(package.pesq(sample_rate, reference, estimate, mode))
    except (package.NoUtterancesError, package.BufferTooShortError):
        return math.nan


def check_pesq(sample_rate: int, mode: str) -> None:
    """Raises ValueError unless PESQ has this mode at this rate."""
    if mode not in LOWEST_PESQ:
        raise ValueError(f'`mode` must be "nb" or "wb". Received: mode={mode!r}.')
    rates = (8000, 16000) if mode == "nb" else (16000,)
    if sample_rate not in rates:
        names = " or ".join(str(rate) for rate in rates)
        raise ValueError(
            f"`sample_rate` must be {names} Hz for PESQ with mode={mode!r}. "
            f"Received: sample_rate={sample_rate}. Resample both signals first."
        )


def _import(package: str) -> Any:
    try:
        return importlib.import_module(package)
    except ImportError as error:
        raise ImportError(
            f"`{package}` must be installed for this measure. "
            "Run `pip install 'keras-complex-zoo[metrics]'`."
        ) from error


def _check(
    reference: np.ndarray, estimate: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    reference = np.asarray(reference, "float64")
    estimate = np.asarray(estimate, "float64")
    if reference.ndim != 1 or reference.shape != estimate.shape:
        raise ValueError(
            "Reference and estimate must both be (samples,). Received: shapes "
            f"{reference.shape} and {estimate.shape}."
        )
    if not (np.all(np.isfinite(reference)) and np.all(np.isfinite(estimate))):
        raise ValueError(
            "Reference and estimate must be finite. Received: NaN or infinite samples."
        )
    return reference, estimate
