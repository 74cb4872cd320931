"""Tests of MagnitudeLoss, against complex128."""

import keras
import numpy as np
import pytest

from keras_complex.losses import MagnitudeLoss
from tests.complex_numpy import complex_normal


def to_numpy(x):
    return keras.ops.convert_to_numpy(x)


def parts(z):
    return np.stack([z.real, z.imag], axis=-1).astype("float32")


@pytest.mark.parametrize("order", [1, 2])
@pytest.mark.parametrize("log", [False, True])
def test_matches_the_definition_in_complex128(rng, order, log):
    y, x = complex_normal(rng, 2, 3, 5, 9)
    values = to_numpy(MagnitudeLoss(order, log).call(parts(y), parts(x)))
    scale = np.log if log else np.asarray
    expected = np.abs(scale(np.abs(y)) - scale(np.abs(x))) ** order
    np.testing.assert_allclose(values, expected.mean(axis=(1, 2)), rtol=1e-5)


@pytest.mark.parametrize("log", [False, True])
def test_is_blind_to_phases(rng, log):
    y = complex_normal(rng, 2, 5, 9)
    rotated = y * np.exp(2j * np.pi * rng.random(y.shape))
    assert float(MagnitudeLoss(log=log)(parts(y), parts(rotated))) < 1e-6


def test_the_logarithm_sees_the_ratio_at_any_scale(rng):
    y = complex_normal(rng, 2, 5, 9)
    for scale in (1e-4, 1.0, 1e6):
        value = MagnitudeLoss(log=True)(scale * parts(y), 3 * scale * parts(y))
        assert float(value) == pytest.approx(np.log(3), rel=1e-5)


def test_counts_a_bin_once_in_the_mean_over_valid_ones(rng):
    y, x = complex_normal(rng, 2, 1, 5, 9)
    mask = np.ones((1, 5, 9, 1))
    mask[:, 2:] = 0
    y_true = np.concatenate([parts(y), mask], axis=-1)
    expected = np.mean(np.abs(np.abs(y) - np.abs(x))[:, :2])
    assert float(MagnitudeLoss()(y_true, parts(x))) == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("order", [0, 3, "l1"])
def test_rejects_other_orders(order):
    with pytest.raises(ValueError, match="`order` must be 1 or 2"):
        MagnitudeLoss(order)


def test_rejects_waveforms(rng):
    with pytest.raises(ValueError, match=r"must have the shape \(batch, frames, bins"):
        MagnitudeLoss().call(rng.normal(size=(2, 50)), rng.normal(size=(2, 50)))
