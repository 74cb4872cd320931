"""The check that every export ends with: does it separate as Keras does?"""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np

from zoo.export.inputs import Inputs
from zoo.inference.separator import Separator
from zoo.metrics import permuted_si_sdr

# float32 exports reach 100 dB and more, float16 65 dB; below these, something is
# broken. Those of 8 bits count only where no loss of SI-SDR can be measured.
MINIMUM_SNR_DB = {
    "float32": 80.0,
    "float16": 50.0,
    "dynamic_int8": 15.0,
    "full_int8": 10.0,
}
# Mean over the mixtures.
MAXIMUM_LOSS_DB = {"dynamic_int8": 0.3, "full_int8": 1.0}


def snr_db(reference: np.ndarray, other: np.ndarray) -> float:
    """Returns the energy of `reference` over that of the difference, in dB."""
    reference = reference.astype("float64")
    error = np.sum(np.square(reference - other))
    return float(10 * np.log10(np.sum(np.square(reference)) / max(error, 1e-30)))


def compare(
    separator: Separator, run: Callable[[np.ndarray], np.ndarray], inputs: Inputs
) -> dict[str, Any]:
    """Compares an exported model with Keras.

    Args:
        separator: The model in Keras.
        run: The exported one, from a mixture `(1, samples)` to `(1, speakers,
            samples)`.
        inputs: What to compare on.

    Returns:
        `data`, in words; `examples`, their number; `snr_db`, the energy of what Keras
        gives over that of the difference, the least and the mean over examples; and,
        where sources are known, the mean `si_sdr_db` of the export and what it lost.
    """
    snrs_db, exported_db, keras_db = [], [], []
    for each in inputs.compared:
        mixture = each.mixture[np.newaxis]
        expected = keras.ops.convert_to_numpy(separator(mixture, training=False))
        actual = run(mixture)
        snrs_db.append(snr_db(expected, actual))
        if each.sources is not None and np.any(each.sources, axis=1).all():
            exported_db.append(permuted_si_sdr(each.sources, actual[0]).mean())
            keras_db.append(permuted_si_sdr(each.sources, expected[0]).mean())
    report = {
        "data": inputs.origin,
        "examples": len(snrs_db),
        "snr_db": float(np.min(snrs_db)),
        "mean_snr_db": float(np.mean(snrs_db)),
    }
    if exported_db:
        report["si_sdr_db"] = float(np.mean(exported_db))
        report["si_sdr_lost_db"] = float(np.mean(np.subtract(keras_db, exported_db)))
    return report


def check(name: str, report: dict[str, Any], precision: str = "float32") -> float:
    """Returns the least SNR, in dB.

    Args:
        name: What was exported.
        report: As `compare` returns it.
        precision: A key of `MINIMUM_SNR_DB`.

    Raises:
        ValueError: If it, or with known sources of 8 bits the loss of SI-SDR, misses
            its bound.
    """
    lost_db, least_db = report.get("si_sdr_lost_db"), report["snr_db"]
    if precision in MAXIMUM_LOSS_DB and lost_db is not None:
        bound_db = MAXIMUM_LOSS_DB[precision]
        if not lost_db < bound_db:
            raise ValueError(
                f"An export in {precision} must lose less than {bound_db} dB of "
                f"SI-SDR. Received: {lost_db:.2f} dB for {name!r}. Take another "
                "quantization."
            )
    elif not least_db > MINIMUM_SNR_DB[precision]:
        raise ValueError(
            f"The export must agree with Keras to {MINIMUM_SNR_DB[precision]:.0f} dB. "
            f"Received: {least_db:.1f} dB for {name!r} in {precision}. "
            + (
                "Take another quantization."
                if precision in MAXIMUM_LOSS_DB
                else "Report this with your versions."
            )
        )
    return least_db
