"""Tests of the operations of attention."""

import numpy as np
import pytest
from keras import ops

from keras_complex.ops import (
    attention_scores,
    masked_softmax,
    merge_heads,
    split_heads,
)
from tests.complex_numpy import complex_normal, pack, unpack
from tests.gradients import gradient


def test_heads_split_complex_channels(rng):
    z = complex_normal(rng, 2, 5, 12)
    heads = split_heads(pack(z), 3)
    expected = z.reshape(2, 5, 3, 4).transpose(0, 2, 1, 3)
    np.testing.assert_allclose(unpack(heads), expected, atol=1e-6)
    np.testing.assert_array_equal(merge_heads(heads), pack(z))


@pytest.mark.parametrize(
    ("score", "part"), [("real", lambda z: z.real), ("magnitude", abs)]
)
def test_scores_meet_their_formula(rng, score, part):
    q, k = complex_normal(rng, 2, 5, 4), complex_normal(rng, 2, 7, 4)
    expected = part(q @ k.conj().swapaxes(1, 2)) / 2
    actual = attention_scores(pack(q), pack(k), score)
    np.testing.assert_allclose(actual, expected, atol=1e-6)


def test_magnitudes_ignore_a_phase_of_every_step(rng):
    q, k = complex_normal(rng, 2, 5, 4), complex_normal(rng, 2, 7, 4)
    turns = np.exp(1j * rng.uniform(-np.pi, np.pi, (2, 7, 1)))
    scores = {
        (score, turned): ops.convert_to_numpy(
            attention_scores(pack(q), pack(turns * k if turned else k), score)
        )
        for score in ("real", "magnitude")
        for turned in (False, True)
    }
    same = scores["magnitude", True] - scores["magnitude", False]
    np.testing.assert_allclose(same, 0, atol=1e-6)
    assert abs(scores["real", True] - scores["real", False]).max() > 0.1


def test_the_gradient_of_a_magnitude_of_zero_is_finite():
    q, k = np.zeros((1, 2, 6), "float32"), np.ones((1, 3, 6), "float32")
    gradients = gradient(
        lambda q, k: ops.sum(attention_scores(q, k, "magnitude")), q, k
    )
    assert all(np.all(np.isfinite(g)) for g in gradients)


def test_masked_softmax_is_that_of_the_keys_left(rng):
    scores = rng.normal(size=(3, 4, 6)).astype("float32")
    mask = rng.random((3, 4, 6)) < 0.5
    mask[0, 0] = False
    weights = ops.convert_to_numpy(masked_softmax(scores, mask))
    for s, m, w in zip(
        scores.reshape(-1, 6), mask.reshape(-1, 6), weights.reshape(-1, 6), strict=True
    ):
        expected = np.zeros(6)
        expected[m] = np.exp(s[m]) / np.exp(s[m]).sum()
        np.testing.assert_allclose(w, expected, atol=1e-6)


@pytest.mark.parametrize("scale", [0.0, 1e-12, 1e6, 1e25])
def test_masked_softmax_is_finite(rng, scale):
    scores = (scale * rng.normal(size=(3, 6))).astype("float32")
    mask = np.array([[True] * 6, [False] * 6, [True] * 3 + [False] * 3])

    def value(scores):
        return ops.sum(ops.square(masked_softmax(scores, mask)))

    (g,) = gradient(value, scores)
    assert np.all(np.isfinite(g))
    total = np.sum(ops.convert_to_numpy(masked_softmax(scores, mask)), axis=-1)
    np.testing.assert_allclose(total, [1, 0, 1], atol=1e-6)
