"""Tests of ComplexBidirectional."""

import keras
import numpy as np
import pytest
from hypothesis import given

from keras_complex.layers import (
    ComplexBidirectional,
    ComplexGRU,
    ComplexLSTM,
    ComplexSimpleRNN,
    ComplexSimpleRNNCell,
)
from tests.complex_numpy import complex_normal, pack, unpack
from tests.contract import check_layer
from tests.fuzzing import check_finite, fuzz, signals
from tests.gradients import assert_close

MERGE = {
    "concat": lambda x, y: np.concatenate([x, y], axis=-1),
    "sum": lambda x, y: x + y,
    "ave": lambda x, y: (x + y) / 2,
    "mul": lambda x, y: x * y,
}


def halves(layer, x):
    """Runs the forward and the backward layer of a bidirectional one apart."""
    inner = layer.layer
    return [unpack(one(x)) for one in (inner.forward_layer, inner.backward_layer)]


def test_honours_the_contract(tmp_path):
    arguments = {
        "layer": ComplexLSTM(3, return_sequences=True),
        "merge_mode": "mul",
    }
    check_layer(ComplexBidirectional, arguments, [(2, 4, 4)], tmp_path)


@pytest.mark.parametrize("merge_mode", MERGE)
@pytest.mark.parametrize("return_sequences", [False, True])
def test_merges_complex_numbers(rng, merge_mode, return_sequences):
    x = pack(complex_normal(rng, 2, 5, 3))
    recurrent = ComplexGRU(4, return_sequences=return_sequences)
    layer = ComplexBidirectional(recurrent, merge_mode)
    y = unpack(layer(x))
    forward, backward = halves(layer, x)
    if return_sequences:
        backward = backward[:, ::-1]
    assert_close(y, MERGE[merge_mode](forward, backward), 1e-6)
    assert np.abs(forward - backward).max() > 1e-2


def test_returns_both_outputs_unmerged(rng):
    x = pack(complex_normal(rng, 2, 5, 3))
    layer = ComplexBidirectional(ComplexGRU(4), merge_mode=None)
    forward, backward = layer(x)
    assert_close([unpack(forward), unpack(backward)], halves(layer, x), 1e-6)
    assert layer.compute_output_shape((2, 5, 6)) == [(2, 8), (2, 8)]


def test_returns_and_takes_states(rng):
    x = pack(complex_normal(rng, 2, 5, 3))
    recurrent = ComplexLSTM(4, return_sequences=True, return_state=True)
    layer = ComplexBidirectional(recurrent)
    y, *states = layer(x)
    assert [tuple(s.shape) for s in [y, *states]] == [(2, 5, 16)] + [(2, 8)] * 4
    shapes = layer.compute_output_shape(x.shape)
    assert [tuple(s) for s in shapes] == [tuple(s.shape) for s in [y, *states]]
    again, *_ = layer(x, initial_state=states)
    forward, *_ = layer.layer.forward_layer(x, initial_state=states[:2])
    assert_close(unpack(again)[..., :4], unpack(forward), 1e-6)


def test_both_directions_skip_masked_steps(rng):
    x = pack(complex_normal(rng, 1, 5, 3))
    layer = ComplexBidirectional(ComplexGRU(4, return_sequences=True))
    expected = unpack(layer(x[:, :3]))
    x[:, 3:] = 0
    model = keras.Sequential([keras.Input((5, 6)), keras.layers.Masking(), layer])
    y = unpack(model.predict_on_batch(x))
    assert_close(y[:, :3], expected, 1e-6)
    np.testing.assert_array_equal(y[:, 3:], 0)
    mask = np.ones((1, 5), bool)
    assert layer.compute_mask(x, mask) is mask
    states = ComplexBidirectional(ComplexLSTM(2, return_state=True))
    assert states.compute_mask(x, mask) == [None] * 5


def test_resets_the_states_of_stateful_layers(rng):
    x = pack(complex_normal(rng, 2, 5, 3))
    layer = ComplexBidirectional(ComplexGRU(4, stateful=True))
    first, second = (keras.ops.convert_to_numpy(layer(x)) for _ in range(2))
    assert np.abs(first - second).max() > 1e-3
    layer.reset_state()
    third = keras.ops.convert_to_numpy(layer(x))
    np.testing.assert_allclose(third, first, atol=1e-6)


def test_is_linear_over_complex_numbers_with_linear_layers(rng):
    x, y = complex_normal(rng, 2, 3, 8, 2)
    layer = ComplexBidirectional(
        ComplexSimpleRNN(4, activation=None, use_bias=False, return_sequences=True)
    )
    both = unpack(layer(pack((2 - 3j) * x + 1j * y)))
    expected = (2 - 3j) * unpack(layer(pack(x))) + 1j * unpack(layer(pack(y)))
    assert_close(both, expected, 1e-5)


def test_commutes_with_time_reversal_when_the_directions_are_swapped(rng):
    x = pack(complex_normal(rng, 2, 6, 3))
    layer = ComplexBidirectional(
        keras.layers.RNN(ComplexSimpleRNNCell(4), return_sequences=True), "sum"
    )
    y = unpack(layer(x))
    weights = layer.get_weights()
    half = len(weights) // 2
    layer.set_weights(weights[half:] + weights[:half])
    assert_close(unpack(layer(x[:, ::-1].copy()))[:, ::-1], y, 1e-6)


def test_stays_finite():
    layers = {}

    @fuzz
    @given(x=signals(rank=3))
    def run(x):
        channels = x.shape[-1]
        if channels not in layers:
            layers[channels] = ComplexBidirectional(
                ComplexSimpleRNN(2, return_sequences=True), "mul"
            )
        check_finite(layers[channels], x)

    run()


def test_rejects_an_unknown_merge_mode():
    with pytest.raises(ValueError, match="`merge_mode` must be one of"):
        ComplexBidirectional(ComplexGRU(2), merge_mode="max")


def test_rejects_layers_that_are_not_recurrent():
    with pytest.raises(ValueError, match="`layer` must be a recurrent layer"):
        ComplexBidirectional(keras.layers.Dense(2))
