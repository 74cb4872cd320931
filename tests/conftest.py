"""Fixtures for all tests."""

import json
import os
from pathlib import Path

import keras
import numpy as np
import pytest

from tests.contract import TWO_DEVICES

# Set it to have TensorFlow optimize graphs as it does by default.
GRAPH_OPTIMIZATION = "KERAS_COMPLEX_GRAPH_OPTIMIZATION"
# More fixtures of the same kinds can be tried from another folder.
GOLDEN = Path(os.environ.get("GOLDEN_DIR", Path(__file__).parent / "golden"))


@pytest.fixture(scope="module", autouse=True)
def _forget_compiled_functions():
    """Frees what JAX keeps of the tests of a module: gigabytes in all."""
    yield
    if keras.backend.backend() == "jax":
        import jax

        jax.clear_caches()


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


def pytest_configure():
    if keras.backend.backend() != "tensorflow":
        return
    import tensorflow as tf

    if not os.environ.get(GRAPH_OPTIMIZATION):
        # Most graphs run once or twice, in less time than their optimization takes.
        tf.config.optimizer.set_experimental_options({"disable_meta_optimizer": True})
    if os.environ.get(TWO_DEVICES):
        (cpu,) = tf.config.list_physical_devices("CPU")
        two = [tf.config.LogicalDeviceConfiguration()] * 2
        tf.config.set_logical_device_configuration(cpu, two)
