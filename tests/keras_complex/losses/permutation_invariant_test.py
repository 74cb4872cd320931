"""Tests of PermutationInvariant, against a search in Python."""

import itertools

import keras
import numpy as np
import pytest

from keras_complex.losses import (
    CosineLoss,
    CSimLoss,
    L2Loss,
    NegativeSISDR,
    PermutationInvariant,
    TimeDomainLoss,
)


def to_numpy(x):
    return keras.ops.convert_to_numpy(x)


def search(loss, y_true, y_pred):
    """Best value and permutation of one example, pair by pair."""
    speakers = len(y_true)
    return min(
        (
            np.mean(
                [
                    float(loss(y_true[s : s + 1], y_pred[p : p + 1]))
                    for s, p in enumerate(permutation)
                ]
            ),
            permutation,
        )
        for permutation in itertools.permutations(range(speakers))
    )


@pytest.mark.parametrize("speakers", [1, 2, 3])
@pytest.mark.parametrize("loss", [L2Loss(), NegativeSISDR()])
def test_finds_the_best_permutation_of_each_utterance(rng, speakers, loss):
    y = rng.normal(size=(4, speakers, 200)).astype("float32")
    x = np.stack([s[rng.permutation(speakers)] for s in y])
    x = x + rng.normal(size=x.shape).astype("float32")
    pit = PermutationInvariant(loss)
    values, permutations = to_numpy(pit.call(y, x)), to_numpy(pit.assign(y, x))
    assert permutations.shape == (4, speakers)
    for index in range(4):
        value, permutation = search(loss, y[index], x[index])
        assert values[index] == pytest.approx(value, rel=1e-5)
        assert tuple(permutations[index]) == permutation


@pytest.mark.parametrize("speakers", [5, 10])
def test_many_speakers_are_put_in_order(rng, speakers):
    y = rng.normal(size=(6, speakers, 40)).astype("float32")
    orders = np.stack([rng.permutation(speakers) for _ in range(6)])
    x = np.take_along_axis(y, orders[..., None], axis=1)
    pit = PermutationInvariant(CosineLoss())
    np.testing.assert_array_equal(to_numpy(pit.assign(y, x)), np.argsort(orders))
    np.testing.assert_array_equal(to_numpy(pit.reorder(y, x)), y)
    np.testing.assert_allclose(to_numpy(pit.call(y, x)), -1, rtol=1e-6)


@pytest.mark.parametrize("assignment", ["utterance", "batch"])
@pytest.mark.parametrize(
    "loss",
    [L2Loss(), CSimLoss(), TimeDomainLoss(CosineLoss(), 16, 8)],
    ids=lambda x: x.name,
)
def test_ignores_the_order_of_estimates(rng, evaluate, assignment, loss):
    y, x = rng.normal(size=(2, 2, 3, 5, 9, 2))
    pit, order = PermutationInvariant(loss, assignment), [2, 0, 1]
    values, slope = evaluate(pit, y, x)
    permuted_values, permuted_slope = evaluate(pit, y, x[:, order])
    np.testing.assert_allclose(permuted_values, values, rtol=1e-6)
    np.testing.assert_allclose(permuted_slope, slope[:, order], rtol=1e-5, atol=1e-7)


def test_the_batch_has_one_permutation_and_an_utterance_its_own(rng):
    y = rng.normal(size=(2, 2, 100)).astype("float32")
    # The first example is in order and loud, the second swapped.
    y[0] *= 10
    x = np.stack([y[0], y[1, ::-1]])
    batch = PermutationInvariant(L2Loss(), "batch")
    np.testing.assert_array_equal(to_numpy(batch.assign(y, x)), [[0, 1], [0, 1]])
    np.testing.assert_allclose(
        to_numpy(batch.call(y, x)), [np.mean((y - x) ** 2)] * 2, rtol=1e-6
    )
    utterance = PermutationInvariant(L2Loss())
    np.testing.assert_array_equal(to_numpy(utterance.assign(y, x)), [[0, 1], [1, 0]])
    np.testing.assert_array_equal(to_numpy(utterance.call(y, x)), [0, 0])


def test_the_gradient_is_that_of_the_best_permutation_alone(rng, evaluate):
    y, x = rng.normal(size=(2, 3, 2, 50)).astype("float32")
    pit = PermutationInvariant(L2Loss())
    order = to_numpy(pit.assign(y, x))
    _, slope = evaluate(pit, y, x)
    matched = np.take_along_axis(y, np.argsort(order)[..., None], axis=1)
    np.testing.assert_allclose(slope, 2 * (x - matched) / (2 * 50), atol=1e-7)


def test_equal_estimates_share_the_identity(rng, evaluate):
    y = rng.normal(size=(2, 2, 50))
    x = np.repeat(rng.normal(size=(2, 1, 50)), 2, axis=1)
    pit = PermutationInvariant(NegativeSISDR())
    assert np.all(np.isfinite(evaluate(pit, y, x)[1]))
    np.testing.assert_array_equal(to_numpy(pit.assign(y, x)), [[0, 1], [0, 1]])


def test_a_silent_reference_leaves_the_choice_to_the_others(rng):
    y = 0.1 * rng.normal(size=(1, 3, 4000))
    x = y[:, [2, 0, 1]] + 0.01 * rng.normal(size=y.shape)
    y[:, 1] = 0
    order = to_numpy(PermutationInvariant(NegativeSISDR()).assign(y, x))[0]
    np.testing.assert_array_equal(order, [1, 2, 0])


@pytest.mark.parametrize("assignment", ["utterance", "batch"])
def test_trains_and_reloads_with_a_model(rng, tmp_path, assignment):
    y = rng.normal(size=(4, 2, 5, 9, 3)).astype("float32")
    y[..., 2] = np.arange(5)[:, None] < 4
    inputs = keras.Input((None, 9, 2))
    outputs = keras.layers.Reshape((-1, 9, 2, 2))(keras.layers.Dense(4)(inputs))
    model = keras.Model(inputs, keras.layers.Permute((4, 1, 2, 3))(outputs))
    model.compile("sgd", PermutationInvariant(CSimLoss(imag_weight=1.0), assignment))
    before = [weight.numpy() for weight in model.trainable_weights[:1]]
    history = model.fit(y[:, 0, ..., :2], y, batch_size=2, verbose=0).history
    assert np.isfinite(history["loss"][0])
    assert np.any(model.trainable_weights[0].numpy() != before[0])
    model.save(tmp_path / "model.keras")
    restored = keras.saving.load_model(tmp_path / "model.keras")
    assert restored.loss.get_config() == model.loss.get_config()
    assert restored.evaluate(y[:, 0, ..., :2], y, verbose=0) == pytest.approx(
        model.evaluate(y[:, 0, ..., :2], y, verbose=0), rel=1e-6
    )


@pytest.mark.parametrize(
    ("true", "pred", "message"),
    [
        ((1, 2, 50), (1, 3, 50), "the same, known number of speakers. Received: "),
        ((1, 50), (1, 50), "must have the shape"),
        ((1, 13, 5), (1, 13, 5), "At most 12 rows can be assigned exactly. Received"),
    ],
)
def test_rejects_speakers_it_cannot_assign(true, pred, message):
    with pytest.raises(ValueError, match=message):
        PermutationInvariant(L2Loss()).call(np.zeros(true), np.zeros(pred))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"assignment": "frame"}, '`assignment` must be "utterance" or "batch". Rec'),
        ({"loss": "mse"}, "must be an instance of `keras.losses.Loss` whose"),
    ],
)
def test_rejects_invalid_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        PermutationInvariant(**{"loss": L2Loss(), **arguments})
