"""Tests of NegativeSDSDR, against its definition in float64."""

import keras
import numpy as np
import pytest

from keras_complex.losses import NegativeSDSDR, NegativeSISDR, NegativeSNR


def to_numpy(x):
    return keras.ops.convert_to_numpy(x)


@pytest.mark.parametrize("noise_db", [-50.0, -10.0, 0.0, 20.0])
@pytest.mark.parametrize("gain", [0.1, 1.0, 5.0])
def test_matches_the_definition(rng, noise_db, gain):
    y, noise = rng.normal(size=(2, 3, 4000))
    x = gain * (y + 10 ** (noise_db / 20) * noise)
    scale = np.sum(x * y, axis=1) / np.sum(y**2, axis=1)
    signal = scale**2 * np.sum(y**2, axis=1)
    expected = -10 * np.log10(signal / np.sum((y - x) ** 2, axis=1))
    values = to_numpy(NegativeSDSDR().call(y, x))
    np.testing.assert_allclose(values, expected, atol=0.02)


def test_is_snr_plus_gain_and_below_the_scale_invariant_ratio(rng):
    """Section 4 of the paper."""
    y, x = rng.normal(size=(2, 3, 4000))
    x = 0.5 * y + 0.1 * x
    gain = np.sum(x * y, axis=1) / np.sum(y**2, axis=1)
    values = to_numpy(NegativeSDSDR().call(y, x))
    snr = to_numpy(NegativeSNR(80.0).call(y, x))
    np.testing.assert_allclose(values, snr - 20 * np.log10(gain), atol=1e-2)
    assert np.all(values > to_numpy(NegativeSISDR(zero_mean=False).call(y, x)))


@pytest.mark.parametrize("limit_db", [30.0, 80.0])
def test_is_limited_on_both_sides(rng, limit_db):
    y, x = rng.normal(size=(2, 1, 4000))
    x -= np.sum(x * y) / np.sum(y**2) * y
    loss = NegativeSDSDR(limit_db)
    for estimate in (x, 1e-3 * x, 1e3 * x, 0 * x):
        assert limit_db - 3.1 < float(loss(y, estimate)) < limit_db + 3.1
    assert float(loss(y, y)) == pytest.approx(-limit_db, abs=3.1)


def test_silent_references_are_the_worst_without_gradient(rng, evaluate):
    y, x = rng.normal(size=(2, 2, 1000))
    values, slope = evaluate(NegativeSDSDR(40.0), 0 * y, x)
    np.testing.assert_array_equal(values, 40)
    np.testing.assert_array_equal(slope, 0)


def test_learns_from_a_silent_estimate(rng, evaluate):
    y = rng.normal(size=(2, 1000))
    _, slope = evaluate(NegativeSDSDR(), y, 0 * y)
    expected = -20 / np.log(10) * y / np.sum(y**2, axis=1, keepdims=True)
    np.testing.assert_allclose(slope, expected, atol=1e-6)


def test_rejects_limits_out_of_range():
    with pytest.raises(ValueError, match=r"`limit_db` must lie in \(0, 120\]. Recei"):
        NegativeSDSDR(0.0)
