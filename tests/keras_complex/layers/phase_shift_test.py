"""Tests of PhaseShift."""

import keras
import numpy as np
import pytest
from hypothesis import given

from keras_complex.layers import PhaseShift
from tests.complex_numpy import complex_normal, pack, unpack
from tests.contract import check_layer
from tests.fuzzing import check_finite, fuzz, signals
from tests.gradients import assert_close, layer_gradients

UNIFORM = keras.initializers.RandomUniform(-np.pi, np.pi, seed=1)


@pytest.mark.parametrize("shape", [(2, 6), (2, 5, 6), (2, 3, 4, 6)])
def test_honours_the_contract(tmp_path, shape):
    check_layer(PhaseShift, {"phase_initializer": UNIFORM}, [shape], tmp_path)


def shift(phase):
    layer = PhaseShift()
    layer.build((None, 2 * len(phase)))
    layer.set_weights([phase])
    return layer


def test_turns_each_channel(rng):
    z, phase = complex_normal(rng, 2, 5, 3), rng.uniform(-np.pi, np.pi, 3)
    y = unpack(shift(phase)(pack(z)))
    assert_close(y, np.exp(1j * phase) * z, 1e-6)
    np.testing.assert_allclose(abs(y), abs(z), rtol=1e-5)


def test_starts_as_the_identity(rng):
    x = pack(complex_normal(rng, 2, 5, 3))
    np.testing.assert_array_equal(keras.ops.convert_to_numpy(PhaseShift()(x)), x)


def test_has_the_gradient_of_the_rotation(rng):
    # Of Re <y, w>: with respect to phi Re(i y conj(w)), to z w e^(-i phi).
    z, w = complex_normal(rng, 2, 5, 3)
    phase = rng.uniform(-np.pi, np.pi, 3)
    (g_x,), g = layer_gradients(shift(phase), pack(z), pack(w))
    turned = np.exp(1j * phase) * z
    assert_close(g["phase"], (1j * turned * w.conj()).real.sum(0), 1e-5)
    assert_close(unpack(g_x), w * np.exp(-1j * phase), 1e-6)


def test_is_linear_over_complex_numbers(rng):
    x, y = complex_normal(rng, 2, 4, 3)
    layer = shift(rng.uniform(-np.pi, np.pi, 3))
    a, b = 0.6 - 0.8j, 1.5j
    both = unpack(layer(pack(a * x + b * y)))
    assert_close(both, a * unpack(layer(pack(x))) + b * unpack(layer(pack(y))), 1e-6)


def test_rejects_input_that_is_not_packed():
    with pytest.raises(ValueError, match="an even, known number of channels"):
        PhaseShift().build((1, 3))


@fuzz
@given(x=signals(rank=3))
def test_stays_finite(x):
    check_finite(PhaseShift(), x)
