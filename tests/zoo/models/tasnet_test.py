"""Tests of TasNet."""

import keras
import numpy as np
import pytest

from tests import deployment
from tests.complex_numpy import run
from tests.gradients import assert_close
from zoo.models import TasNet

TINY = {
    "num_speakers": 3,
    "filters": 6,
    "segment_length": 4,
    "units": 8,
    "num_layers": 4,
}
CAUSAL = pytest.mark.parametrize("causal", [False, True])
# On JAX every size compiles anew.
SIZES = [1, 7, 40, 12345]
if keras.backend.backend() == "jax":
    SIZES = SIZES[1:2]


def build(**arguments):
    return TasNet(**{**TINY, "seed": 0, **arguments})


def disturb(model, rng):
    """Moves all weights off their first values."""
    for weight in model.weights:
        value = keras.ops.convert_to_numpy(weight)
        weight.assign(value + 0.3 * rng.normal(size=value.shape))
    return model


def lstm_parameters(inputs, units):
    """Of four gates; Keras has one bias for each, PyTorch two."""
    return 4 * units * (inputs + units + 1)


@pytest.mark.usefixtures("zeros_for_orthogonal")
# The first is slow to draw with all of its layers.
@pytest.mark.parametrize(("causal", "units", "num_layers"), [(1, 1000, 1), (0, 500, 4)])
def test_has_the_parameters_of_the_layers_of_the_paper(causal, units, num_layers):
    directions = 1 if causal else 2
    width = directions * units
    layers = [lstm_parameters(500, units)]
    layers += (num_layers - 1) * [lstm_parameters(width, units)]
    filterbank, norm = 3 * 500 * 40, 2 * 500
    masks = (width + 1) * 2 * 500
    expected = filterbank + norm + directions * sum(layers) + masks
    model = TasNet(num_layers=num_layers, causal=bool(causal))
    count = sum(int(np.prod(v.shape)) for v in model.trainable_variables)
    assert count == expected


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def lstm(x, kernel, recurrent_kernel, bias):
    """Runs one layer over `(segments, channels)`."""
    units = len(recurrent_kernel)
    state, output, outputs = np.zeros(units), np.zeros(units), []
    for inputs in x:
        gates = inputs @ kernel + output @ recurrent_kernel + bias
        i, f, c, o = np.split(gates, 4)
        state = sigmoid(f) * state + sigmoid(i) * np.tanh(c)
        output = sigmoid(o) * np.tanh(state)
        outputs.append(output)
    return np.stack(outputs)


def expected(model, mixture):
    """Separates one mixture in float64."""

    def weights(name):
        values = model.get_layer(name).get_weights()
        return [np.asarray(value, "float64") for value in values]

    def layer(x, index):
        if model.causal:
            return lstm(x, *weights(f"lstm{index}"))
        values = weights(f"lstm{index}")
        backward = lstm(x[::-1], *values[3:])[::-1]
        return np.concatenate([lstm(x, *values[:3]), backward], axis=-1)

    length = model.segment_length
    count = -(-len(mixture) // length)
    segments = np.zeros(count * length)
    segments[: len(mixture)] = mixture
    segments = segments.reshape(count, length)
    norms = np.linalg.norm(segments, axis=1, keepdims=True)
    units = segments / np.maximum(norms, 1e-8)
    basis, gate = weights("encoder")
    features = np.maximum(units @ basis, 0) * sigmoid(units @ gate)
    gain, offset = weights("norm")
    mean, variance = (f(features, axis=1, keepdims=True) for f in (np.mean, np.var))
    x = (features - mean) / np.sqrt(variance + 1e-5) * gain + offset
    second = layer(layer(x, 0), 1)
    x = layer(layer(second, 2), 3) + second
    kernel, bias = weights("masks")
    scores = (x @ kernel + bias).reshape(count, model.num_speakers, -1)
    masks = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    parts = masks * features[:, None] @ weights("decoder")[0] * norms[:, None]
    return parts.transpose(1, 0, 2).reshape(model.num_speakers, -1)[:, : len(mixture)]


@CAUSAL
def test_meets_the_equations_of_the_paper(rng, causal):
    model = disturb(build(causal=causal), rng)
    x = rng.normal(size=(2, 43)).astype("float32")
    x[1, 8:16] = 0
    reference = [expected(model, mixture) for mixture in x.astype("float64")]
    assert_close(run(model, x), np.stack(reference), 2e-5)


@CAUSAL
def test_separates_any_number_of_samples(causal):
    model = build(causal=causal, segment_length=40, num_layers=1)
    for samples in SIZES:
        y = run(model, np.ones((2, samples), "float32"))
        assert y.shape == (2, 3, samples)
        assert np.all(np.isfinite(y))


def test_a_causal_network_sees_no_later_segment(rng):
    model = disturb(build(causal=True), rng)
    x = rng.normal(size=(1, 80)).astype("float32")
    y = run(model, x)
    x[:, 42:] = rng.normal(size=(1, 38))
    changed = run(model, x)
    np.testing.assert_array_equal(changed[..., :40], y[..., :40])
    assert np.all(changed[..., 40:] != y[..., 40:])


def test_follows_the_level_of_the_mixture_in_each_segment(rng):
    model = disturb(build(), rng)
    x = rng.normal(size=(1, 40)).astype("float32")
    gains = np.repeat([1e-3, 1, 1e5, 30, 1e-2, 7, 1, 1, 1e4, 2], 4).astype("float32")
    y = run(model, x)
    np.testing.assert_allclose(run(model, gains * x), gains * y, rtol=1e-3)


@CAUSAL
def test_silence_gives_silence(rng, causal):
    y = run(disturb(build(causal=causal), rng), np.zeros((1, 50), "float32"))
    assert not np.any(y)


@CAUSAL
def test_round_trips_through_a_keras_file(rng, tmp_path, causal):
    given = {**TINY, "causal": causal, "seed": 5, "name": "separates"}
    model = disturb(TasNet(**given), rng)
    model.save(tmp_path / "model.keras")
    restored = keras.saving.load_model(tmp_path / "model.keras", safe_mode=True)
    assert restored.get_config() == model.get_config()
    assert given.items() <= model.get_config().items()
    x = rng.normal(size=(1, 50)).astype("float32")
    np.testing.assert_array_equal(run(restored, x), run(model, x))


@CAUSAL
def test_training_reaches_every_weight(rng, causal):
    model = disturb(build(causal=causal, num_layers=2), rng)
    x = 10 * rng.normal(size=(2, 20)).astype("float32")
    x[1] = 0
    before = model.get_weights()
    after = deployment.training_step(model, [x], jit_compile=False)
    for weight, old, new in zip(model.weights, before, after, strict=True):
        assert np.all(np.isfinite(new)), weight.path
        assert np.any(new != old), weight.path


def test_seed_makes_the_weights_and_no_two_kernels_are_alike():
    first, second = (build(seed=3) for _ in range(2))
    kernels = []
    for a, b in zip(first.weights, second.weights, strict=True):
        value = keras.ops.convert_to_numpy(a)
        np.testing.assert_array_equal(value, keras.ops.convert_to_numpy(b))
        if "kernel" in a.name:
            kernels.append(tuple(value.ravel()[:4].tolist()))
    assert len(set(kernels)) == len(kernels) == 4 + 2 * 8


def test_is_finite_and_float32_in_half_precision(rng):
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_float16")
    try:
        model = build(num_layers=1)
    finally:
        keras.config.set_dtype_policy(before)
    x = rng.normal(size=(2, 30)).astype("float32")
    x[1] = 0
    y = model(x)
    assert keras.backend.standardize_dtype(y.dtype) == "float32"
    assert_close(keras.ops.convert_to_numpy(y), run(build(num_layers=1), x), 2e-2)
    assert np.all(np.isfinite(keras.ops.convert_to_numpy(model(1e6 * x))))
    for value in deployment.training_step(model, [x], jit_compile=False):
        assert np.all(np.isfinite(value))


@pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="TFLite is TensorFlow's."
)
def test_converts_to_tflite(rng, tmp_path):
    model = disturb(build(num_layers=1), rng)
    x = rng.normal(size=(1, 30)).astype("float32")
    deployment.check_tflite(model, [x], tmp_path)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"num_speakers": 0}, "`num_speakers` must be at least 1"),
        ({"segment_length": 0}, "`segment_length` must be at least 1"),
        ({"units": 7}, "`units` must be even"),
    ],
)
def test_rejects_invalid_arguments(arguments, message):
    with pytest.raises(ValueError, match=f"{message}.*Received: "):
        build(**arguments)
