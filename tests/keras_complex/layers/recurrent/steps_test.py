"""Tests of the steps of recurrent networks."""

import numpy as np
import pytest
from hypothesis import given
from keras import ops

from keras_complex.layers.recurrent.base import gate_by_gate
from keras_complex.layers.recurrent.gru import gru_step
from keras_complex.layers.recurrent.lstm import lstm_step
from keras_complex.ops import product_sigmoid
from tests.complex_numpy import complex_normal, pack, unpack
from tests.fuzzing import fuzz, signals
from tests.gradients import assert_close, gradient


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def test_reorders_parts_to_gates(rng):
    gates = complex_normal(rng, 2, 3, 4)
    x = pack(gates.reshape(2, 12))
    expected = np.concatenate([pack(gates[:, k]) for k in range(3)], axis=-1)
    np.testing.assert_array_equal(gate_by_gate(x, 3), expected)


@pytest.mark.parametrize("of_parts", [True, False])
def test_open_gates_let_all_pass_and_closed_ones_nothing(rng, of_parts):
    state = complex_normal(rng, 2, 3)
    gate = ops.sigmoid if of_parts else product_sigmoid
    opened, closed = np.full((2, 6), 100.0), np.full((2, 6), -100.0)

    def lstm(i, f, c, o):
        z = np.concatenate([i, f, c, o], axis=-1).astype("float32")
        h, carry = lstm_step(z, pack(state), ops.tanh, gate)
        return unpack(h), unpack(carry)

    h, carry = lstm(closed, opened, opened, closed)
    np.testing.assert_allclose(carry, state, atol=1e-6)
    np.testing.assert_allclose(h, 0, atol=1e-6)
    _, carry = lstm(opened, closed, opened, opened)
    np.testing.assert_allclose(carry, 1 + 1j, atol=1e-6)

    def gru(u, n):
        z = np.concatenate([u, u, n], axis=-1).astype("float32")
        none = np.zeros((2, 12), "float32")
        h = gru_step(z, none, ops.zeros_like, pack(state), ops.tanh, gate)
        return unpack(h)

    np.testing.assert_allclose(gru(opened, opened), state, atol=1e-6)
    np.testing.assert_allclose(gru(closed, opened), 1 + 1j, atol=1e-6)


def test_gradient_of_a_step_meets_differences(rng):
    z, state = rng.normal(size=(2, 8)), rng.normal(size=(2, 2))

    def value(z, state):
        h, carry = lstm_step(z, state, ops.tanh, product_sigmoid)
        return ops.sum(h) + ops.sum(carry)

    def reference(z, state):
        z = (z[:, ::2] + 1j * z[:, 1::2]).T
        i, f, o = (sigmoid(g.real) * sigmoid(g.imag) for g in z[[0, 1, 3]])
        parts = np.tanh(z[2].real), np.tanh(z[2].imag)
        c = [f * s + i * n for s, n in zip(state.T, parts, strict=True)]
        return sum(np.sum(o * np.tanh(part)) + np.sum(part) for part in c)

    g_z, g_state = gradient(value, z.astype("float32"), state.astype("float32"))
    for actual, k, array in ((g_z, 0, z), (g_state, 1, state)):
        expected = np.zeros_like(array)
        for index in np.ndindex(array.shape):
            step = np.zeros_like(array)
            step[index] = 1e-6
            moved = [
                reference(*(a + s * step if j == k else a for j, a in enumerate(both)))
                for s, both in ((1, (z, state)), (-1, (z, state)))
            ]
            expected[index] = (moved[0] - moved[1]) / 2e-6
        assert_close(actual, expected, 1e-4)


@fuzz
@given(x=signals(rank=2, channels=4))
def test_steps_stay_finite(x):
    carry = x[:, :2]

    def value(z, carry):
        h, new_carry = lstm_step(z, carry, ops.tanh, product_sigmoid)
        return ops.sum(h) + ops.sum(new_carry)

    assert np.isfinite(ops.convert_to_numpy(value(x, carry)))
    for g in gradient(value, x, carry):
        assert np.all(np.isfinite(g))
