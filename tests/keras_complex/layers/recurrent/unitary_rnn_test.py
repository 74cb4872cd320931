"""Tests of UnitaryRNN and its cell."""

import keras
import numpy as np
from hypothesis import given

from keras_complex.initializers import ComplexUnitary
from keras_complex.layers import UnitaryRNN, UnitaryRNNCell
from tests.complex_numpy import complex_normal, pack, unpack
from tests.contract import check_layer
from tests.fuzzing import check_finite, fuzz, signals
from tests.gradients import assert_close


def unitary(phases, reflections, permutation):
    """Composes the matrix of its definition from native complex matrices."""
    d = [np.diag(np.exp(1j * phase)) for phase in phases]
    r = [
        np.eye(len(v)) - 2 * np.outer(v, v.conj()) / np.vdot(v, v) for v in reflections
    ]
    f = np.fft.fft(np.eye(len(permutation)), norm="ortho")
    p = np.eye(len(permutation))[permutation]
    return d[2] @ r[1] @ np.linalg.inv(f) @ d[1] @ p @ r[0] @ f @ d[0]


def test_honours_the_contract(tmp_path):
    arguments = {
        "units": 3,
        "kernel_initializer": ComplexUnitary(seed=2),
        "kernel_regularizer": keras.regularizers.L2(1e-3),
        # Too little to drop anything, so that two steps can be compared.
        "dropout": 1e-7,
        "recurrent_dropout": 1e-7,
        "seed": 7,
        "return_sequences": True,
        "go_backwards": True,
    }
    check_layer(UnitaryRNN, arguments, [(2, 4, 4)], tmp_path)


def test_equals_the_loop_on_native_complex_numbers(rng):
    x = complex_normal(rng, 2, 7, 3)
    v = complex_normal(rng, 3, 5)
    phases, threshold = rng.normal(size=(3, 5)), -rng.uniform(0.5, 1.5, size=5)
    reflections, permutation = complex_normal(rng, 2, 5), rng.permutation(5)
    w = unitary(phases, reflections, permutation)
    h, expected = np.zeros((2, 5)), []
    for t in range(7):
        z = x[:, t] @ v + h @ w.T
        h = np.maximum(np.abs(z) + threshold, 0) * z / np.abs(z)
        expected.append(h)
    assert np.any(np.equal(expected, 0))
    for layer in (
        UnitaryRNN(5, return_sequences=True),
        keras.layers.RNN(UnitaryRNNCell(5), return_sequences=True),
    ):
        layer.build((2, 7, 6))
        cell = layer.cell
        cell.kernel.assign(pack(v))
        cell.phases.assign(phases)
        cell.reflections.assign(pack(reflections))
        cell.threshold.assign(threshold)
        cell.permutation.assign(permutation)
        assert_close(unpack(layer(pack(x))), np.stack(expected, axis=1), 1e-5)


def test_keeps_the_length_of_a_state_whatever_it_learns(rng):
    layer = UnitaryRNN(8)
    layer.build((3, 200, 2))
    layer.cell.phases.assign(rng.normal(size=(3, 8)))
    layer.cell.reflections.assign(rng.normal(size=(2, 16)))
    state = pack(complex_normal(rng, 3, 8))
    y = layer(np.zeros((3, 200, 2), "float32"), initial_state=state)
    y = keras.ops.convert_to_numpy(y)
    expected = np.linalg.norm(state, axis=-1)
    np.testing.assert_allclose(np.linalg.norm(y, axis=-1), expected, rtol=1e-4)


def test_commutes_with_a_rotation(rng):
    x = complex_normal(rng, 2, 6, 3)
    layer = UnitaryRNN(4)
    layer.build((2, 6, 6))
    layer.cell.threshold.assign(rng.normal(size=4) / 4)
    rotation = np.exp(0.7j)
    y = unpack(layer(pack(x)))
    assert_close(unpack(layer(pack(rotation * x))), rotation * y, 1e-5)


def test_stays_finite():
    layers = {}

    @fuzz
    @given(x=signals(rank=3))
    def run(x):
        channels = x.shape[-1]
        if channels not in layers:
            layers[channels] = UnitaryRNN(2)
        check_finite(layers[channels], x)

    run()
