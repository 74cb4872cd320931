"""Tests of ComplexTransformerEncoder and ComplexTransformerDecoder."""

import functools

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from keras import ops

from keras_complex.layers import ComplexTransformerDecoder, ComplexTransformerEncoder
from tests.complex_numpy import complex_normal, pack, unpack
from tests.contract import check_layer
from tests.fuzzing import check_finite, fuzz, signals

ENCODER_ARGUMENTS = {
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
def test_encoder_honours_the_contract(tmp_path, other, monkeypatch):
    arguments = ENCODER_ARGUMENTS
    if other:
        init = ComplexTransformerEncoder.__init__
        defaults = (0.0, "crelu", False, "magnitude", "rms", True, None)
        monkeypatch.setattr(init, "__defaults__", defaults)
        arguments = ENCODER_ARGUMENTS | {
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


def test_encoder_meets_native_complex_numpy_with_normalization_first(rng):
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


def test_encoder_output_is_white_with_normalization_last(rng):
    layer = ComplexTransformerEncoder(4, 32)
    y = unpack(layer(pack(5 + complex_normal(rng, 2, 3, 64))))
    np.testing.assert_allclose(y.mean(-1), 0, atol=1e-5)
    np.testing.assert_allclose((abs(y) ** 2).mean(-1), 1, atol=1e-2)
    np.testing.assert_allclose((y**2).mean(-1), 0, atol=1e-2)


@pytest.mark.parametrize("normalize_first", [False, True])
def test_encoder_commutes_with_a_phase_rotation(rng, normalize_first):
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


def test_encoder_does_not_see_the_future(rng):
    layer = ComplexTransformerEncoder(2, 5)
    x = pack(complex_normal(rng, 2, 6, 4))
    y = ops.convert_to_numpy(layer(x, use_causal_mask=True))
    x[:, 4:] = 100
    changed = ops.convert_to_numpy(layer(x, use_causal_mask=True))
    np.testing.assert_allclose(changed[:, :4], y[:, :4], atol=1e-6)


@pytest.mark.parametrize("normalize_first", [False, True])
def test_encoder_ignores_padding(rng, normalize_first):
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


def test_encoder_drops_complex_values_whole():
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
def test_encoder_rejects_arguments_out_of_range(arguments, message):
    arguments = {"num_heads": 2, "intermediate_dim": 3} | arguments
    with pytest.raises(ValueError, match=message):
        ComplexTransformerEncoder(**arguments)


def test_encoder_rejects_channels_that_heads_cannot_share():
    with pytest.raises(ValueError, match="num_heads=3 for 4 channels"):
        ComplexTransformerEncoder(3, 5).build((None, 6, 8))


@functools.cache
def make_encoder(normalization, normalize_first):
    return ComplexTransformerEncoder(
        2, 5, normalization=normalization, normalize_first=normalize_first
    )


@fuzz
@given(
    x=signals(rank=3, channels=4),
    normalization=st.sampled_from(["layer", "rms"]),
    normalize_first=st.booleans(),
)
def test_encoder_survives_any_input(x, normalization, normalize_first):
    check_finite(make_encoder(normalization, normalize_first), x)


DECODER_ARGUMENTS = {
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


@keras.saving.register_keras_serializable(package="tests")
class DecoderOfAList(ComplexTransformerDecoder):
    """Takes both inputs as one list, as the contract gives them."""

    def build(self, input_shape):
        super().build(*input_shape)

    def call(self, inputs, training=None):
        return super().call(*inputs, training=training)

    def compute_output_shape(self, input_shape):
        return super().compute_output_shape(*input_shape)


@pytest.mark.parametrize("other", [False, True])
def test_decoder_honours_the_contract(tmp_path, other, monkeypatch):
    arguments = DECODER_ARGUMENTS
    if other:
        init = ComplexTransformerDecoder.__init__
        defaults = (0.0, "crelu", False, "magnitude", "rms", True, None)
        monkeypatch.setattr(init, "__defaults__", defaults)
        arguments = DECODER_ARGUMENTS | {
            "use_bias": True,
            "score": "real",
            "normalization": "layer",
            "normalize_first": False,
        }
    shapes = [(2, 5, 8), (2, 7, 6)]
    check_layer(DecoderOfAList, arguments, shapes, tmp_path, deterministic=False)


def softmax(scores, allowed=True):
    e = np.exp(scores) * allowed
    return e / e.sum(-1, keepdims=True)


@pytest.mark.parametrize("causal", [True, False])
@pytest.mark.parametrize("normalize_first", [True, False])
def test_decoder_meets_native_complex_numpy(rng, causal, normalize_first):
    layer = ComplexTransformerDecoder(
        2, 5, use_bias=False, normalization="rms", normalize_first=normalize_first
    )
    layer.build((None, None, 8), (None, None, 6))
    weights = [unpack(w) for w in layer.get_weights()]
    own, other, norms = weights[:4], weights[4:8], weights[8:11]
    for gamma in norms:
        gamma += complex_normal(rng, 4)
    layer.set_weights([pack(w) for w in weights])
    expansion, contraction = weights[11:]

    def norm(z, gamma):
        return gamma * z / (abs(z) ** 2).mean(-1, keepdims=True) ** 0.5

    def attend(x, y, kernels, allowed):
        q, k, v = (
            (z @ w).reshape(*z.shape[:2], 2, 2).transpose(0, 2, 1, 3)
            for z, w in zip((x, y, y), kernels, strict=False)
        )
        weights = softmax((q @ k.conj().swapaxes(2, 3)).real / 2**0.5, allowed)
        return (weights @ v).transpose(0, 2, 1, 3).reshape(x.shape) @ kernels[3]

    def feed_forward(x):
        hidden = x @ expansion
        hidden = np.maximum(hidden.real, 0) + 1j * np.maximum(hidden.imag, 0)
        return hidden @ contraction

    z, encoded = complex_normal(rng, 2, 6, 4), complex_normal(rng, 2, 7, 3)
    past = np.tri(6) if causal else 1
    expected = z
    for branch, gamma in (
        (lambda x: attend(x, x, own, past), norms[0]),
        (lambda x: attend(x, encoded, other, 1), norms[1]),
        (feed_forward, norms[2]),
    ):
        if normalize_first:
            expected = expected + branch(norm(expected, gamma))
        else:
            expected = norm(expected + branch(expected), gamma)
    y = unpack(layer(pack(z), pack(encoded), use_causal_mask=causal))
    np.testing.assert_allclose(y, expected, atol=5e-5)


@pytest.mark.parametrize("normalize_first", [False, True])
def test_decoder_commutes_with_a_phase_rotation(rng, normalize_first):
    layer = ComplexTransformerDecoder(
        2,
        5,
        activation="polar_tanh",
        use_bias=False,
        normalization="rms",
        normalize_first=normalize_first,
    )
    z, encoded = complex_normal(rng, 2, 6, 4), complex_normal(rng, 2, 7, 3)
    rotation = np.exp(0.7j)
    y = unpack(layer(pack(z), pack(encoded)))
    rotated = unpack(layer(pack(rotation * z), pack(rotation * encoded)))
    np.testing.assert_allclose(rotated, rotation * y, atol=1e-5)


def test_decoder_does_not_see_the_future_of_its_input_but_all_of_the_encoder(rng):
    layer = ComplexTransformerDecoder(2, 5)
    x, encoded = pack(complex_normal(rng, 2, 6, 4)), pack(complex_normal(rng, 2, 7, 3))
    y = ops.convert_to_numpy(layer(x, encoded))
    x[:, 4:] = 100
    changed = ops.convert_to_numpy(layer(x, encoded))
    np.testing.assert_allclose(changed[:, :4], y[:, :4], atol=1e-6)
    encoded[:, -1] = 100
    other = ops.convert_to_numpy(layer(x, encoded))
    assert np.all(abs(other[:, :4] - y[:, :4]).max(axis=-1) > 1e-3)


def test_decoder_ignores_padding_of_both_sequences(rng):
    layer = ComplexTransformerDecoder(2, 5)
    x, encoded = pack(complex_normal(rng, 1, 6, 4)), pack(complex_normal(rng, 1, 7, 3))
    alone = ops.convert_to_numpy(layer(x[:, 2:], encoded[:, :4], use_causal_mask=False))
    masks = {
        "inputs_mask": np.arange(6)[None] >= 2,
        "encoder_outputs_mask": np.arange(7)[None] < 4,
    }
    padded = ops.convert_to_numpy(layer(x, encoded, use_causal_mask=False, **masks))
    np.testing.assert_allclose(padded[:, 2:], alone, atol=1e-5)
    causal = ops.convert_to_numpy(layer(x[:, 2:], encoded[:, :4]))
    # Of Keras' masking, and handed on by the layer.
    x[:, :2] = encoded[:, 4:] = 0
    inputs, others = keras.Input((6, 8)), keras.Input((7, 6))
    masking = keras.layers.Masking
    outputs = layer(masking()(inputs), masking()(others))
    means = keras.layers.GlobalAveragePooling1D()(outputs)
    model = keras.Model([inputs, others], [outputs, means])
    masked, mean = model.predict_on_batch([x, encoded])
    np.testing.assert_allclose(masked[:, 2:], causal, atol=1e-5)
    np.testing.assert_allclose(mean, causal.mean(1), atol=1e-5)


def test_attentions_of_the_decoder_drop_different_weights():
    layer = ComplexTransformerDecoder(1, 3, dropout=0.5, seed=0)
    layer.build((None, 4, 4), (None, 4, 4))
    ones = np.ones((1, 8, 8), "float32")
    first, second = (
        ops.convert_to_numpy(attention.weights_dropout(ones, training=True))
        for attention in (layer.self_attention, layer.cross_attention)
    )
    assert np.any(first != second)


def test_decoder_survives_a_file_with_two_inputs(tmp_path, rng):
    inputs, others = keras.Input((None, 8)), keras.Input((None, 6))
    outputs = ComplexTransformerDecoder(**DECODER_ARGUMENTS)(inputs, others)
    assert outputs.shape == (None, None, 8)
    model = keras.Model([inputs, others], outputs)
    model.save(tmp_path / "model.keras")
    restored = keras.saving.load_model(tmp_path / "model.keras", safe_mode=True)
    xs = [pack(complex_normal(rng, 2, 5, 4)), pack(complex_normal(rng, 2, 7, 3))]
    np.testing.assert_array_equal(
        restored.predict_on_batch(xs), model.predict_on_batch(xs)
    )


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
def test_decoder_rejects_arguments_out_of_range(arguments, message):
    arguments = {"num_heads": 2, "intermediate_dim": 3} | arguments
    with pytest.raises(ValueError, match=message):
        ComplexTransformerDecoder(**arguments)


def test_decoder_rejects_channels_that_heads_cannot_share():
    layer = ComplexTransformerDecoder(3, 5)
    with pytest.raises(ValueError, match="num_heads=3 for 4 channels"):
        layer.build((None, 6, 8), (None, 6, 8))


@settings(fuzz, max_examples=min(fuzz.max_examples, 10))
@given(
    x=signals(rank=3, channels=4),
    encoded=signals(rank=3, channels=2),
    normalization=st.sampled_from(["layer", "rms"]),
    normalize_first=st.booleans(),
)
def test_decoder_survives_any_input(x, encoded, normalization, normalize_first):
    layer = DecoderOfAList(
        2, 5, normalization=normalization, normalize_first=normalize_first
    )
    examples = min(len(x), len(encoded))
    check_finite(layer, x[:examples], encoded[:examples])
