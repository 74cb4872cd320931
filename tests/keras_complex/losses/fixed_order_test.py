"""Tests of FixedOrder."""

import keras
import numpy as np
import pytest

from keras_complex.losses import (
    CosineLoss,
    FixedOrder,
    L2Loss,
    NegativeSISDR,
    PermutationInvariant,
    TimeDomainLoss,
)


def to_numpy(x):
    return keras.ops.convert_to_numpy(x)


def test_is_the_mean_over_speakers(rng):
    y, x = rng.normal(size=(2, 4, 3, 200))
    values = to_numpy(FixedOrder(NegativeSISDR()).call(y, x))
    expected = [to_numpy(NegativeSISDR().call(y[:, s], x[:, s])) for s in range(3)]
    np.testing.assert_allclose(values, np.mean(expected, axis=0), rtol=1e-5)


def test_knows_the_order_that_a_permutation_ignores(rng):
    y = rng.normal(size=(2, 2, 100))
    swapped = y[:, ::-1]
    assert float(FixedOrder(CosineLoss())(y, y)) == pytest.approx(-1, rel=1e-5)
    assert float(FixedOrder(CosineLoss())(y, swapped)) > -0.5
    assert float(PermutationInvariant(CosineLoss())(y, swapped)) == pytest.approx(-1)


def test_is_at_least_the_permutation_invariant_loss(rng):
    y, x = rng.normal(size=(2, 20, 3, 30))
    fixed = to_numpy(FixedOrder(L2Loss()).call(y, x))
    best = to_numpy(PermutationInvariant(L2Loss()).call(y, x))
    assert np.all(fixed >= best - 1e-6) and np.any(fixed > best)


def test_commutes_with_the_inverse_transform(rng):
    y, x = rng.normal(size=(2, 2, 2, 5, 129, 2)).astype("float32")
    outer = to_numpy(FixedOrder(TimeDomainLoss(NegativeSISDR())).call(y, x))
    inner = to_numpy(TimeDomainLoss(FixedOrder(NegativeSISDR())).call(y, x))
    np.testing.assert_allclose(outer, inner, rtol=1e-4)


def test_rejects_speakers_that_differ():
    with pytest.raises(ValueError, match=r"the same, known number of speakers"):
        FixedOrder(L2Loss()).call(np.zeros((1, 2, 50)), np.zeros((1, 3, 50)))


def test_rejects_what_is_no_loss():
    with pytest.raises(ValueError, match="must be an instance of"):
        FixedOrder("mse")
