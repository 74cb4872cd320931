"""Tests of DeepAttractor."""

import keras
import numpy as np
import pytest

from tests import deployment
from tests.complex_numpy import run
from tests.gradients import assert_close
from tests.zoo.models.deep_clustering_test import (
    count,
    disturb,
    draw,
    parameters,
    recurrent,
)
from zoo.inference.separator import Separator
from zoo.models import DeepAttractor
from zoo.models.attractors import AttractorMasks
from zoo.models.deep_attractor_loss import DeepAttractorLoss
from zoo.models.oracle_masks import apply_masks

TINY = {
    "num_speakers": 3,
    "bins": 9,
    "units": 3,
    "num_layers": 2,
    "embedding_size": 4,
    "iterations": 3,
    "seed": 0,
}
ACTIVATION = pytest.mark.parametrize("activation", ["softmax", "sigmoid"])


def build(**arguments):
    return DeepAttractor(**{**TINY, **arguments})


@pytest.mark.usefixtures("zeros_for_orthogonal")
def test_has_the_published_number_of_parameters():
    """9.1 million are published."""
    assert parameters(129, 300, 4, 20) == 9_069_780
    model = DeepAttractor()
    assert count(model) == 9_069_780
    assert count(model.training_network) == count(model)


def expected_embeddings(model, mixture):
    """For one mixture, `(frames, bins, size)`, in float64."""
    kernel, bias = model.get_layer("embedding_dense").get_weights()
    v = np.tanh(recurrent(model, mixture.astype("float64")) @ kernel + bias)
    return v.reshape(len(mixture), model.bins, -1)


def test_embeddings_meet_the_equations_of_the_paper(rng):
    model = disturb(build(), rng)
    x = draw(rng, 2, 6, 9, 2)
    reference = [expected_embeddings(model, mixture) for mixture in x]
    assert_close(run(model.training_network, x), np.stack(reference), 2e-5)


@ACTIVATION
def test_estimates_are_masks_of_the_attractors_times_the_mixture(rng, activation):
    model = disturb(build(mask_activation=activation), rng)
    x = draw(rng, 2, 6, 9, 2)
    embeddings = run(model.training_network, x)
    masks = AttractorMasks(3, activation, iterations=3)([embeddings, x])
    y = run(model, x)
    assert y.shape == (2, 3, 6, 9, 2)
    expected = keras.ops.convert_to_numpy(apply_masks(masks, x))
    np.testing.assert_allclose(y, expected, atol=1e-5)
    if activation == "softmax":
        np.testing.assert_allclose(y.sum(axis=1), x, atol=1e-5)


def test_follows_the_level_of_the_mixture(rng):
    model = disturb(build(), rng)
    x = 10 * draw(rng, 1, 6, 9, 2)
    y = run(model, x)
    for gain in (1e-2, 1e4):
        assert_close(run(model, gain * x), gain * y, 1e-4)


def bands(rng, speakers, frames=12):
    """Sources `(4, speakers, frames, 9, 2)`, each with a band of its own."""
    sources = np.zeros((4, speakers, frames, 9, 2), "float32")
    width = 9 // speakers
    for speaker in range(speakers):
        band = slice(speaker * width, (speaker + 1) * width)
        sources[:, speaker, :, band] = draw(rng, 4, frames, width, 2)
    return sources


def assert_separates(estimates, sources, share):
    """Checks that each source has an estimate, with a `share` of its power as error."""
    for estimate, source in zip(estimates, sources, strict=True):
        used = set()
        for one in source:
            errors = np.mean((estimate - one) ** 2, axis=(1, 2, 3))
            assert errors.min() < share * np.mean(one**2)
            used.add(int(errors.argmin()))
        assert len(used) == len(source)


@pytest.mark.one_fast_case
@ACTIVATION
@pytest.mark.parametrize("speakers", [2, 3])
def test_training_finds_the_speakers(rng, speakers, activation):
    """Bands are the speakers for the network that was trained on them."""
    sources = bands(rng, speakers)
    x = sources.sum(axis=1)
    model = build(
        num_speakers=speakers,
        units=8,
        num_layers=1,
        embedding_size=8,
        mask_activation=activation,
    )
    trained = model.training_network
    trained.compile(keras.optimizers.Adam(0.03), DeepAttractorLoss(activation))
    first = trained.train_on_batch(x, sources)
    for _ in range(40):
        last = trained.train_on_batch(x, sources)
    assert last < 0.1 * first
    # The weights are those of the model, which needs no loss to separate.
    if activation == "softmax":
        assert_separates(run(model, x), sources, 0.05)


def test_weights_serve_any_number_of_speakers(rng):
    pair = disturb(build(num_speakers=2), rng)
    three = build(num_speakers=3)
    three.set_weights(pair.get_weights())
    x = draw(rng, 1, 6, 9, 2)
    np.testing.assert_array_equal(
        run(three.training_network, x), run(pair.training_network, x)
    )
    assert run(three, x).shape == (1, 3, 6, 9, 2)
    assert run(pair, x).shape == (1, 2, 6, 9, 2)


def test_training_reaches_every_weight(rng):
    model = disturb(build(dropout=0.2), rng)
    before = model.get_weights()
    trained = model.training_network
    trained.compile("sgd", DeepAttractorLoss())
    x = draw(rng, 2, 6, 9, 2)
    x[1] = 0
    trained.train_on_batch(x, np.stack([0.3 * x[:, ::-1], x], axis=1))
    trainable = {w.path for w in model.trainable_weights}
    for weight, old, new in zip(
        model.weights, before, model.get_weights(), strict=True
    ):
        assert np.all(np.isfinite(new)), weight.path
        if weight.path in trainable:
            assert np.any(new != old), weight.path


def test_silence_gives_silence(rng):
    y = run(disturb(build(), rng), np.zeros((1, 6, 9, 2), "float32"))
    assert not np.any(y)


def test_round_trips_through_a_keras_file(rng, tmp_path):
    given = {
        **TINY,
        "dropout": 0.1,
        "mask_activation": "sigmoid",
        "floor_db": -30.0,
        "seed": 5,
        "name": "attractors",
    }
    model = disturb(DeepAttractor(**given), rng)
    model.save(tmp_path / "model.keras")
    restored = keras.saving.load_model(tmp_path / "model.keras", safe_mode=True)
    assert restored.get_config() == model.get_config()
    assert given.items() <= model.get_config().items()
    x = draw(rng, 1, 6, 9, 2)
    np.testing.assert_array_equal(run(restored, x), run(model, x))
    np.testing.assert_array_equal(
        run(restored.training_network, x), run(model.training_network, x)
    )


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
    model = disturb(build(num_layers=1), rng)
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
    embeddings = model.training_network(x)
    for y in (model(x), embeddings, model(1e6 * x)):
        assert keras.backend.standardize_dtype(y.dtype) == "float32"
        assert np.all(np.isfinite(keras.ops.convert_to_numpy(y)))
    assert_close(
        keras.ops.convert_to_numpy(embeddings[:1]),
        run(build().training_network, x[:1]),
        3e-2,
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"num_speakers": 0}, "`num_speakers` must be at least 1"),
        ({"bins": 0}, "`bins` must be at least 1"),
        ({"units": 0}, "`units` must be at least 1"),
        ({"num_layers": 0}, "`num_layers` must be at least 1"),
        ({"embedding_size": 0}, "`embedding_size` must be at least 1"),
        ({"iterations": 0}, "`iterations` must be at least 1"),
        ({"dropout": 1.0}, r"`dropout` must lie in \[0, 1\)"),
        ({"mask_activation": "relu"}, "`mask_activation` must be one of softmax, sigm"),
        ({"floor_db": 1.0}, "`floor_db` must lie between"),
    ],
)
def test_rejects_invalid_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        DeepAttractor(**arguments)
