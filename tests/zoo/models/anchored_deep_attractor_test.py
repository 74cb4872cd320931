"""Tests of AnchoredDeepAttractor."""

import keras
import numpy as np
import pytest

from keras_complex.losses import MagnitudeLoss, PermutationInvariant
from tests import deployment
from tests.complex_numpy import run
from tests.gradients import assert_close
from tests.zoo.models.attractors_test import expected_anchored
from tests.zoo.models.deep_attractor_test import (
    assert_separates,
    bands,
    expected_embeddings,
)
from tests.zoo.models.deep_clustering_test import count, disturb, draw, parameters
from zoo.inference.separator import Separator
from zoo.models import AnchoredDeepAttractor

TINY = {
    "num_speakers": 3,
    "bins": 9,
    "units": 3,
    "num_layers": 2,
    "embedding_size": 4,
    "num_anchors": 5,
    "seed": 0,
}


def build(**arguments):
    return AnchoredDeepAttractor(**{**TINY, **arguments})


def disturb_all(model, rng):
    """Also moves the anchors far from each other, so that choices are clear."""
    disturb(model, rng)
    anchors = model.get_layer("masks").anchors
    anchors.assign(3 * rng.normal(size=anchors.shape))
    return model


@pytest.mark.parametrize("anchors", [4, 6])
def test_has_the_parameters_of_the_deep_attractor_and_the_anchors(anchors):
    model = AnchoredDeepAttractor(units=30, num_anchors=anchors)
    assert count(model) == parameters(129, 30, 4, 20) + 20 * anchors


@pytest.mark.usefixtures("zeros_for_orthogonal")
def test_has_the_published_number_of_parameters():
    """9.1 million are published."""
    assert count(AnchoredDeepAttractor()) == 9_069_780 + 6 * 20


@pytest.mark.parametrize("speakers", [2, 3])
def test_meets_the_equations_of_the_paper(rng, speakers):
    model = disturb_all(build(num_speakers=speakers), rng)
    x = draw(rng, 6, 6, 9, 2)
    anchors = keras.ops.convert_to_numpy(model.get_layer("masks").anchors)
    masks = [
        expected_anchored(
            expected_embeddings(model, mixture), mixture, anchors, speakers
        )[0]
        for mixture in x
    ]
    y = run(model, x)
    assert y.shape == (6, speakers, 6, 9, 2)
    assert_close(y, np.stack(masks) * x[:, None], 5e-5)
    np.testing.assert_allclose(y.sum(axis=1), x, atol=1e-5)


def test_follows_the_level_of_the_mixture(rng):
    model = disturb_all(build(), rng)
    x = 10 * draw(rng, 1, 6, 9, 2)
    y = run(model, x)
    for gain in (1e-2, 1e4):
        assert_close(run(model, gain * x), gain * y, 1e-4)


@pytest.mark.one_fast_case
@pytest.mark.parametrize("speakers", [2, 3])
def test_training_finds_the_speakers(rng, speakers):
    """Bands are the speakers for the network that was trained on them."""
    sources = bands(rng, speakers)
    x = sources.sum(axis=1)
    model = build(
        num_speakers=speakers, units=8, num_layers=1, embedding_size=8, num_anchors=4
    )
    inputs = keras.Input((None, 9, 2))
    trained = keras.Model(inputs, model(inputs))
    loss = PermutationInvariant(MagnitudeLoss(order=2))
    trained.compile(keras.optimizers.Adam(0.03), loss)
    first = trained.train_on_batch(x, sources)
    for _ in range(50):
        last = trained.train_on_batch(x, sources)
    assert last < 0.1 * first
    assert_separates(run(model, x), sources, 0.05)


def test_training_reaches_every_weight(rng):
    model = disturb_all(build(num_anchors=3, dropout=0.2), rng)
    before = model.get_weights()
    inputs = keras.Input((None, 9, 2))
    trained = keras.Model(inputs, model(inputs))
    trained.compile("sgd", PermutationInvariant(MagnitudeLoss(order=2)))
    x = draw(rng, 2, 6, 9, 2)
    x[1] = 0
    sources = np.stack([0.3 * x[:, ::-1], x, 0 * x], axis=1)
    assert np.isfinite(trained.train_on_batch(x, sources))
    trainable = {w.path for w in model.trainable_weights}
    for weight, old, new in zip(
        model.weights, before, model.get_weights(), strict=True
    ):
        assert np.all(np.isfinite(new)), weight.path
        if weight.path in trainable:
            assert np.any(new != old), weight.path


def test_weights_serve_any_number_of_speakers(rng):
    pair = disturb_all(build(num_speakers=2), rng)
    three = build(num_speakers=3)
    three.set_weights(pair.get_weights())
    x = draw(rng, 1, 6, 9, 2)
    for model in (pair, three):
        mixture = run(model, x).sum(axis=1)
        np.testing.assert_allclose(mixture, x, atol=1e-5)


def test_silence_gives_silence(rng):
    y = run(disturb_all(build(), rng), np.zeros((1, 6, 9, 2), "float32"))
    assert not np.any(y)


def test_round_trips_through_a_keras_file(rng, tmp_path):
    given = {**TINY, "dropout": 0.1, "floor_db": -30.0, "seed": 5, "name": "anchored"}
    model = disturb_all(AnchoredDeepAttractor(**given), rng)
    model.save(tmp_path / "model.keras")
    restored = keras.saving.load_model(tmp_path / "model.keras", safe_mode=True)
    assert restored.get_config() == model.get_config()
    assert given.items() <= model.get_config().items()
    x = draw(rng, 1, 6, 9, 2)
    np.testing.assert_array_equal(run(restored, x), run(model, x))


def test_is_the_network_of_a_separator(rng):
    separator = Separator(build(), 8000, frame_length=16, frame_step=4)
    for samples in (300, 500):
        waveform = rng.normal(size=samples)
        estimates = separator.separate(waveform, 8000)
        assert estimates.shape == (3, samples)
        np.testing.assert_allclose(estimates.sum(axis=0), waveform, atol=1e-4)


@pytest.mark.slow
@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="exports")
def test_runs_in_tflite(rng, tmp_path):
    model = disturb_all(build(num_layers=1), rng)
    deployment.check_tflite(model, [draw(rng, 1, 6, 9, 2)], tmp_path)


def test_seed_makes_the_weights():
    first, same, other = (build(seed=seed).get_weights() for seed in (3, 3, 4))
    for a, b in zip(first, same, strict=True):
        np.testing.assert_array_equal(a, b)
    assert any(np.any(a != b) for a, b in zip(first, other, strict=True))


@pytest.mark.parametrize("policy", ["mixed_bfloat16", "mixed_float16"])
def test_is_finite_and_float32_in_half_precision(rng, policy):
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(policy)
    try:
        model = build()
    finally:
        keras.config.set_dtype_policy(before)
    x = draw(rng, 2, 6, 9, 2)
    x[1] = 0
    for y in (model(x), model(1e6 * x)):
        assert keras.backend.standardize_dtype(y.dtype) == "float32"
        assert np.all(np.isfinite(keras.ops.convert_to_numpy(y)))
    y = keras.ops.convert_to_numpy(model(x))
    np.testing.assert_allclose(y.sum(axis=1), x, atol=1e-5)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"num_speakers": 0}, "`num_speakers` must be at least 1"),
        ({"bins": 0}, "`bins` must be at least 1"),
        ({"units": 0}, "`units` must be at least 1"),
        ({"num_layers": 0}, "`num_layers` must be at least 1"),
        ({"embedding_size": 0}, "`embedding_size` must be at least 1"),
        ({"dropout": 1.0}, r"`dropout` must lie in \[0, 1\)"),
        (
            {"num_speakers": 7},
            "at most `num_anchors`. Received: num_speakers=7, num_anchors=6",
        ),
        ({"floor_db": 1.0}, "`floor_db` must lie between"),
    ],
)
def test_rejects_invalid_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        AnchoredDeepAttractor(**arguments)
