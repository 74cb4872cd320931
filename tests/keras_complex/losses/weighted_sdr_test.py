"""Tests of WeightedSDRLoss, against its definition in float64."""

import keras
import numpy as np
import pytest

from keras_complex.losses import WeightedSDRLoss


def to_numpy(x):
    return keras.ops.convert_to_numpy(x)


def cosine(x, y):
    return np.sum(x * y) / np.linalg.norm(x) / np.linalg.norm(y)


def weighted_sdr(mixture, y, x):
    """Equation 6 of Choi et al. (2019) on one source."""
    z = mixture - y
    share = np.sum(y**2) / (np.sum(y**2) + np.sum(z**2))
    return -share * cosine(x, y) - (1 - share) * cosine(mixture - x, z)


@pytest.mark.parametrize("sources", [2, 3])
@pytest.mark.parametrize("estimates", [1, 2])
def test_matches_the_definition(rng, sources, estimates):
    y = rng.normal(size=(4, sources, 500)) * rng.uniform(0.1, 3, size=(4, sources, 1))
    x = rng.normal(size=(4, estimates, 500))
    values = to_numpy(WeightedSDRLoss().call(y, x))
    expected = [
        np.mean([weighted_sdr(y[i].sum(0), y[i, s], x[i, s]) for s in range(estimates)])
        for i in range(4)
    ]
    np.testing.assert_allclose(values, expected, atol=1e-5)


def test_a_mask_ends_the_signals(rng):
    y, x = rng.normal(size=(1, 2, 500)), rng.normal(size=(1, 1, 500))
    mask = np.broadcast_to(np.arange(500) < 300, y.shape)
    value = float(WeightedSDRLoss()(np.stack([y, mask], axis=-1), x))
    expected = float(WeightedSDRLoss()(y[..., :300], x[..., :300]))
    assert value == pytest.approx(expected, rel=1e-5)


def test_a_source_that_ends_early_is_not_judged_beyond(rng):
    y, x = rng.normal(size=(1, 2, 500)), rng.normal(size=(1, 1, 500))
    mask = np.ones_like(y)
    mask[:, 0, 300:] = 0
    value = float(WeightedSDRLoss()(np.stack([y, mask], axis=-1), x))
    expected = float(WeightedSDRLoss()(y[..., :300], x[..., :300]))
    assert value == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("scale", [1e-2, 1e4])
def test_ignores_the_scale_of_all_but_not_of_the_estimate(rng, scale):
    y, x = rng.normal(size=(1, 2, 500)), rng.normal(size=(1, 1, 500))
    expected = float(WeightedSDRLoss()(y, x))
    assert float(WeightedSDRLoss()(scale * y, scale * x)) == pytest.approx(
        expected, abs=1e-5
    )
    speech = y[:, :1]
    assert float(WeightedSDRLoss()(y, speech)) == pytest.approx(-1, abs=1e-5)
    assert float(WeightedSDRLoss()(y, 0.1 * speech)) > -0.95


def test_without_speech_the_noise_counts(rng, evaluate):
    y = rng.normal(size=(1, 2, 500))
    y[:, 0] = 0
    x = rng.normal(size=(1, 1, 500))
    silent, slope = evaluate(WeightedSDRLoss(), y, 0 * x)
    assert silent == pytest.approx(-1, abs=1e-5)
    assert np.all(np.isfinite(slope))
    assert float(WeightedSDRLoss()(y, x)) > -0.9


@pytest.mark.parametrize(
    ("true", "pred", "message"),
    [
        ((1, 1, 50), (1, 2, 50), "a source for each estimate.* Received: 2 estimates"),
        ((1, 50), (1, 50), r"must have the shapes \(batch, sources, samples\)"),
        ((1, 2, 50), (1, 50), r"must have the shapes \(batch, sources, samples\)"),
    ],
)
def test_rejects_sources_that_do_not_fit(true, pred, message):
    with pytest.raises(ValueError, match=message):
        WeightedSDRLoss().call(np.zeros(true), np.zeros(pred))
