"""Tests of Chimera++."""

import keras
import numpy as np
import pytest

from keras_complex.losses import L2Loss, PermutationInvariant, TimeDomainLoss
from tests import deployment
from tests.complex_numpy import run
from tests.gradients import assert_close
from tests.zoo.models.deep_clustering_test import (
    count,
    disturb,
    draw,
    expected_embeddings,
    parameters,
    recurrent,
)
from zoo.models import ChimeraPlusPlus
from zoo.models.chimera_loss import ChimeraLoss
from zoo.models.phase_reconstruction import MISI

TINY = {
    "num_speakers": 3,
    "bins": 9,
    "units": 3,
    "num_layers": 2,
    "embedding_size": 4,
    "frame_step": 4,
    "seed": 0,
}
ACTIVATION = pytest.mark.parametrize("activation", ["sigmoid", "convex_softmax"])


def build(**arguments):
    return ChimeraPlusPlus(**{**TINY, **arguments})


@pytest.mark.usefixtures("zeros_for_orthogonal")
def test_has_the_parameters_of_the_published_network():
    """32.9 million are published."""
    body = parameters(129, 600, 4, 20)
    total = body + (2 * 600 + 1) * 129 * 2
    assert total == 32_846_838
    assert count(ChimeraPlusPlus()) == total
    wider = ChimeraPlusPlus(units=60, mask_activation="convex_softmax")
    assert count(wider) == parameters(129, 60, 4, 20) + 121 * 129 * 2 * 3


def expected_masks(model, mixture):
    """For one mixture, `(speakers, frames, bins)`, in float64."""
    kernel, bias = model.get_layer("masks_dense").get_weights()
    x = recurrent(model, mixture.astype("float64")) @ kernel + bias
    if model.mask_activation == "sigmoid":
        masks = 1 / (1 + np.exp(-x.reshape(len(x), 9, 3)))
    else:
        shares = np.exp(x.reshape(len(x), 9, 3, 3))
        masks = shares @ [0, 1, 2] / shares.sum(axis=-1)
    return np.moveaxis(masks, -1, 0)


@ACTIVATION
def test_meets_the_equations_of_the_paper(rng, activation):
    model = disturb(build(mask_activation=activation), rng)
    x = draw(rng, 2, 6, 9, 2)
    masks = np.stack([expected_masks(model, mixture) for mixture in x])
    assert_close(run(model, x), masks[..., None] * x[:, None], 2e-5)
    heads = run(model.training_network, x)
    embeddings = [expected_embeddings(model, mixture) for mixture in x]
    expected = np.concatenate([embeddings, np.moveaxis(masks, 1, -1)], axis=-1)
    assert_close(heads, expected, 2e-5)


def test_improves_phases_behind_the_masks(rng):
    plain, model = (disturb(build(misi_iterations=k), np.random.default_rng(1))
                    for k in (0, 3))  # fmt: skip
    x = draw(rng, 2, 6, 9, 2)
    expected = MISI(3, frame_length=16, frame_step=4)([run(plain, x), x])
    assert_close(run(model, x), keras.ops.convert_to_numpy(expected), 1e-3)
    np.testing.assert_array_equal(
        run(model.training_network, x), run(plain.training_network, x)
    )


def test_follows_the_level_of_the_mixture(rng):
    model = disturb(build(), rng)
    x = 10 * draw(rng, 1, 6, 9, 2)
    y = run(model, x)
    for gain in (1e-2, 1e4):
        assert_close(run(model, gain * x), gain * y, 1e-4)


@pytest.mark.parametrize("iterations", [0, 2])
def test_silence_gives_silence(rng, iterations):
    model = disturb(build(misi_iterations=iterations), rng)
    assert not np.any(run(model, np.zeros((1, 6, 9, 2), "float32")))


def changed_layers(model, trained, loss, x, y):
    """The names of the layers that one step of training changes."""
    before = [keras.ops.convert_to_numpy(w) for w in model.trainable_weights]
    trained.compile("sgd", loss)
    assert np.isfinite(trained.train_on_batch(x, y))
    names = set()
    for weight, old in zip(model.trainable_weights, before, strict=True):
        new = keras.ops.convert_to_numpy(weight)
        assert np.all(np.isfinite(new)), weight.path
        if np.any(new != old):
            names.add(weight.path)
    return names


def test_training_reaches_every_weight(rng):
    model = disturb(build(dropout=0.2), rng)
    x = draw(rng, 2, 6, 9, 2)
    x[1] = 0
    sources = np.stack([0.3 * x, x[:, ::-1], 0.1 * x[:, :, ::-1]], axis=1)
    names = changed_layers(model, model.training_network, ChimeraLoss(), x, sources)
    assert names == {w.path for w in model.trainable_weights}


def test_training_through_the_phases_reaches_all_but_the_embeddings(rng):
    model = disturb(build(misi_iterations=2, mask_activation="convex_softmax"), rng)
    x = draw(rng, 2, 6, 9, 2)
    x[1] = 0
    sources = np.stack([0.3 * x, x[:, ::-1], 0.1 * x[:, :, ::-1]], axis=1)
    loss = TimeDomainLoss(PermutationInvariant(L2Loss()), 16, 4)
    inputs = keras.Input((None, 9, 2))
    trained = keras.Model(inputs, model(inputs))
    names = changed_layers(model, trained, loss, x, sources)
    every = {w.path for w in model.trainable_weights}
    assert {path for path in every - names if "embedding" not in path} == set()
    assert {path for path in names if "embedding" in path} == set()


@pytest.mark.parametrize("iterations", [0, 2])
def test_round_trips_through_a_keras_file(rng, tmp_path, iterations):
    given = {
        **TINY,
        "dropout": 0.1,
        "mask_activation": "convex_softmax",
        "misi_iterations": iterations,
        "seed": 5,
        "name": "two_heads",
    }
    model = disturb(ChimeraPlusPlus(**given), rng)
    model.save(tmp_path / "model.keras")
    restored = keras.saving.load_model(tmp_path / "model.keras", safe_mode=True)
    assert restored.get_config() == model.get_config()
    assert given.items() <= model.get_config().items()
    x = draw(rng, 1, 6, 9, 2)
    np.testing.assert_array_equal(run(restored, x), run(model, x))
    np.testing.assert_array_equal(
        run(restored.training_network, x), run(model.training_network, x)
    )


@pytest.mark.slow
@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="exports")
def test_runs_in_tflite(rng, tmp_path):
    model = disturb(build(num_layers=1, misi_iterations=1), rng)
    deployment.check_tflite(model, [draw(rng, 1, 6, 9, 2)], tmp_path)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"num_speakers": 0}, "`num_speakers` must be at least 1"),
        ({"embedding_size": 0}, "`embedding_size` must be at least 1"),
        ({"dropout": -0.1}, r"`dropout` must lie in \[0, 1\)"),
        ({"mask_activation": "relu"}, "`mask_activation` must be one of sigmoid, con"),
        ({"misi_iterations": -1}, "`misi_iterations` must be at least 0"),
        ({"misi_iterations": 1, "frame_step": 9}, "`frame_step` must lie between"),
    ],
)
def test_rejects_invalid_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        build(**arguments)
