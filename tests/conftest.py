"""Fixtures for all tests."""

import json
import os
from pathlib import Path

import keras
import numpy as np
import pytest

# More fixtures of the same kinds can be tried from another folder.
GOLDEN = Path(os.environ.get("GOLDEN_DIR", Path(__file__).parent / "golden"))


@pytest.fixture
def golden():
    """Returns a function that reads notes and arrays of a golden fixture."""

    def read(name):
        if not (GOLDEN / f"{name}.npz").exists():
            pytest.skip(f"{GOLDEN} has no {name}")
        notes = json.loads((GOLDEN / f"{name}.json").read_text())
        arrays = np.load(GOLDEN / f"{name}.npz")
        return notes, {key: arrays[key].astype("float32") for key in arrays}

    return read


@pytest.fixture
def rng():
    keras.utils.set_random_seed(0)
    return np.random.default_rng(0)
