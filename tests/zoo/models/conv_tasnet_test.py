"""Tests of ConvTasNet."""

import keras
import numpy as np
import pytest

from tests import deployment
from tests.complex_numpy import run
from tests.gradients import assert_close
from zoo.models import ConvTasNet

TINY = {
    "num_speakers": 3,
    "filters": 6,
    "kernel_size": 4,
    "bottleneck_filters": 3,
    "hidden_filters": 5,
    "skip_filters": 4,
    "block_kernel_size": 3,
    "num_blocks": 2,
    "num_repeats": 2,
}
# Each takes another branch.
VARIANTS = {
    "global": {},
    "without skips": {"skip_filters": 0, "mask_activation": "softmax"},
    "cumulative": {
        "normalization": "cumulative",
        "causal": True,
        "encoder_activation": "relu",
    },
    "batch": {
        "normalization": "batch",
        "causal": True,
        "mask_activation": "relu",
        "block_kernel_size": 2,
    },
}
EACH = pytest.mark.parametrize("variant", VARIANTS)
# On JAX every size compiles anew.
SIZES = [1, 7, 16, 12345]
if keras.backend.backend() == "jax":
    SIZES = SIZES[1:2]


def build(variant="global", **arguments):
    return ConvTasNet(**{**TINY, **VARIANTS[variant], "seed": 0, **arguments})


def disturb(model, rng):
    """Moves all weights off their first values, variances upwards."""
    for weight in model.weights:
        value = keras.ops.convert_to_numpy(weight)
        noise = 0.3 * rng.normal(size=value.shape)
        weight.assign(value + (np.abs(noise) if "variance" in weight.path else noise))
    return model


def count(model):
    return sum(int(np.prod(v.shape)) for v in model.trainable_variables)


def test_has_the_published_number_of_parameters():
    assert count(ConvTasNet()) == 5_050_545
    assert count(ConvTasNet(skip_filters=0)) == 3_474_609


# Table II of the paper, in millions.
@pytest.mark.parametrize(
    ("filters", "hidden", "skip", "blocks", "repeats", "millions"),
    [
        (512, 256, 128, 7, 2, 1.7),
        (512, 512, 128, 7, 2, 3.1),
        (512, 512, 128, 6, 4, 5.1),
    ],
)
def test_has_the_sizes_of_the_table(filters, hidden, skip, blocks, repeats, millions):
    model = ConvTasNet(2, filters, 40, 128, hidden, skip, 3, blocks, repeats)
    assert round(count(model) / 1e6, 1) == pytest.approx(millions, abs=0.1001)


def normalized(x, weights, kind):
    """Normalizes `(frames, channels)` as Equations 9 to 14 say."""
    if kind == "batch":
        gamma, beta, mean, variance = weights
        return (x - mean) / np.sqrt(variance + 1e-5) * gamma + beta
    gamma, beta = weights
    past = [x[: k + 1] if kind == "cumulative" else x for k in range(len(x))]
    mean = np.array([[p.mean()] for p in past])
    variance = np.array([[p.var()] for p in past])
    return (x - mean) / np.sqrt(variance + 1e-8) * gamma + beta


def prelu(x, weights):
    return np.where(x >= 0, x, np.squeeze(weights[0]) * x)


def convolved(x, weights, dilation, causal):
    """Convolves each channel, tap by tap."""
    kernel, bias = weights
    taps = len(kernel)
    before = dilation * (taps - 1) if causal else dilation * (taps - 1) // 2
    padded = np.pad(x, ((before, dilation * (taps - 1) - before), (0, 0)))
    y = np.zeros_like(x)
    for frame in range(len(x)):
        for tap in range(taps):
            y[frame] += padded[frame + dilation * tap] * kernel[tap, :, 0]
    return y + bias


def activated(x, name, axis=0):
    if name == "softmax":
        e = np.exp(x - x.max(axis, keepdims=True))
        return e / e.sum(axis, keepdims=True)
    sigmoid = 1 / (1 + np.exp(-x))
    return {"relu": np.maximum(x, 0), "sigmoid": sigmoid, None: x}[name]


def expected(model, mixture):
    """Separates one mixture in float64."""

    def weights(name):
        values = model.get_layer(name).get_weights()
        return [np.asarray(value, "float64") for value in values]

    def linear(x, name):
        kernel, bias = weights(name)
        return x @ kernel + bias

    def norm(x, name):
        return normalized(x, weights(name), model.normalization)

    length, step = model.kernel_size, model.kernel_size // 2
    frames = 1 + max(0, -(-(len(mixture) - length) // step))
    padded = np.zeros((frames - 1) * step + length)
    padded[: len(mixture)] = mixture
    segments = np.stack([padded[m * step : m * step + length] for m in range(frames)])
    features = activated(segments @ weights("encoder")[0], model.encoder_activation)
    x = linear(norm(features, "norm"), "bottleneck")
    skips = 0
    for repeat in range(model.num_repeats):
        for block in range(model.num_blocks):
            name = f"repeat{repeat}_block{block}"
            y = norm(
                prelu(linear(x, f"{name}_in"), weights(f"{name}_prelu1")),
                f"{name}_norm1",
            )
            y = convolved(y, weights(f"{name}_conv"), 2**block, model.causal)
            y = norm(prelu(y, weights(f"{name}_prelu2")), f"{name}_norm2")
            y = linear(y, f"{name}_out")
            x = x + y[:, : model.bottleneck_filters]
            skips = skips + y[:, model.bottleneck_filters :]
    x = prelu(skips if model.skip_filters else x, weights("masks_prelu"))
    scores = linear(x, "masks").reshape(frames, model.num_speakers, -1)
    masks = activated(scores.transpose(1, 0, 2), model.mask_activation)
    signals = np.zeros((model.num_speakers, len(padded)))
    for m, part in enumerate((masks * features @ weights("decoder")[0]).swapaxes(0, 1)):
        signals[:, m * step : m * step + length] += part
    return signals[:, : len(mixture)]


@EACH
@pytest.mark.parametrize("samples", [43, 2])
def test_meets_the_equations_of_the_paper(rng, variant, samples):
    model = disturb(build(variant), rng)
    x = rng.normal(size=(2, samples)).astype("float32")
    y = run(model, x)
    reference = [expected(model, mixture) for mixture in x.astype("float64")]
    assert_close(y, np.stack(reference), 2e-5)


def transplant(model, config, state):
    """Fills a model with weights of asteroid's."""

    def fill(name, *values):
        layer = model.get_layer(name)
        shapes = [weight.shape for weight in layer.weights]
        layer.set_weights(
            [value.reshape(s) for value, s in zip(values, shapes, strict=True)]
        )

    def pair(name, last=("weight", "bias")):
        value, *rest = (state.pop(f"masker.{name}.{part}") for part in last)
        return (value[..., 0].T if value.ndim == 3 else value, *rest)

    fill("encoder", state.pop("encoder.filterbank._filters")[:, 0].T)
    fill("norm", *pair("bottleneck.0", ("gamma", "beta")))
    fill("bottleneck", *pair("bottleneck.1"))
    for index in range(config["n_blocks"] * config["n_repeats"]):
        repeat, block = divmod(index, config["n_blocks"])
        name, there = f"repeat{repeat}_block{block}", f"TCN.{index}"
        conv = f"{there}.shared_block.3" + (".0" if config.get("causal") else "")
        kernel, bias = (
            state.pop(f"masker.{conv}.{part}") for part in ("weight", "bias")
        )
        fill(f"{name}_in", *pair(f"{there}.shared_block.0"))
        fill(f"{name}_prelu1", *pair(f"{there}.shared_block.1", ("weight",)))
        fill(f"{name}_norm1", *pair(f"{there}.shared_block.2", ("gamma", "beta")))
        fill(f"{name}_conv", kernel[:, 0].T, bias)
        fill(f"{name}_prelu2", *pair(f"{there}.shared_block.4", ("weight",)))
        fill(f"{name}_norm2", *pair(f"{there}.shared_block.5", ("gamma", "beta")))
        paths = [pair(f"{there}.res_conv")]
        if config["skip_chan"]:
            paths.append(pair(f"{there}.skip_conv"))
        fill(
            f"{name}_out",
            *(np.concatenate(p, axis=-1) for p in zip(*paths, strict=True)),
        )
    fill("masks_prelu", *pair("mask_net.0", ("weight",)))
    fill("masks", *pair("mask_net.1"))
    fill("decoder", state.pop("decoder.filterbank._filters")[:, 0])
    assert not state


@pytest.mark.parametrize("name", ["conv_tasnet", "conv_tasnet_causal"])
def test_meets_the_outputs_of_asteroid(golden, name):
    notes, arrays = golden(name)
    config, ends = (
        notes["config"],
        np.cumsum([np.prod(s) for s in notes["state"].values()]),
    )
    parts = np.split(arrays["sd"], ends[:-1].astype(int))
    state = {
        key: part.reshape(shape)
        for (key, shape), part in zip(notes["state"].items(), parts, strict=True)
    }
    model = ConvTasNet(
        config["n_src"],
        config["n_filters"],
        config["kernel_size"],
        config["bn_chan"],
        config["hid_chan"],
        config["skip_chan"],
        config["conv_kernel_size"],
        config["n_blocks"],
        config["n_repeats"],
        {"gLN": "global", "cgLN": "cumulative"}[config["norm_type"]],
        config.get("causal", False),
        config["mask_act"],
        config.get("encoder_activation"),
    )
    transplant(model, config, state)
    assert_close(run(model, arrays["in.x"]), arrays["out"], 1e-5)
    assert count(model) == notes["n_trainable"]


@EACH
def test_separates_any_number_of_samples(variant):
    model = build(variant)
    for samples in SIZES:
        y = run(model, np.ones((2, samples), "float32"))
        assert y.shape == (2, 3, samples)
        assert np.all(np.isfinite(y))


@pytest.mark.parametrize("variant", ["cumulative", "batch"])
def test_a_causal_network_sees_one_frame_ahead_at_most(rng, variant):
    model = disturb(build(variant, mask_activation="sigmoid"), rng)
    x = rng.normal(size=(1, 200)).astype("float32")
    y = run(model, x)
    x[:, 100:] = 1e3 * rng.normal(size=(1, 100))
    changed = run(model, x)
    seen = 100 - (model.kernel_size - 1)
    np.testing.assert_array_equal(changed[..., :seen], y[..., :seen])
    assert np.any(changed[..., seen:100] != y[..., seen:100])


def test_a_network_that_is_not_causal_sees_the_future(rng):
    model = disturb(build(), rng)
    x = rng.normal(size=(1, 200)).astype("float32")
    y = run(model, x)
    x[:, 100:] *= 2
    assert np.all(np.any(run(model, x)[..., :90] != y[..., :90], axis=-1))


@pytest.mark.parametrize("variant", ["global", "without skips", "cumulative"])
def test_follows_the_level_of_the_mixture(rng, variant):
    model = disturb(build(variant), rng)
    x = rng.normal(size=(1, 100)).astype("float32")
    y = run(model, x)
    for gain in (0.02, 1e5):
        assert_close(run(model, np.float32(gain) * x) / gain, y, 2e-3)


@EACH
def test_silence_gives_silence(rng, variant):
    y = run(disturb(build(variant), rng), np.zeros((1, 50), "float32"))
    assert not np.any(y)


@EACH
def test_round_trips_through_a_keras_file(rng, tmp_path, variant):
    model = disturb(build(variant, name="separates", seed=5), rng)
    model.save(tmp_path / "model.keras")
    restored = keras.saving.load_model(tmp_path / "model.keras", safe_mode=True)
    assert restored.get_config() == model.get_config()
    given = {**TINY, **VARIANTS[variant], "seed": 5, "name": "separates"}
    assert given.items() <= model.get_config().items()
    x = rng.normal(size=(1, 50)).astype("float32")
    np.testing.assert_array_equal(run(restored, x), run(model, x))


@EACH
def test_training_reaches_every_weight(rng, variant):
    model = disturb(build(variant, mask_activation="sigmoid"), rng)
    x = rng.normal(size=(2, 60)).astype("float32")
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
    assert len(set(kernels)) == len(kernels) == 4 + 3 * 4


def test_is_finite_and_float32_in_half_precision(rng):
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_float16")
    try:
        model = build("cumulative", num_repeats=1)
    finally:
        keras.config.set_dtype_policy(before)
    reference = build("cumulative", num_repeats=1)
    x = rng.normal(size=(2, 60)).astype("float32")
    x[1] = 0
    y = model(x)
    assert keras.backend.standardize_dtype(y.dtype) == "float32"
    assert_close(keras.ops.convert_to_numpy(y), run(reference, x), 2e-2)
    # Level and precision are apart: this is beyond half precision.
    assert np.all(np.isfinite(keras.ops.convert_to_numpy(model(1e6 * x))))
    for value in deployment.training_step(model, [x], jit_compile=False):
        assert np.all(np.isfinite(value))


@pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="XLA and TFLite are TensorFlow's."
)
def test_compiles_for_xla_and_tflite(rng, tmp_path):
    model = disturb(build(num_repeats=1), rng)
    x = rng.normal(size=(1, 50)).astype("float32")
    deployment.check_tflite(model, [x], tmp_path)
    deployment.check_xla(model, [x])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"num_speakers": 0}, "`num_speakers` must be at least 1"),
        ({"num_blocks": 0}, "`num_blocks` must be at least 1"),
        ({"skip_filters": -1}, "`skip_filters` must be at least 0"),
        ({"kernel_size": 5}, "`kernel_size` must be even"),
        ({"normalization": "layer"}, "must be one of global, cumulative, batch"),
        ({"mask_activation": "tanh"}, "must be one of sigmoid, relu, softmax"),
        ({"causal": True}, "must be 'cumulative' or 'batch' for a causal network"),
    ],
)
def test_rejects_invalid_arguments(arguments, message):
    with pytest.raises(ValueError, match=f"{message}.*Received: "):
        build(**arguments)
