"""Tests of ComplexFiLM."""

import keras
import numpy as np
import pytest
from hypothesis import given

from keras_complex.initializers import ComplexUnitary
from keras_complex.layers import ComplexFiLM
from tests.complex_numpy import channels_last, complex_normal, pack, unpack
from tests.contract import check_layer
from tests.fuzzing import check_finite, fuzz, signals
from tests.gradients import assert_close, layer_gradients


def test_honours_the_contract(tmp_path):
    arguments = {
        "num_transforms": 3,
        "kernel_size": (1, 3),
        "dropout": 0.25,
        "offset": (1.0, 1.0),
        "kernel_initializer": ComplexUnitary(seed=2),
        "seed": 7,
    }
    check_layer(ComplexFiLM, arguments, [(2, 6, 5, 2), (2, 6, 5, 8)], tmp_path)


@pytest.mark.parametrize("name", ["copies_none", "copies_eval01", "copies_train03"])
def test_meets_the_published_layer(golden, monkeypatch, name):
    notes, arrays = golden(name)
    kernel = [arrays[f"p.w_dgamma_beta.{p}_weight"].T for p in ("real", "imag")]
    transforms = kernel[0].shape[-1] // 2
    dropout = notes["constants"].get("dropcopy") or 0.0
    layer = ComplexFiLM(transforms, dropout=dropout, offset=(1, 1))
    mixture, features = (channels_last(arrays[k]) for k in ("in.mix", "in.cond"))
    layer.build([mixture.shape, features.shape])
    layer.convolution.kernel.assign(np.concatenate(kernel, axis=-1))
    layer.convolution.bias.assign(arrays["p.w_dgamma_beta.bias"])
    training = "mid.keepmask" in arrays
    if training:
        keep = channels_last(arrays["mid.keepmask"])
        keep = keras.ops.convert_to_tensor(np.tile(keep, 2))
        monkeypatch.setattr(layer, "_keep", lambda training: keep)
    y = layer([mixture, features], training=training)
    assert_close(keras.ops.convert_to_numpy(y), channels_last(arrays["out"]), 1e-6)
    (g_mixture, g_features), g = layer_gradients(
        layer, [mixture, features], channels_last(arrays["R"]), training=training
    )
    assert_close(g_mixture, channels_last(arrays["g.in.mix"]), 1e-6)
    assert_close(g_features, channels_last(arrays["g.in.cond"]), 1e-6)
    expected = [arrays[f"g.p.w_dgamma_beta.{p}_weight"].T for p in ("real", "imag")]
    assert_close(g["kernel"], np.concatenate(expected, axis=-1), 1e-6)
    assert_close(g["bias"], arrays["g.p.w_dgamma_beta.bias"], 1e-6)


@pytest.mark.parametrize("offset", [(1, 0), (1, 1), (0, 0), (0.5, -2)])
def test_without_features_returns_the_mixture_times_the_offset(rng, offset):
    mixture = complex_normal(rng, 2, 6, 5, 1)
    layer = ComplexFiLM(3, offset=offset)
    y = unpack(layer([pack(mixture), np.zeros((2, 6, 5, 4), "float32")]))
    expected = complex(*offset) * np.repeat(mixture, 3, axis=-1)
    assert_close(y, expected, 1e-6)


def test_without_features_returns_the_mixture(rng):
    mixture = complex_normal(rng, 2, 6, 5, 1)
    y = unpack(ComplexFiLM(3)([pack(mixture), np.zeros((2, 6, 5, 4), "float32")]))
    np.testing.assert_allclose(y, np.tile(mixture, 3), atol=1e-6)


def test_drops_whole_transforms_of_all_examples(rng):
    mixture = pack(complex_normal(rng, 3, 6, 5, 1))
    layer = ComplexFiLM(400, dropout=0.25, seed=1)
    y = unpack(layer([mixture, np.zeros((3, 6, 5, 2), "float32")], training=True))
    kept = np.abs(y).max(axis=(1, 2)) > 0
    assert np.all(kept == kept[:1])
    assert kept[0].mean() == pytest.approx(0.75, abs=0.08)
    inference = unpack(layer([mixture, np.zeros((3, 6, 5, 2), "float32")]))
    np.testing.assert_allclose(inference, 0.75 * np.tile(unpack(mixture), 400))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"num_transforms": 0}, "`num_transforms` must be at least 1"),
        ({"dropout": 1.0}, "`dropout` must be at least 0 and less than 1"),
    ],
)
def test_rejects_invalid_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        ComplexFiLM(**{"num_transforms": 2, **arguments})


def test_rejects_a_mixture_of_several_channels():
    with pytest.raises(ValueError, match="must have one complex channel"):
        ComplexFiLM(2).build([(1, 4, 4, 4), (1, 4, 4, 4)])


@fuzz
@given(x=signals(rank=4, channels=3))
def test_survives_any_input(x):
    mixture = x[..., [0, 3]]
    check_finite(ComplexFiLM(2, dropout=0.5, seed=1), mixture, x, training=True)
