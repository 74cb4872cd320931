"""Tests of OneAndRestPIT, against a search in Python."""

import keras
import numpy as np
import pytest

from keras_complex.losses import (
    CosineLoss,
    L2Loss,
    NegativeSISDR,
    OneAndRestPIT,
    PermutationInvariant,
    TimeDomainLoss,
)


def to_numpy(x):
    return keras.ops.convert_to_numpy(x)


def search(loss, sources, one, rest):
    """Equation 3 on one example, whose sources are all present."""
    values = []
    for s in range(len(sources)):
        others = np.delete(sources, s, axis=0).sum(axis=0)
        pair = np.stack([sources[s], others])
        first, second = to_numpy(loss.call(pair, np.stack([one, rest])))
        values.append(first + second / (len(sources) - 1))
    return min(values)


@pytest.mark.parametrize("speakers", [2, 3, 5])
@pytest.mark.parametrize("loss", [L2Loss(), NegativeSISDR()])
def test_finds_the_best_speaker(rng, speakers, loss):
    y, x = rng.normal(size=(6, speakers, 60)), rng.normal(size=(6, 2, 60))
    values = to_numpy(OneAndRestPIT(loss).call(y, x))
    expected = [search(loss, y[i], *x[i]) for i in range(6)]
    np.testing.assert_allclose(values, expected, rtol=1e-4)


@pytest.mark.parametrize("loss", [L2Loss(), NegativeSISDR()])
def test_absent_speakers_change_nothing(rng, evaluate, loss):
    y, x = rng.normal(size=(3, 3, 60)), rng.normal(size=(3, 2, 60))
    filled = np.insert(y, [0, 2, 3], 0, axis=1)
    values, slope = evaluate(OneAndRestPIT(loss), y, x)
    filled_values, filled_slope = evaluate(OneAndRestPIT(loss), filled, x)
    np.testing.assert_allclose(filled_values, values, rtol=1e-5)
    np.testing.assert_allclose(filled_slope, slope, rtol=1e-4, atol=1e-6)


def test_a_single_speaker_leaves_silence(rng):
    y = np.zeros((1, 3, 60))
    y[:, 1] = rng.normal(size=60)
    right = np.stack([y[:, 1], y[:, 0]], axis=1)
    assert float(OneAndRestPIT(L2Loss())(y, right)) == 0
    # The silent speakers are no candidates for the one.
    assert float(OneAndRestPIT(L2Loss())(y, right[:, ::-1])) > 0.5


def test_ignores_the_order_of_speakers(rng):
    y, x = rng.normal(size=(4, 4, 60)), rng.normal(size=(4, 2, 60))
    loss = OneAndRestPIT(NegativeSISDR())
    permuted = to_numpy(loss.call(y[:, rng.permutation(4)], x))
    np.testing.assert_allclose(permuted, to_numpy(loss.call(y, x)), rtol=1e-5)


def test_of_two_speakers_is_twice_the_permutation_invariant_loss(rng):
    y, x = rng.normal(size=(2, 4, 2, 60))
    pit = to_numpy(PermutationInvariant(L2Loss()).call(y, x))
    np.testing.assert_allclose(
        to_numpy(OneAndRestPIT(L2Loss()).call(y, x)), 2 * pit, rtol=1e-5
    )


def test_weak_speakers_survive_a_loud_one(rng):
    """As a difference to the sum of all, they drowned in its rounding."""
    y = 1e-4 * rng.normal(size=(1, 3, 60))
    y[:, 0] = 1e4 * rng.normal(size=60)
    x = np.stack([y[:, 0], y[:, 1] + y[:, 2]], axis=1)
    assert float(OneAndRestPIT(CosineLoss())(y, x)) == pytest.approx(-1.5, abs=1e-4)


def test_speakers_may_end_at_different_samples(rng):
    y, x = rng.normal(size=(1, 2, 60)), rng.normal(size=(1, 2, 60))
    mask = np.ones_like(y)
    mask[:, 1, 40:] = 0
    value = float(OneAndRestPIT(L2Loss())(np.stack([y, mask], axis=-1), x))
    y = y * mask
    costs = []
    for one, other in ((0, 1), (1, 0)):
        length = int(mask[0, one].sum())
        first = np.mean((y[0, one] - x[0, 0])[:length] ** 2)
        costs.append(first + np.mean((y[0, other] - x[0, 1]) ** 2))
    assert value == pytest.approx(min(costs), rel=1e-5)


def test_runs_in_time(rng):
    y, x = rng.normal(size=(2, 3, 5, 9, 2)), rng.normal(size=(2, 2, 5, 9, 2))
    values = to_numpy(OneAndRestPIT(TimeDomainLoss(L2Loss(), 16, 4)).call(y, x))
    assert values.shape == (2,) and np.all(values > 0)


@pytest.mark.parametrize(
    ("true", "pred"), [((1, 3, 50), (1, 3, 50)), ((1, 50), (1, 50))]
)
def test_rejects_other_numbers_of_estimates(true, pred):
    message = r"must have the shape \(batch, 2, ...\), one and rest.* Received: shapes"
    with pytest.raises(ValueError, match=message):
        OneAndRestPIT(L2Loss()).call(np.zeros(true), np.zeros(pred))


def test_files_of_before_load():
    loss = OneAndRestPIT(L2Loss())
    old = keras.saving.serialize_keras_object(loss)
    assert old["registered_name"] == "keras_complex>OneAndRestPIT"
    old |= {"class_name": "OneAndRest", "registered_name": "keras_complex>OneAndRest"}
    restored = keras.saving.deserialize_keras_object(old)
    assert restored.get_config() == loss.get_config()
