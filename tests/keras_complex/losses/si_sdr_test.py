"""Tests of NegativeSISDR, against its definition in float64."""

import keras
import numpy as np
import pytest

from keras_complex.losses import NegativeSISDR


def to_numpy(x):
    return keras.ops.convert_to_numpy(x)


def si_sdr_db(y, x, zero_mean=True):
    """Equation 3 of Le Roux et al. (2019) on one waveform."""
    if zero_mean:
        x, y = x - x.mean(), y - y.mean()
    target = np.dot(x, y) / np.dot(y, y) * y
    return 10 * np.log10(np.sum(target**2) / np.sum((target - x) ** 2))


@pytest.mark.parametrize("zero_mean", [True, False])
@pytest.mark.parametrize("noise_db", [-50.0, -10.0, 0.0, 20.0, 50.0])
def test_matches_the_definition(rng, zero_mean, noise_db):
    y = rng.normal(size=(3, 4000)) + 0.1
    x = 0.3 * y + 10 ** (-noise_db / 20) * rng.normal(size=y.shape) + 0.2
    values = to_numpy(NegativeSISDR(zero_mean).call(y, x))
    expected = [-si_sdr_db(*pair, zero_mean) for pair in zip(y, x, strict=True)]
    np.testing.assert_allclose(values, expected, atol=0.02)


@pytest.mark.parametrize("zero_mean", [True, False])
def test_agrees_with_an_independent_package(rng, zero_mean):
    fast_bss_eval = pytest.importorskip("fast_bss_eval").numpy
    y, x = rng.normal(size=(2, 3, 4000)) + 0.1
    x += y
    values = to_numpy(NegativeSISDR(zero_mean).call(y, x))
    expected = [
        fast_bss_eval.si_sdr(y[i : i + 1], x[i : i + 1], zero_mean=zero_mean)[0]
        for i in range(3)
    ]
    np.testing.assert_allclose(values, -np.array(expected), atol=1e-3)


def test_takes_the_mean_over_valid_samples(rng):
    y, x = rng.normal(size=(2, 1, 500)) + 1.0
    mask = np.arange(500) < 300
    value = float(NegativeSISDR()(np.stack([y, mask[None]], axis=-1), x))
    assert value == pytest.approx(-si_sdr_db(y[0, :300], x[0, :300]), abs=1e-3)


@pytest.mark.parametrize("scale", [1e-3, 1e4])
def test_ignores_the_scale_of_either_signal(rng, scale):
    y, x = rng.normal(size=(2, 1, 4000))
    x = y + 0.1 * x
    expected = float(NegativeSISDR()(y, x))
    assert float(NegativeSISDR()(scale * y, x)) == pytest.approx(expected, abs=1e-3)
    assert float(NegativeSISDR()(y, scale * x)) == pytest.approx(expected, abs=1e-3)


@pytest.mark.parametrize("limit_db", [20.0, 80.0])
def test_is_limited(rng, limit_db):
    y, x = rng.normal(size=(2, 1, 4000))
    y -= y.mean()
    orthogonal = x - x.mean()
    orthogonal -= np.sum(orthogonal * y) / np.sum(y**2) * y
    loss = NegativeSISDR(limit_db=limit_db)
    assert float(loss(y, y)) == pytest.approx(-limit_db, abs=0.1)
    assert float(loss(y, orthogonal)) == pytest.approx(limit_db, abs=0.1)


@pytest.mark.parametrize("limit_db", [0.0, 121.0])
def test_rejects_limits_out_of_range(limit_db):
    message = rf"`limit_db` must lie in \(0, 120\]. Received: limit_db={limit_db}"
    with pytest.raises(ValueError, match=message):
        NegativeSISDR(limit_db=limit_db)


@pytest.mark.parametrize("silent", ["y_true", "y_pred", "both"])
def test_silence_is_the_worst_without_gradient(rng, evaluate, silent):
    y, x = 0.1 * rng.normal(size=(2, 2, 4000))
    y = y if silent == "y_pred" else 0 * y
    x = x if silent == "y_true" else 0 * x
    values, slope = evaluate(NegativeSISDR(), y, x)
    np.testing.assert_allclose(values, 80, atol=1e-3)
    np.testing.assert_allclose(slope, 0, atol=1e-4)
