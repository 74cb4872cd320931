"""Tests of ComplexTransformerEncoder."""

import functools

import keras
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from keras import ops

from keras_complex.layers import ComplexTransformerEncoder
from tests.complex_numpy import complex_normal, pack, unpack
from tests.contract import check_layer
from tests.fuzzing import check_finite, fuzz, signals

ARGUMENTS = {
    "num_heads": 2,
    "intermediate_dim": 5,
    "dropout": 0.25,
    "activation": "polar_tanh",
    "use_bias": False,
    "score": "magnitude",
    "normalization": "rms",
    "normalize_first": True,
    "seed": 7,
}


@pytest.mark.parametrize("other", [False, True])
def test_honours_the_contract(tmp_path, other, monkeypatch):
    arguments = ARGUMENTS
    if other:
        init = ComplexTransformerEncoder.__init__
        defaults = (0.0, "crelu", False, "magnitude", "rms", True, None)
        monkeypatch.setattr(init, "__defaults__", defaults)
        arguments = ARGUMENTS | {
            "use_bias": True,
            "score": "real",
            "normalization": "layer",
            "normalize_first": False,
        }
    check_layer(
        ComplexTransformerEncoder,
        arguments,
        [(2, 5, 8)],
        tmp_path,
        deterministic=False,
    )


def test_meets_native_complex_numpy_with_normalization_first(rng):
    layer = ComplexTransformerEncoder(
        2, 5, use_bias=False, normalization="rms", normalize_first=True
    )
    layer.build((None, None, 8))
    query, key, value, output, gamma_1, gamma_2, expansion, contraction = (
        unpack(w) for w in layer.get_weights()
    )

    def norm(z, gamma):
        return gamma * z / (abs(z) ** 2).mean(-1, keepdims=True) ** 0.5

    def heads(z, w):
        return (z @ w).reshape(*z.shape[:2], 2, 2).transpose(0, 2, 1, 3)

    z = complex_normal(rng, 2, 6, 4)
    x = norm(z, gamma_1)
    scores = heads(x, query) @ heads(x, key).conj().swapaxes(2, 3)
    e = np.exp(scores.real / 2**0.5)
    means = e / e.sum(-1, keepdims=True) @ heads(x, value)
    u = z + means.transpose(0, 2, 1, 3).reshape(z.shape) @ output
    hidden = norm(u, gamma_2) @ expansion
    hidden = np.maximum(hidden.real, 0) + 1j * np.maximum(hidden.imag, 0)
    expected = u + hidden @ contraction
    np.testing.assert_allclose(unpack(layer(pack(z))), expected, atol=2e-5)


def test_output_is_white_with_normalization_last(rng):
    layer = ComplexTransformerEncoder(4, 32)
    y = unpack(layer(pack(5 + complex_normal(rng, 2, 3, 64))))
    np.testing.assert_allclose(y.mean(-1), 0, atol=1e-5)
    np.testing.assert_allclose((abs(y) ** 2).mean(-1), 1, atol=1e-2)
    np.testing.assert_allclose((y**2).mean(-1), 0, atol=1e-2)


@pytest.mark.parametrize("normalize_first", [False, True])
def test_commutes_with_a_phase_rotation(rng, normalize_first):
    layer = ComplexTransformerEncoder(
        2,
        5,
        activation="polar_tanh",
        use_bias=False,
        normalization="rms",
        normalize_first=normalize_first,
    )
    z = complex_normal(rng, 2, 6, 4)
    y = unpack(layer(pack(z)))
    rotated = unpack(layer(pack(np.exp(0.7j) * z)))
    np.testing.assert_allclose(rotated, np.exp(0.7j) * y, atol=1e-5)


def test_does_not_see_the_future(rng):
    layer = ComplexTransformerEncoder(2, 5)
    x = pack(complex_normal(rng, 2, 6, 4))
    y = ops.convert_to_numpy(layer(x, use_causal_mask=True))
    x[:, 4:] = 100
    changed = ops.convert_to_numpy(layer(x, use_causal_mask=True))
    np.testing.assert_allclose(changed[:, :4], y[:, :4], atol=1e-6)


@pytest.mark.parametrize("normalize_first", [False, True])
def test_ignores_padding(rng, normalize_first):
    layer = ComplexTransformerEncoder(2, 5, normalize_first=normalize_first)
    x = pack(complex_normal(rng, 1, 6, 4))
    alone = ops.convert_to_numpy(layer(x[:, :4]))
    mask = np.arange(6)[None] < 4
    padded = ops.convert_to_numpy(layer(x, mask=mask))
    np.testing.assert_allclose(padded[:, :4], alone, atol=1e-5)
    x[:, 4:] = 0
    inputs = keras.Input((6, 8))
    model = keras.Model(inputs, layer(keras.layers.Masking()(inputs)))
    masked = model.predict_on_batch(x)
    np.testing.assert_allclose(masked[:, :4], alone, atol=1e-5)


def test_drops_complex_values_whole():
    # Without kernels the block adds its last bias, 1 + i, where it is not dropped.
    layer = ComplexTransformerEncoder(1, 3, dropout=0.5, normalize_first=True, seed=0)
    layer.build((None, 4, 4))
    silent = [np.zeros(w.shape, "float32") for w in layer.get_weights()]
    layer.set_weights(silent)
    layer.contraction.bias.assign([1.0, 1.0, 1.0, 1.0])
    x = np.zeros((16, 8, 4), "float32")
    y = unpack(layer(x, training=True))
    assert set(np.unique(y.real)) == {0.0, 2.0}
    np.testing.assert_array_equal(y.real, y.imag)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"num_heads": 0}, "num_heads=0"),
        ({"intermediate_dim": 0}, "intermediate_dim=0"),
        ({"dropout": -0.1}, "`dropout` must be at least 0 and less than 1"),
        ({"score": "phase"}, "Received: score='phase'"),
        ({"normalization": "batch"}, "Received: normalization='batch'"),
        ({"activation": "relu"}, "Received: activation='relu'"),
    ],
)
def test_rejects_arguments_out_of_range(arguments, message):
    arguments = {"num_heads": 2, "intermediate_dim": 3} | arguments
    with pytest.raises(ValueError, match=message):
        ComplexTransformerEncoder(**arguments)


def test_rejects_channels_that_heads_cannot_share():
    with pytest.raises(ValueError, match="num_heads=3 for 4 channels"):
        ComplexTransformerEncoder(3, 5).build((None, 6, 8))


@functools.cache
def encoder(normalization, normalize_first):
    return ComplexTransformerEncoder(
        2, 5, normalization=normalization, normalize_first=normalize_first
    )


@fuzz
@given(
    x=signals(rank=3, channels=4),
    normalization=st.sampled_from(["layer", "rms"]),
    normalize_first=st.booleans(),
)
def test_survives_any_input(x, normalization, normalize_first):
    check_finite(encoder(normalization, normalize_first), x)
