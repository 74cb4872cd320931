"""Tests of ComplexS4D, against the recurrence in native complex NumPy."""

import keras
import numpy as np
import pytest
from hypothesis import given, settings

from keras_complex.layers import ComplexS4D
from tests.complex_numpy import complex_normal, pack, unpack
from tests.contract import check_layer
from tests.fuzzing import check_finite, fuzz, signals
from tests.gradients import assert_close


def test_honours_the_contract(tmp_path):
    arguments = {"state_size": 3, "min_step": 0.01, "max_step": 0.2, "seed": 1}
    check_layer(ComplexS4D, arguments, [(2, 7, 4)], tmp_path)


def system(rng, channels=3, states=4):
    """Returns a layer with random weights, and its recurrence."""
    layer = ComplexS4D(states)
    layer.build((None, None, 2 * channels))
    log_step = rng.uniform(-4, 0, channels)
    log_decay = rng.normal(size=(channels, states))
    frequency = 5 * rng.normal(size=(channels, states))
    residues = complex_normal(rng, channels, states)
    skip = complex_normal(rng, channels)
    layer.set_weights([log_step, log_decay, frequency, pack(residues), pack(skip)])

    def recurrence(x):
        poles = -np.exp(log_decay) + 1j * frequency
        a = np.exp(poles * np.exp(log_step)[:, None])
        b = (a - 1) / poles
        h, y = 0, []
        for t in range(x.shape[1]):
            h = a * h + b * x[:, t, :, None]
            y.append((residues * h).sum(-1) + skip * x[:, t])
        return np.stack(y, axis=1)

    return layer, recurrence


@pytest.mark.parametrize("length", [1, 10, 300])
def test_equals_the_recurrence(rng, length):
    layer, recurrence = system(rng)
    x = complex_normal(rng, 2, length, 3)
    assert_close(unpack(layer(pack(x))), recurrence(x), 1e-5)


def test_equals_the_recurrence_where_the_length_is_unknown(rng):
    layer, recurrence = system(rng)
    inputs = keras.Input((None, 6))
    model = keras.Model(inputs, layer(inputs))
    x = complex_normal(rng, 2, 30, 3)
    assert_close(unpack(model.predict(pack(x), verbose=0)), recurrence(x), 1e-5)


def test_output_does_not_depend_on_what_comes_later(rng):
    layer, _ = system(rng)
    x = complex_normal(rng, 1, 40, 3)
    y = unpack(layer(pack(x)))
    x[:, 25:] = 0
    changed = unpack(layer(pack(x)))
    np.testing.assert_allclose(changed[:, :25], y[:, :25], atol=1e-5)


def test_is_the_same_at_all_times(rng):
    layer, _ = system(rng)
    x = complex_normal(rng, 1, 40, 3)
    later = np.concatenate([np.zeros((1, 5, 3)), x[:, :-5]], axis=1)
    y = unpack(layer(pack(x)))
    np.testing.assert_allclose(unpack(layer(pack(later)))[:, 5:], y[:, :-5], atol=1e-5)


def test_is_linear_over_complex_numbers(rng):
    layer, _ = system(rng)
    x, y = complex_normal(rng, 2, 1, 20, 3)
    a, b = 0.6 - 0.8j, 1.5j
    both = unpack(layer(pack(a * x + b * y)))
    assert_close(both, a * unpack(layer(pack(x))) + b * unpack(layer(pack(y))), 1e-5)


def test_starts_with_as_many_negative_frequencies():
    layer = ComplexS4D(5, min_step=0.01, max_step=0.02)
    layer.build((None, None, 200))
    steps = np.exp(keras.ops.convert_to_numpy(layer.log_step))
    assert 0.01 <= steps.min() < 0.012 and 0.018 < steps.max() <= 0.02
    frequency = keras.ops.convert_to_numpy(layer.frequency)
    expected = np.tile(np.pi * np.array([-2, -1, 0, 1, 2]), (100, 1))
    np.testing.assert_allclose(frequency, expected, rtol=1e-6)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"state_size": 0}, "`state_size` must be at least 1. Received: state_size=0"),
        ({"min_step": 0.0}, "`min_step` must be positive and at most `max_step`"),
        ({"min_step": 0.2}, "Received: min_step=0.2, max_step=0.1"),
    ],
)
def test_rejects_arguments_out_of_range(arguments, message):
    with pytest.raises(ValueError, match=message):
        ComplexS4D(**arguments)


def test_rejects_input_that_is_not_packed():
    with pytest.raises(ValueError, match="an even, known number of channels"):
        ComplexS4D().build((1, 4, 3))


@settings(fuzz, max_examples=min(fuzz.max_examples, 15))
@given(x=signals(rank=3))
def test_stays_finite(x):
    check_finite(ComplexS4D(3), x)
