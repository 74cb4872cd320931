"""Every layer and loss under MirroredStrategy, on two logical devices."""

import os
import subprocess
import sys
from pathlib import Path

import keras
import pytest

from tests.contract import TWO_DEVICES

ROOT = Path(__file__).parents[2]
LAYERS = sorted(str(path) for path in Path(__file__).parent.glob("layers/[a-z]*"))


@pytest.mark.slow
@pytest.mark.every_case
@pytest.mark.skipif(
    keras.backend.backend() != "tensorflow" or TWO_DEVICES in os.environ,
    reason="MirroredStrategy is TensorFlow's.",
)
@pytest.mark.parametrize(
    ("paths", "names"),
    [
        (LAYERS[::2], "contract"),
        (LAYERS[1::2], "contract"),
        (["tests/keras_complex/losses"], "contract_on_two"),
    ],
    ids=["layers", "other_layers", "losses"],
)
def test_learn_the_same_on_two_devices(paths, names):
    command = ["-m", "pytest", "-q", *paths, "-k", names]
    result = subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env={**os.environ, TWO_DEVICES: "1"},
        capture_output=True,
        text=True,
    )
    assert result.returncode == 0, result.stdout[-5000:]
