"""The check that every export ends with: does it separate as Keras does?"""

import numpy as np

# float32 exports reach 100 dB and more; below this, something is broken.
MINIMUM_SNR_DB = 60.0


def example_signal(samples: int, sample_rate: int) -> np.ndarray:
    """Returns two voices of harmonics with syllables in noise, `(1, samples)`."""
    rng = np.random.default_rng(0)
    time = np.arange(samples) / sample_rate
    signal = 0.01 * rng.normal(size=samples)
    for pitch_hz, syllables_hz in ((110.0, 3.0), (205.0, 4.3)):
        phase = 2 * np.pi * pitch_hz * time + 2 * np.sin(2 * np.pi * 1.5 * time)
        envelope = np.sin(np.pi * syllables_hz * time) ** 2
        for harmonic in range(1, int(0.4 * sample_rate / pitch_hz)):
            signal += envelope * np.cos(harmonic * phase) / harmonic
    return (0.1 * signal / np.std(signal)).astype("float32")[np.newaxis]


def snr_db(reference: np.ndarray, other: np.ndarray) -> float:
    """Returns the energy of `reference` over that of the difference, in dB."""
    reference = reference.astype("float64")
    error = np.sum(np.square(reference - other))
    return float(10 * np.log10(np.sum(np.square(reference)) / max(error, 1e-30)))


def check(name: str, snrs_db: list[float]) -> float:
    """Returns the least of the SNRs.

    Raises:
        ValueError: If it is below 60 dB or not a number.
    """
    worst = float(np.min(snrs_db))
    if not worst > MINIMUM_SNR_DB:
        raise ValueError(
            f"The export must agree with Keras to {MINIMUM_SNR_DB:.0f} dB. Received: "
            f"{worst:.1f} dB for {name!r}. Report this with your versions."
        )
    return worst
