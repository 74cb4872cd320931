"""Tests of ComplexBatchNormalization."""

import keras
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keras_complex.layers import ComplexBatchNormalization
from tests.complex_numpy import channels_last, complex_normal, pack, symmetric, unpack
from tests.contract import check_layer
from tests.fuzzing import check_finite, fuzz, signals
from tests.gradients import assert_close, layer_gradients


@pytest.mark.parametrize("switch", [True, False])
def test_honours_the_contract(tmp_path, switch, monkeypatch):
    # Only TensorFlow has replicas, whose statistics then are those of one device.
    synchronized = switch and keras.backend.backend() == "tensorflow"
    learned = {"center": switch, "scale": switch, "synchronized": synchronized}
    defaults = ComplexBatchNormalization.__init__.__defaults__
    opposite = tuple(not value for value in learned.values())
    monkeypatch.setattr(
        ComplexBatchNormalization.__init__, "__defaults__", (*defaults[:2], *opposite)
    )
    check_layer(
        ComplexBatchNormalization,
        {"momentum": 0.8, "epsilon": 0.01, **learned},
        [(4, 8, 6, 4)],
        tmp_path,
        whole_batch=not synchronized,
    )


def test_meets_the_published_layer(golden):
    _, arrays = golden("complex_bn")
    layer = ComplexBatchNormalization()
    x = [channels_last(arrays[f"in.x{i}"]) for i in (1, 2, 3)]
    layer.build(x[0].shape)
    layer.gamma.assign(symmetric(arrays, "p.gamma"))
    layer.beta.assign(arrays["p.beta"])
    layer.moving_mean.assign(arrays["b0.moving_mean"])
    layer.moving_covariance.assign(symmetric(arrays, "b0.moving_V", separator=""))
    gradients = layer_gradients(layer, x[0], channels_last(arrays["R"]), training=True)
    results = []
    for step, batch in enumerate(x[:2], start=1):
        results.append(keras.ops.convert_to_numpy(layer(batch, training=True)))
        mean, covariance = (
            keras.ops.convert_to_numpy(buffer)
            for buffer in (layer.moving_mean, layer.moving_covariance)
        )
        assert_close(mean, arrays[f"b{step}.moving_mean"], 1e-5)
        expected = symmetric(arrays, f"b{step}.moving_V", separator="")
        assert_close(covariance, expected, 1e-5)
    results += [keras.ops.convert_to_numpy(layer(batch)) for batch in (x[2], x[0])]
    outputs = ("out1_train", "out2_train", "out3_eval", "out1_eval")
    for key, result in zip(outputs, results, strict=True):
        assert_close(result, channels_last(arrays[key]), 1e-5)
    (g_x,), g = gradients
    assert_close(g_x, channels_last(arrays["g.in.x1"]), 1e-5)
    assert_close(g["gamma"], symmetric(arrays, "g.p.gamma"), 1e-5)
    assert_close(g["beta"], arrays["g.p.beta"], 1e-5)


def test_training_output_is_white(rng):
    z = complex_normal(rng, 8, 32, 32, 2)
    z = 5 * z + 3 * z.conj() + 2 - 1j
    y = unpack(ComplexBatchNormalization(epsilon=1e-8)(pack(z), training=True))
    np.testing.assert_allclose(y.mean((0, 1, 2)), 0, atol=1e-5)
    np.testing.assert_allclose((abs(y) ** 2).mean((0, 1, 2)), 1, atol=1e-3)
    np.testing.assert_allclose((y**2).mean((0, 1, 2)), 0, atol=1e-3)


def test_inference_approaches_training(rng):
    x = pack(complex_normal(rng, 8, 16, 16, 2) * 3 + 1)
    layer = ComplexBatchNormalization(momentum=0.5)
    for _ in range(30):
        trained = layer(x, training=True)
    assert_close(
        keras.ops.convert_to_numpy(layer(x)), keras.ops.convert_to_numpy(trained), 1e-4
    )


@pytest.mark.parametrize("synchronized", [False, True])
def test_masked_places_do_not_count(rng, synchronized):
    if synchronized and keras.backend.backend() != "tensorflow":
        pytest.skip("Only TensorFlow has replicas.")
    x = pack(complex_normal(rng, 3, 10, 2))
    lengths = np.array([10, 4, 7])
    mask = np.arange(10) < lengths[:, None]
    layers = [
        ComplexBatchNormalization(synchronized=synchronized and i == 0)
        for i in range(2)
    ]
    weights = rng.normal(size=x.shape).astype("float32") * mask[..., None]
    filled = np.where(mask[..., None], x, 100).astype("float32")
    y = keras.ops.convert_to_numpy(layers[0](filled, training=True, mask=mask))
    valid = keras.ops.convert_to_numpy(layers[1](x[mask][None], training=True))
    assert_close(y[mask], valid[0], 1e-5)
    for a, b in zip(layers[0].get_weights(), layers[1].get_weights(), strict=True):
        np.testing.assert_allclose(a, b, atol=1e-5)
    # Of the loss of valid places, padding has no gradient, and the rest the same.
    (g,), _ = layer_gradients(layers[0], filled, weights, training=True, mask=mask)
    (g_valid,), _ = layer_gradients(
        layers[1], x[mask][None], weights[mask][None], training=True
    )
    assert_close(g[mask], g_valid[0], 1e-4)
    np.testing.assert_array_equal(g[~mask], 0)


def test_a_batch_without_valid_places_is_finite(rng):
    x = pack(complex_normal(rng, 3, 10, 2))
    mask = np.zeros((3, 10), bool)
    check_finite(ComplexBatchNormalization(), x, training=True, mask=mask)


def test_synchronized_needs_tensorflow(monkeypatch):
    monkeypatch.setattr(keras.backend, "backend", lambda: "jax")
    with pytest.raises(ValueError, match="`synchronized` needs the TensorFlow"):
        ComplexBatchNormalization(synchronized=True)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"momentum": 1.0}, "`momentum` must be at least 0 and less than 1"),
        ({"epsilon": 0.0}, "`epsilon` must be positive"),
    ],
)
def test_rejects_invalid_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        ComplexBatchNormalization(**arguments)


@fuzz
@given(x=signals(rank=3), masked=st.booleans())
def test_survives_any_input(x, masked):
    mask = {"mask": np.arange(x.shape[1]) % 2 == 0} if masked else {}
    if masked:
        mask["mask"] = np.broadcast_to(mask["mask"], x.shape[:2])
    check_finite(ComplexBatchNormalization(), x, training=True, **mask)
    check_finite(ComplexBatchNormalization(), x)
