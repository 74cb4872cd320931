"""Tests of CosineLoss."""

import keras
import numpy as np
import pytest

from keras_complex.losses import CosineLoss


def test_matches_the_definition_in_float64(rng):
    x, y = rng.normal(size=(2, 3, 100))
    values = keras.ops.convert_to_numpy(CosineLoss().call(y, x))
    expected = -np.sum(x * y, axis=1)
    expected /= np.linalg.norm(x, axis=1) * np.linalg.norm(y, axis=1)
    np.testing.assert_allclose(values, expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("scale", [1e-3, 1.0, 1e4])
def test_knows_the_direction_but_not_the_scale(rng, scale):
    signal = rng.normal(size=(1, 100))
    assert float(CosineLoss()(signal, scale * signal)) == pytest.approx(-1, rel=1e-6)
    assert float(CosineLoss()(signal, -scale * signal)) == pytest.approx(1, rel=1e-6)


def test_silence_scores_0(rng):
    signal = rng.normal(size=(1, 100))
    assert float(CosineLoss()(signal, 0 * signal)) == 0
    assert float(CosineLoss()(0 * signal, signal)) == 0
