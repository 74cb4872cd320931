"""Tests of DeepClustering."""

import keras
import numpy as np
import pytest

from tests import deployment
from tests.complex_numpy import run
from tests.gradients import assert_close
from zoo.inference.separator import Separator
from zoo.models import DeepClustering
from zoo.models.deep_clustering_loss import DeepClusteringLoss
from zoo.models.k_means import KMeansMasks
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


def build(**arguments):
    return DeepClustering(**{**TINY, **arguments})


def disturb(model, rng):
    """Moves all weights off their first values."""
    for weight in model.weights:
        value = keras.ops.convert_to_numpy(weight)
        if "float" in str(value.dtype):
            weight.assign(value + 0.3 * rng.normal(size=value.shape))
    return model


def draw(rng, *shape):
    return rng.normal(size=shape).astype("float32")


def count(model):
    return sum(int(np.prod(v.shape)) for v in model.trainable_variables)


def parameters(bins, units, num_layers, embedding_size):
    """Four gates of one bias each in both directions, and the embeddings."""
    inputs = [bins] + (num_layers - 1) * [2 * units]
    lstm = sum(2 * 4 * units * (size + units + 1) for size in inputs)
    return lstm + (2 * units + 1) * bins * embedding_size


@pytest.mark.parametrize(("size", "total"), [(40, 18_345_960), (20, 15_247_380)])
def test_has_the_parameters_of_the_layers_of_the_paper(size, total):
    assert parameters(129, 600, 2, size) == total
    # Drawn at half the width, which takes a tenth of the time.
    model = DeepClustering(embedding_size=size, units=60)
    assert count(model) == parameters(129, 60, 2, size)
    assert count(model.training_network) == count(model)


@pytest.mark.usefixtures("zeros_for_orthogonal")
def test_has_the_published_number_of_parameters():
    assert count(DeepClustering()) == 18_345_960


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def lstm(x, kernel, recurrent_kernel, bias):
    """Runs one layer over `(frames, channels)`."""
    units = len(recurrent_kernel)
    state, output, outputs = np.zeros(units), np.zeros(units), []
    for inputs in x:
        gates = inputs @ kernel + output @ recurrent_kernel + bias
        i, f, c, o = np.split(gates, 4)
        state = sigmoid(f) * state + sigmoid(i) * np.tanh(c)
        output = sigmoid(o) * np.tanh(state)
        outputs.append(output)
    return np.stack(outputs)


def recurrent(model, mixture):
    """The output of the LSTM layers for one mixture, in float64."""
    level = 20 * np.log10(np.maximum(np.linalg.norm(mixture, axis=-1), 1e-5))
    x = (level - level.mean()) / np.sqrt(level.var() + 1e-3)
    for index in range(model.num_layers):
        weights = model.get_layer(f"lstm{index}").get_weights()
        values = [np.asarray(w, "float64") for w in weights]
        backward = lstm(x[::-1], *values[3:])[::-1]
        x = np.concatenate([lstm(x, *values[:3]), backward], axis=-1)
    return x


def expected_embeddings(model, mixture):
    kernel, bias = model.get_layer("embedding_dense").get_weights()
    v = np.tanh(recurrent(model, mixture.astype("float64")) @ kernel + bias)
    v = v.reshape(len(mixture), model.bins, -1)
    return v / np.linalg.norm(v, axis=-1, keepdims=True)


def test_embeddings_meet_the_equations_of_the_paper(rng):
    model = disturb(build(), rng)
    x = draw(rng, 2, 6, 9, 2)
    reference = [expected_embeddings(model, mixture) for mixture in x]
    assert_close(run(model.training_network, x), np.stack(reference), 2e-5)


def test_estimates_are_masks_of_the_clusters_times_the_mixture(rng):
    model = disturb(build(), rng)
    x = draw(rng, 2, 6, 9, 2)
    embeddings = run(model.training_network, x)
    masks = KMeansMasks(3, iterations=3)([embeddings, x])
    y = run(model, x)
    assert y.shape == (2, 3, 6, 9, 2)
    expected = keras.ops.convert_to_numpy(apply_masks(masks, x))
    np.testing.assert_allclose(y, expected, atol=1e-6)
    # Masks are binary and leave nothing out.
    np.testing.assert_array_equal(y.sum(axis=1), x)


def test_follows_the_level_of_the_mixture(rng):
    model = disturb(build(), rng)
    x = 10 * draw(rng, 1, 6, 9, 2)
    y = run(model, x)
    for gain in (1e-2, 1e4):
        np.testing.assert_allclose(run(model, gain * x), gain * y, rtol=1e-4)


def test_training_finds_the_speakers(rng):
    """Two bands are two speakers for the network that was trained on them."""
    sources = np.zeros((4, 2, 12, 9, 2), "float32")
    sources[:, 0, :, :4] = draw(rng, 4, 12, 4, 2)
    sources[:, 1, :, 4:] = draw(rng, 4, 12, 5, 2)
    x = sources.sum(axis=1)
    model = build(num_speakers=2, units=8, num_layers=1)
    trained = model.training_network
    trained.compile(keras.optimizers.Adam(0.03), DeepClusteringLoss())
    first = trained.train_on_batch(x, sources)
    for _ in range(30):
        last = trained.train_on_batch(x, sources)
    assert last < 0.1 * first
    # The weights are those of the model, which needs no loss to separate.
    y = run(model, x)
    for estimate, source in zip(y, sources, strict=True):
        error = min(np.mean((estimate - s) ** 2) for s in (source, source[::-1]))
        assert error < 0.02 * np.mean(source**2)


def test_training_reaches_every_weight(rng):
    model = disturb(build(dropout=0.2), rng)
    before = model.get_weights()
    trained = model.training_network
    trained.compile("sgd", DeepClusteringLoss())
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
    given = {**TINY, "dropout": 0.1, "floor_db": -30.0, "seed": 5, "name": "clusters"}
    model = disturb(DeepClustering(**given), rng)
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
    waveform = rng.normal(size=300)
    estimates = separator.separate(waveform, 8000)
    assert estimates.shape == (3, 300)
    np.testing.assert_allclose(estimates.sum(axis=0), waveform, atol=1e-4)


@pytest.mark.slow
@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="exports")
def test_runs_in_tflite(rng, tmp_path):
    model = disturb(build(num_layers=1), rng)
    deployment.check_tflite(model, [draw(rng, 1, 6, 9, 2)], tmp_path)


def test_seed_makes_the_weights_and_no_two_kernels_are_alike():
    first, second = (build(seed=3) for _ in range(2))
    kernels = []
    for a, b in zip(first.weights, second.weights, strict=True):
        value = keras.ops.convert_to_numpy(a)
        np.testing.assert_array_equal(value, keras.ops.convert_to_numpy(b))
        if "kernel" in a.name:
            kernels.append(tuple(value.ravel()[:4].tolist()))
    assert len(set(kernels)) == len(kernels) == 1 + 2 * 4


def test_is_finite_and_float32_in_half_precision(rng):
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_float16")
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
        ({"floor_db": 1.0}, "`floor_db` must lie between"),
    ],
)
def test_rejects_invalid_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        DeepClustering(**arguments)
