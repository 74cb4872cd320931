"""Tests of NegativeSNR, against its definition in float64."""

import keras
import numpy as np
import pytest

from keras_complex.losses import NegativeSNR


def to_numpy(x):
    return keras.ops.convert_to_numpy(x)


@pytest.mark.parametrize("limit_db", [10.0, 30.0, 80.0])
@pytest.mark.parametrize("noise_db", [-40.0, 0.0, 20.0])
def test_matches_the_definition(rng, limit_db, noise_db):
    y, noise = rng.normal(size=(2, 3, 1000))
    x = y + 10 ** (noise_db / 20) * noise
    error, energy = np.sum((y - x) ** 2, axis=1), np.sum(y**2, axis=1)
    limited = error + 10 ** (-limit_db / 10) * energy
    expected = 10 * np.log10(limited) - 10 * np.log10(energy)
    values = to_numpy(NegativeSNR(limit_db).call(y, x))
    np.testing.assert_allclose(values, expected, atol=1e-3)


def test_is_limited_for_perfect_estimates(rng):
    y = rng.normal(size=(1, 1000))
    for limit_db in (10.0, 30.0, 80.0):
        value = float(NegativeSNR(limit_db)(y, y))
        assert value == pytest.approx(-limit_db, abs=1e-4)


@pytest.mark.parametrize("scale", [1e-4, 1e4])
def test_ignores_a_scale_of_both_but_not_of_one(rng, scale):
    y, x = rng.normal(size=(2, 1, 1000))
    expected = float(NegativeSNR()(y, x))
    assert float(NegativeSNR()(scale * y, scale * x)) == pytest.approx(expected, 1e-4)
    assert abs(float(NegativeSNR()(y, scale * x)) - expected) > 1


def test_silent_references_have_no_ratio_and_silent_estimates_0_db(rng, evaluate):
    y, x = rng.normal(size=(2, 2, 1000))
    values, slope = evaluate(NegativeSNR(), 0 * y, x)
    np.testing.assert_array_equal(values, 0)
    np.testing.assert_array_equal(slope, 0)
    values, slope = evaluate(NegativeSNR(), y, 0 * x)
    np.testing.assert_allclose(values, 10 * np.log10(1.001), atol=1e-5)
    # Away from silence, towards the reference.
    assert np.all(np.sum(slope * y, axis=1) < 0)


@pytest.mark.parametrize("limit_db", [0.0, -30.0, 150.0])
def test_rejects_limits_out_of_range(limit_db):
    message = rf"`limit_db` must lie in \(0, 120\]. Received: limit_db={limit_db}"
    with pytest.raises(ValueError, match=message):
        NegativeSNR(limit_db)
