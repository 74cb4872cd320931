"""Mixtures for the tests of exports."""

import numpy as np
import pytest
import soundfile


@pytest.fixture
def make_mixtures(tmp_path):
    """Returns a function that writes mixtures of noise, all of 8 kHz."""

    def make(count, samples=900, sources=2):
        rng = np.random.default_rng(0)
        for number in range(count):
            signals = 0.1 * rng.normal(size=(sources, samples))
            names = ["mix", *(f"s{k + 1}" for k in range(sources))]
            for name, signal in zip(names, [signals.sum(0), *signals], strict=True):
                folder = tmp_path / "mixtures" / name
                folder.mkdir(parents=True, exist_ok=True)
                soundfile.write(folder / f"{number:02}.wav", signal, 8000, "FLOAT")
        return tmp_path / "mixtures"

    return make
