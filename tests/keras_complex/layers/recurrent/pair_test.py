"""Tests of ComplexPair."""

import keras
import numpy as np
import pytest
from hypothesis import given
from keras.layers import GRU, LSTM, Bidirectional, Dense, SimpleRNN

from keras_complex.layers import ComplexPair
from tests.complex_numpy import complex_normal, pack, unpack
from tests.contract import check_layer
from tests.fuzzing import check_finite, fuzz, signals
from tests.gradients import assert_close


def numpy(x):
    return keras.ops.convert_to_numpy(x)


def test_honours_the_contract(tmp_path):
    arguments = {"layer": LSTM(3, return_sequences=True)}
    check_layer(ComplexPair, arguments, [(2, 4, 4)], tmp_path)


@pytest.mark.parametrize(
    "layer",
    [
        LSTM(4, return_sequences=True),
        GRU(4),
        Bidirectional(LSTM(4, return_sequences=True)),
    ],
    ids=["lstm", "gru", "bidirectional"],
)
def test_combines_four_runs_of_two_real_layers(rng, layer):
    x = complex_normal(rng, 2, 5, 3)
    pair = ComplexPair(layer)
    y = unpack(pair(pack(x)))
    real, imag = (
        lambda v, part=part: numpy(part(v.astype("float32")))
        for part in (pair.real_layer, pair.imag_layer)
    )
    expected = real(x.real) - imag(x.imag) + 1j * (real(x.imag) + imag(x.real))
    assert_close(y, expected, 1e-6)
    assert np.abs(real(x.real) - imag(x.real)).max() > 1e-2


def test_is_the_complex_kernel_of_linear_layers(rng):
    x = complex_normal(rng, 2, 5, 3)
    layer = ComplexPair(Dense(4, use_bias=False))
    y = unpack(layer(pack(x)))
    real, imag = layer.get_weights()
    assert_close(y, x @ (real + 1j * imag), 1e-6)


def test_is_linear_over_complex_numbers_with_linear_layers(rng):
    x, y = complex_normal(rng, 2, 3, 8, 2)
    layer = ComplexPair(SimpleRNN(4, activation=None, use_bias=False))
    both = unpack(layer(pack((2 - 3j) * x + 1j * y)))
    expected = (2 - 3j) * unpack(layer(pack(x))) + 1j * unpack(layer(pack(y)))
    assert_close(both, expected, 1e-5)


def test_chunks_of_a_stateful_layer_make_the_whole(rng):
    x = pack(complex_normal(rng, 2, 12, 3))
    layer = ComplexPair(LSTM(4, return_sequences=True))
    expected = numpy(layer(x))
    streaming = ComplexPair(LSTM(4, return_sequences=True, stateful=True))
    streaming.build((2, 4, 6))
    streaming.set_weights(layer.get_weights())
    for _ in range(2):
        chunks = [numpy(streaming(chunk)) for chunk in np.split(x, 3, axis=1)]
        np.testing.assert_allclose(np.hstack(chunks), expected, atol=1e-6)
        streaming.reset_state()


def test_chunks_that_hand_on_their_states_make_the_whole(rng):
    x = pack(complex_normal(rng, 2, 8, 3))
    layer = ComplexPair(LSTM(4, return_sequences=True, return_state=True))
    expected, *last = layer(x)
    first, *states = layer(x[:, :5])
    second, *states = layer(x[:, 5:], initial_state=states)
    y = np.hstack([numpy(first), numpy(second)])
    np.testing.assert_allclose(y, numpy(expected), atol=1e-6)
    for state, end in zip(states, last, strict=True):
        np.testing.assert_allclose(numpy(state), numpy(end), atol=1e-6)
    shapes = [tuple(s) for s in layer.compute_output_shape(x.shape)]
    assert shapes == [tuple(s.shape) for s in (expected, *last)]


def test_skips_masked_steps(rng):
    x = pack(complex_normal(rng, 1, 5, 3))
    layer = ComplexPair(GRU(4, return_sequences=True))
    expected = numpy(layer(x[:, :3]))
    x[:, 3:] = 0
    model = keras.Sequential([keras.Input((5, 6)), keras.layers.Masking(), layer])
    y = model.predict_on_batch(x)
    np.testing.assert_allclose(y[:, :3], expected, atol=1e-6)
    np.testing.assert_allclose(y[:, 3:], y[:, [2, 2]], atol=1e-6)
    mask = np.ones((1, 5), bool)
    assert layer.compute_mask(x, mask) is mask
    states = ComplexPair(LSTM(2, return_state=True))
    assert states.compute_mask(x, mask) == [None] * 5


def test_stays_finite():
    layers = {}

    @fuzz
    @given(x=signals(rank=3))
    def run(x):
        channels = x.shape[-1]
        if channels not in layers:
            layers[channels] = ComplexPair(GRU(2))
        check_finite(layers[channels], x)

    run()


def test_rejects_what_is_not_a_layer():
    with pytest.raises(ValueError, match="`layer` must be a layer"):
        ComplexPair("lstm")


def test_rejects_an_odd_number_of_channels():
    with pytest.raises(ValueError, match="complex input packed as"):
        ComplexPair(Dense(2)).build((1, 3))
