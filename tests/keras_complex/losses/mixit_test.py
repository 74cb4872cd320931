"""Tests of MixIT, against a search in Python."""

import itertools

import keras
import numpy as np
import pytest

from keras_complex.losses import (
    CSimLoss,
    L2Loss,
    MixIT,
    NegativeSNR,
    PermutationInvariant,
    TimeDomainLoss,
)


def to_numpy(x):
    return keras.ops.convert_to_numpy(x)


def search(loss, mixtures, sources):
    """Equation 3 on one example: all binary matrices with columns of sum 1."""
    results = []
    for bits in itertools.product([0, 1], repeat=len(sources)):
        matrix = np.stack([1 - np.array(bits), bits])
        estimates = np.tensordot(matrix, sources, axes=1)
        results.append((np.mean(to_numpy(loss.call(mixtures, estimates))), bits))
    return min(results)


@pytest.mark.parametrize("sources", [1, 2, 3, 5])
@pytest.mark.parametrize("loss", [L2Loss(), NegativeSNR()])
def test_finds_the_best_assignment(rng, sources, loss):
    y, x = rng.normal(size=(4, 2, 60)), rng.normal(size=(4, sources, 60))
    values = to_numpy(MixIT(loss).call(y, x))
    bits = to_numpy(MixIT(loss).assign(y, x))
    for index in range(4):
        value, expected = search(loss, y[index], x[index])
        assert values[index] == pytest.approx(value, rel=1e-5)
        assert tuple(bits[index]) == expected


def test_eight_sources_are_put_together(rng):
    x = rng.normal(size=(3, 8, 200)).astype("float32")
    bits = rng.integers(0, 2, size=(3, 8, 1)).astype("float32")
    y = np.stack([np.sum((1 - bits) * x, axis=1), np.sum(bits * x, axis=1)], axis=1)
    np.testing.assert_array_equal(to_numpy(MixIT(L2Loss()).assign(y, x)), bits[..., 0])
    assert float(MixIT(NegativeSNR())(y, x)) == pytest.approx(-30, abs=0.01)


def test_separated_references_of_two_sources_are_assigned_as_speakers(rng):
    y = rng.normal(size=(6, 2, 200))
    x = y[:, ::-1] + 0.5 * rng.normal(size=y.shape)
    np.testing.assert_allclose(
        to_numpy(MixIT(NegativeSNR()).call(y, x)),
        to_numpy(PermutationInvariant(NegativeSNR()).call(y, x)),
        rtol=1e-5,
    )


@pytest.mark.parametrize("loss", [L2Loss(), CSimLoss()], ids=lambda x: x.name)
def test_ignores_the_order_of_sources(rng, evaluate, loss):
    y, x = rng.normal(size=(2, 2, 5, 9, 2)), rng.normal(size=(2, 4, 5, 9, 2))
    order = rng.permutation(4)
    values, slope = evaluate(MixIT(loss), y, x)
    permuted_values, permuted_slope = evaluate(MixIT(loss), y, x[:, order])
    np.testing.assert_allclose(permuted_values, values, rtol=1e-5)
    np.testing.assert_allclose(permuted_slope, slope[:, order], rtol=1e-4, atol=1e-6)


def test_all_sources_of_a_mixture_share_its_gradient(rng, evaluate):
    y, x = rng.normal(size=(1, 2, 50)), rng.normal(size=(1, 3, 50))
    bits = to_numpy(MixIT(L2Loss()).assign(y, x))[0]
    _, slope = evaluate(MixIT(L2Loss()), y, x)
    for source, mixture in enumerate(bits):
        error = x[0, bits == mixture].sum(axis=0) - y[0, mixture]
        np.testing.assert_allclose(slope[0, source], error / 50, atol=1e-6)


def test_commutes_with_the_inverse_transform(rng):
    y, x = rng.normal(size=(2, 2, 5, 9, 2)), rng.normal(size=(2, 2, 5, 9, 2))
    outer = MixIT(TimeDomainLoss(NegativeSNR(), 16, 4)).call(y, x)
    inner = TimeDomainLoss(MixIT(NegativeSNR()), 16, 4).call(y, x)
    np.testing.assert_allclose(to_numpy(outer), to_numpy(inner), rtol=1e-4)


@pytest.mark.parametrize(
    ("true", "pred", "message"),
    [
        ((1, 3, 50), (1, 4, 50), r"must have the shape \(batch, 2, ...\).* Received"),
        ((1, 50), (1, 4, 50), r"must have the shape \(batch, 2, ...\).* Received"),
        ((1, 2, 50), (1, 9, 50), "at most 8 sources can be tried. Received: 9 sources"),
    ],
)
def test_rejects_sources_it_cannot_assign(true, pred, message):
    with pytest.raises(ValueError, match=message):
        MixIT(L2Loss()).call(np.zeros(true), np.zeros(pred))
