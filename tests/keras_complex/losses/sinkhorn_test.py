"""Tests of SinkhornPermutationInvariant, against NumPy and exact assignments."""

import itertools

import keras
import numpy as np
import pytest

from keras_complex.losses import (
    L2Loss,
    NegativeSNR,
    PermutationInvariant,
    SinkhornPermutationInvariant,
    TimeDomainLoss,
)


def to_numpy(x):
    return keras.ops.convert_to_numpy(x)


def pair_costs(y, x):
    """L2 of all pairs of one example, in float64."""
    return np.mean((y[:, None] - x[None]) ** 2, axis=-1)


def sinkhorn(costs, beta, iterations=5000):
    """The definition, by the scaling vectors of Sinkhorn and Knopp."""
    kernel = np.exp(-beta * costs)
    v = np.ones(len(costs))
    for _ in range(iterations):
        u = 1 / (kernel @ v)
        v = 1 / (kernel.T @ u)
    plan = u[:, None] * kernel * v
    return np.sum(plan * (costs + np.log(plan) / beta)) / len(costs), plan


@pytest.mark.parametrize("speakers", [1, 2, 5])
@pytest.mark.parametrize("beta", [0.1, 1.0, 4.0])
def test_matches_the_definition(rng, speakers, beta):
    y, x = rng.normal(size=(2, 3, speakers, 20))
    loss = SinkhornPermutationInvariant(L2Loss(), beta, iterations=300)
    expected = [sinkhorn(pair_costs(*pair), beta)[0] for pair in zip(y, x, strict=True)]
    np.testing.assert_allclose(to_numpy(loss.call(y, x)), expected, rtol=1e-4)


def test_the_gradient_weighs_pairs_by_their_assignment(rng, evaluate):
    y, x = rng.normal(size=(2, 1, 3, 20))
    _, plan = sinkhorn(pair_costs(y[0], x[0]), 2.0)
    loss = SinkhornPermutationInvariant(L2Loss(), 2.0, iterations=300)
    _, slope = evaluate(loss, y, x)
    # Columns of the plan sum to 1, so each estimate is drawn to a mean reference.
    expected = 2 / 20 / 3 * (x[0] - plan.T @ y[0])
    np.testing.assert_allclose(slope[0], expected, atol=1e-5)


def test_becomes_exact_as_beta_grows(rng, evaluate):
    y, noise = rng.normal(size=(2, 4, 4, 100)).astype("float32")
    x = y[:, [2, 0, 3, 1]] + 2 * noise
    exact, exact_slope = evaluate(PermutationInvariant(L2Loss()), y, x)
    errors = []
    for beta in (1.0, 3.0, 10.0, 30.0):
        loss = SinkhornPermutationInvariant(L2Loss(), beta)
        values, slope = evaluate(loss, y, x)
        # A lower bound, short of it by at most the entropy.
        assert np.all(values <= exact + 1e-5)
        assert np.all(values >= exact - np.log(4) / beta - 1e-4)
        errors.append(np.max(exact - values))
    assert errors == sorted(errors, reverse=True)
    np.testing.assert_allclose(values, exact, rtol=1e-3)
    np.testing.assert_allclose(slope, exact_slope, atol=0.02 * np.abs(slope).max())


def test_is_a_lower_bound_before_it_has_converged(rng):
    y, x = rng.normal(size=(2, 20, 4, 10)).astype("float32")
    exact = to_numpy(PermutationInvariant(L2Loss()).call(y, x))
    values = [
        to_numpy(SinkhornPermutationInvariant(L2Loss(), 300.0, n).call(y, x))
        for n in (1, 10, 100)
    ]
    assert np.all(values[2] <= exact + 1e-5)
    # Each iteration raises the bound.
    assert np.all(np.diff(values, axis=0) >= -1e-5)


def test_a_small_beta_averages_all_assignments(rng):
    y, x = rng.normal(size=(2, 1, 3, 50))
    loss = SinkhornPermutationInvariant(L2Loss(), 1e-3)
    value = float(loss(y, x)) + np.log(3) / 1e-3
    mean = np.mean(
        [np.mean((y[0] - x[0][list(p)]) ** 2) for p in itertools.permutations(range(3))]
    )
    assert value == pytest.approx(mean, abs=0.02)


@pytest.mark.parametrize("assignment", ["utterance", "batch"])
def test_ignores_the_order_of_estimates(rng, assignment):
    y, x = rng.normal(size=(2, 2, 5, 100))
    loss = SinkhornPermutationInvariant(NegativeSNR(), assignment=assignment)
    permuted = to_numpy(loss.call(y, x[:, rng.permutation(5)]))
    np.testing.assert_allclose(permuted, to_numpy(loss.call(y, x)), rtol=1e-5)


def test_assigns_the_batch_as_one_example(rng):
    y, x = rng.normal(size=(2, 3, 2, 60)).astype("float32")
    batch = SinkhornPermutationInvariant(L2Loss(), assignment="batch")
    joined = [s.transpose(1, 0, 2).reshape(1, 2, 180) for s in (y, x)]
    expected = float(SinkhornPermutationInvariant(L2Loss())(*joined))
    np.testing.assert_allclose(to_numpy(batch.call(y, x)), expected, rtol=1e-5)


def test_takes_more_speakers_than_the_exact_search(rng):
    y = rng.normal(size=(1, 20, 200))
    order = rng.permutation(20)
    loss = SinkhornPermutationInvariant(NegativeSNR())
    assert float(loss(y, y[:, order])) == pytest.approx(-30, abs=0.1)


def test_nests_with_the_inverse_transform(rng):
    y, x = rng.normal(size=(2, 2, 3, 5, 9, 2)).astype("float32")
    loss = NegativeSNR()
    outer = SinkhornPermutationInvariant(TimeDomainLoss(loss, 16, 4)).call(y, x)
    inner = TimeDomainLoss(SinkhornPermutationInvariant(loss), 16, 4).call(y, x)
    np.testing.assert_allclose(to_numpy(outer), to_numpy(inner), rtol=1e-4)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"beta": 0.0}, "`beta` must be positive. Received: beta=0.0"),
        ({"iterations": 0}, "`iterations` must be at least 1. Received: iterations=0"),
        ({"assignment": "frame"}, '`assignment` must be "utterance" or "batch". Rec'),
        ({"loss": "mse"}, "must be an instance of `keras.losses.Loss` whose"),
    ],
)
def test_rejects_invalid_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        SinkhornPermutationInvariant(**{"loss": L2Loss(), **arguments})
