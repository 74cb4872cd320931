"""Tests of ComplexMultiHeadAttention and its steps."""

import functools

import keras
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from keras import ops

from keras_complex.initializers import ComplexRayleigh
from keras_complex.layers import ComplexMultiHeadAttention
from keras_complex.layers.attention.multi_head_attention import (
    attention_scores,
    masked_softmax,
    merge_heads,
    split_heads,
)
from tests.complex_numpy import complex_normal, pack, unpack
from tests.contract import check_layer
from tests.fuzzing import check_finite, fuzz, signals
from tests.gradients import gradient

ARGUMENTS = {
    "num_heads": 2,
    "key_dim": 3,
    "value_dim": 4,
    "dropout": 0.25,
    "use_bias": False,
    "score": "magnitude",
    "kernel_initializer": ComplexRayleigh(mode="he", seed=1),
    "kernel_regularizer": keras.regularizers.L2(0.01),
    "seed": 7,
}


@pytest.mark.parametrize("score", ["real", "magnitude"])
def test_honours_the_contract(tmp_path, score, monkeypatch):
    arguments = ARGUMENTS
    if score == "real":
        init = ComplexMultiHeadAttention.__init__
        value_dim, dropout, _, _, *rest = init.__defaults__
        defaults = (value_dim, dropout, False, "magnitude", *rest)
        monkeypatch.setattr(init, "__defaults__", defaults)
        arguments = ARGUMENTS | {"use_bias": True, "score": "real"}
    check_layer(
        ComplexMultiHeadAttention,
        arguments,
        [(2, 5, 6)],
        tmp_path,
        deterministic=False,
    )


def attention(rng, score, use_bias=True, channels=3):
    """Returns a layer and its native complex NumPy form, with random biases."""
    layer = ComplexMultiHeadAttention(
        2, 3, value_dim=4, score=score, use_bias=use_bias, kernel_initializer="normal"
    )
    layer.build((None, None, 2 * channels))
    weights = [unpack(w) for w in layer.get_weights()]
    if use_bias:
        weights[1::2] = [complex_normal(rng, *b.shape) for b in weights[1::2]]
    layer.set_weights([pack(w) for w in weights])
    kernels, biases = (weights[::2], weights[1::2]) if use_bias else (weights, [0] * 4)

    def heads(z, w, b):
        z = z @ w + b
        return z.reshape(*z.shape[:2], 2, -1).transpose(0, 2, 1, 3)

    def native(query, value, key, allowed=True):
        q = heads(query, kernels[0], biases[0])
        k = heads(key, kernels[1], biases[1])
        v = heads(value, kernels[2], biases[2])
        scores = np.einsum("bhtd,bhsd->bhts", q, k.conj()) / 3**0.5
        scores = scores.real if score == "real" else abs(scores)
        e = np.exp(scores) * allowed
        a = e / e.sum(-1, keepdims=True)
        means = np.einsum("bhts,bhsd->bthd", a, v)
        return means.reshape(*means.shape[:2], -1) @ kernels[3] + biases[3], a

    return layer, native


@pytest.mark.parametrize("score", ["real", "magnitude"])
def test_meets_native_complex_numpy(rng, score):
    layer, native = attention(rng, score)
    query = complex_normal(rng, 2, 5, 3)
    value, key = complex_normal(rng, 2, 7, 3), complex_normal(rng, 2, 7, 3)
    expected, weights = native(query, value, key)
    y, a = layer(pack(query), pack(value), pack(key), return_attention_scores=True)
    np.testing.assert_allclose(unpack(y), expected, atol=1e-5)
    np.testing.assert_allclose(ops.convert_to_numpy(a), weights, atol=1e-6)
    # Value stands in for the key, and query for the value.
    expected, _ = native(query, value, value)
    np.testing.assert_allclose(
        unpack(layer(pack(query), pack(value))), expected, atol=1e-5
    )
    expected, _ = native(query, query, query)
    np.testing.assert_allclose(unpack(layer(pack(query))), expected, atol=1e-5)


@pytest.mark.parametrize("causal", [False, True])
def test_is_the_layer_of_keras_for_real_values(rng, causal):
    query, value = rng.normal(size=(2, 5, 3)), rng.normal(size=(2, 5, 3))
    real = keras.layers.MultiHeadAttention(2, 3)
    real.build(query.shape, value.shape)
    real.set_weights([rng.normal(size=w.shape) for w in real.get_weights()])
    layer = ComplexMultiHeadAttention(2, 3)
    layer.build(pack(query).shape)
    layer.set_weights(
        [
            pack(old.reshape(*new.shape[:-1], new.shape[-1] // 2) + 0j)
            for old, new in zip(real.get_weights(), layer.weights, strict=True)
        ]
    )
    y = layer(pack(query + 0j), pack(value + 0j), use_causal_mask=causal)
    expected = real(
        query.astype("float32"), value.astype("float32"), use_causal_mask=causal
    )
    np.testing.assert_allclose(unpack(y), ops.convert_to_numpy(expected), atol=1e-5)


@pytest.mark.parametrize("score", ["real", "magnitude"])
def test_commutes_with_a_phase_rotation(rng, score):
    layer, _ = attention(rng, score, use_bias=False)
    z = complex_normal(rng, 2, 5, 3)
    rotation = np.exp(0.7j)
    y = unpack(layer(pack(z)))
    np.testing.assert_allclose(
        unpack(layer(pack(rotation * z))), rotation * y, atol=1e-6
    )


def test_commutes_with_a_permutation_of_the_steps(rng):
    layer, _ = attention(rng, "real")
    x = pack(complex_normal(rng, 2, 5, 3))
    order = rng.permutation(5)
    y = ops.convert_to_numpy(layer(x))
    permuted = ops.convert_to_numpy(layer(x[:, order]))
    np.testing.assert_allclose(permuted, y[:, order], atol=1e-6)


def test_keeps_the_power_of_noise(rng):
    z = complex_normal(rng, 1, 1, 256)
    layer = ComplexMultiHeadAttention(4, 64, use_bias=False)
    power = (abs(unpack(layer(pack(z)))) ** 2).mean()
    assert power == pytest.approx(1, rel=0.3)


def test_does_not_see_the_future(rng):
    layer, native = attention(rng, "real")
    z = complex_normal(rng, 2, 5, 3)
    y = unpack(layer(pack(z), use_causal_mask=True))
    expected, _ = native(z, z, z, np.tri(5))
    np.testing.assert_allclose(y, expected, atol=1e-5)
    z[:, 3:] = 100
    changed = unpack(layer(pack(z), use_causal_mask=True))
    np.testing.assert_array_equal(changed[:, :3], y[:, :3])


def test_attends_as_its_masks_allow(rng):
    layer, native = attention(rng, "magnitude")
    query, value = complex_normal(rng, 2, 5, 3), complex_normal(rng, 2, 7, 3)
    allowed = rng.random((2, 5, 7)) < 0.6
    allowed[..., 0] = True
    padding = np.arange(7) < np.array([[7], [4]])
    expected, _ = native(query, value, value, allowed[:, None] & padding[:, None, None])
    y = layer(pack(query), pack(value), value_mask=padding, attention_mask=allowed)
    np.testing.assert_allclose(unpack(y), expected, atol=1e-5)
    y = layer(pack(query), pack(value), key_mask=padding, attention_mask=allowed)
    np.testing.assert_allclose(unpack(y), expected, atol=1e-5)
    heads = np.stack([allowed, ~allowed | padding[:, None]], axis=1)
    expected, _ = native(query, value, value, heads)
    y = layer(pack(query), pack(value), attention_mask=heads)
    np.testing.assert_allclose(unpack(y), expected, atol=1e-5)


def test_never_attends_to_the_padding_that_keras_masks(rng):
    layer, _ = attention(rng, "real")
    x = pack(complex_normal(rng, 2, 5, 3))
    x[1, 3:] = 0
    whole = ops.convert_to_numpy(layer(x))
    short = ops.convert_to_numpy(layer(x[1:, :3]))
    inputs = keras.Input((5, 6))
    masked = keras.layers.Masking()(inputs)
    for outputs in (layer(masked), layer(masked, masked), layer(inputs, masked)):
        y = keras.Model(inputs, outputs).predict_on_batch(x)
        np.testing.assert_allclose(y[0], whole[0], atol=1e-5)
        np.testing.assert_allclose(y[1, :3], short[0], atol=1e-5)
        assert not np.allclose(y[1, :3], whole[1, :3], atol=1e-3)


def test_a_query_without_keys_gets_the_bias_only(rng):
    layer, _ = attention(rng, "real")
    x = pack(complex_normal(rng, 1, 4, 3))
    y = ops.convert_to_numpy(layer(x, attention_mask=np.zeros((1, 4, 4), bool)))
    bias = ops.convert_to_numpy(layer.output_projection.bias)
    np.testing.assert_allclose(y, np.broadcast_to(bias, (1, 4, 6)), atol=1e-6)


def test_drops_one_weight_for_both_parts():
    # Of equal keys the output is `kept / all` times the value, in both parts.
    layer = ComplexMultiHeadAttention(1, 1, dropout=0.5, use_bias=False, seed=0)
    x = np.ones((64, 5, 2), "float32")
    y = unpack(layer(x, training=True))
    z = unpack(layer(x))
    kept = y / z
    np.testing.assert_allclose(kept.imag, 0, atol=1e-5)
    np.testing.assert_allclose(kept.real % 0.4, 0.2, atol=0.2001)
    assert kept.real.mean() == pytest.approx(1, abs=0.1)
    assert kept.real.std() > 0.2


def test_cross_attention_survives_a_file(tmp_path, rng):
    query, value = keras.Input((None, 6)), keras.Input((7, 10))
    layer = ComplexMultiHeadAttention(2, 3)
    outputs = layer(query, value, return_attention_scores=True)
    model = keras.Model([query, value], outputs)
    assert [o.shape for o in outputs] == [(None, None, 6), (None, 2, None, 7)]
    model.save(tmp_path / "model.keras")
    restored = keras.saving.load_model(tmp_path / "model.keras", safe_mode=True)
    xs = [pack(complex_normal(rng, 2, 5, 3)), pack(complex_normal(rng, 2, 7, 5))]
    for old, new in zip(
        model.predict_on_batch(xs), restored.predict_on_batch(xs), strict=True
    ):
        np.testing.assert_array_equal(new, old)


def test_the_projections_differ():
    layer = ComplexMultiHeadAttention(1, 3, kernel_initializer="normal")
    layer.build((None, 5, 6))
    query, _, key, *_ = layer.get_weights()
    assert not np.allclose(query, key)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"num_heads": 0}, r"must be at least 1\. Received: num_heads=0"),
        ({"key_dim": 0}, "key_dim=0"),
        ({"value_dim": 0}, "value_dim=0"),
        ({"dropout": 1.0}, "`dropout` must be at least 0 and less than 1"),
        ({"score": "phase"}, "Received: score='phase'"),
    ],
)
def test_rejects_arguments_out_of_range(arguments, message):
    with pytest.raises(ValueError, match=message):
        ComplexMultiHeadAttention(**({"num_heads": 2, "key_dim": 3} | arguments))


def test_rejects_inputs_that_are_no_sequences():
    with pytest.raises(ValueError, match="expects sequences"):
        ComplexMultiHeadAttention(2, 3).build((None, 4, 5, 6))


def test_rejects_keys_and_values_of_other_lengths():
    layer = ComplexMultiHeadAttention(2, 3)
    with pytest.raises(ValueError, match="must have the same length"):
        layer.build((None, 4, 6), (None, 5, 6), (None, 7, 6))


@functools.cache
def attention_by(score):
    return ComplexMultiHeadAttention(2, 2, score=score)


@fuzz
@given(
    x=signals(rank=3, channels=2),
    score=st.sampled_from(["real", "magnitude"]),
    causal=st.booleans(),
)
def test_survives_any_input(x, score, causal):
    check_finite(attention_by(score), x, use_causal_mask=causal)


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
