"""Tests of LogCoshLoss, against NumPy in float64."""

import keras
import numpy as np
import pytest

from keras_complex.losses import LogCoshLoss
from tests.gradients import assert_close


def to_numpy(x):
    return keras.ops.convert_to_numpy(x)


@pytest.mark.parametrize("sharpness", [0.5, 1.0, 20.0])
def test_matches_the_definition(rng, sharpness):
    y, x = rng.normal(size=(2, 3, 100))
    values = to_numpy(LogCoshLoss(sharpness).call(y, x))
    expected = np.log(np.cosh(sharpness * (x - y))).mean(axis=1) / sharpness
    np.testing.assert_allclose(values, expected, rtol=1e-5)


@pytest.mark.parametrize("size", [1e-10, 1e-6, 1e-3, 0.1, 0.999, 1.0, 1.001])
def test_keeps_its_precision_near_0(size):
    value = float(LogCoshLoss()(np.zeros((1, 1)), np.full((1, 1), size)))
    # The series, since NumPy's logarithm loses its digits too.
    expected = size**2 / 2 - size**4 / 12 if size < 0.01 else np.log(np.cosh(size))
    assert value == pytest.approx(expected, rel=1e-5)
    assert value >= 0


@pytest.mark.parametrize("size", [50.0, 1e6])
def test_is_the_distance_far_from_0(size):
    value = float(LogCoshLoss(2.0)(np.zeros((1, 1)), np.full((1, 1), -size)))
    assert value == pytest.approx(size - np.log(2) / 2, rel=1e-6)


def test_its_gradient_is_the_hyperbolic_tangent(rng, evaluate):
    y, x = rng.normal(size=(2, 3, 100))
    _, slope = evaluate(LogCoshLoss(3.0), y, x)
    assert_close(slope, np.tanh(3 * (x - y)) / 100, 1e-5)


@pytest.mark.parametrize("sharpness", [0.0, -1.0])
def test_rejects_a_sharpness_that_is_not_positive(sharpness):
    message = f"`sharpness` must be positive. Received: sharpness={sharpness}"
    with pytest.raises(ValueError, match=message):
        LogCoshLoss(sharpness)
