"""Tests of L1Loss."""

import keras
import numpy as np
import pytest

from keras_complex.losses import L1Loss


def test_is_the_mean_over_valid_numbers(rng):
    y_true, y_pred = rng.normal(size=(2, 3, 5, 4, 2))
    mask = np.ones((3, 5, 4, 1))
    mask[1, 2:] = 0
    values = L1Loss().call(np.concatenate([y_true, mask], axis=-1), y_pred)
    distances = np.abs(y_true - y_pred)
    expected = [distances[0].mean(), distances[1, :2].mean(), distances[2].mean()]
    np.testing.assert_allclose(keras.ops.convert_to_numpy(values), expected, rtol=1e-6)


def test_is_0_only_where_signals_agree(rng):
    signal = rng.normal(size=(2, 50))
    assert float(L1Loss()(signal, signal)) == 0
    assert float(L1Loss()(signal, signal - 0.5)) == pytest.approx(0.5, rel=1e-6)


def test_an_example_without_valid_numbers_counts_0(rng):
    y_true = np.stack([rng.normal(size=(2, 50)), np.zeros((2, 50))], axis=-1)
    assert float(L1Loss()(y_true, rng.normal(size=(2, 50)))) == 0
