"""Tests of ComplexScaling and PhaseShift."""

import keras
import numpy as np
import pytest
from hypothesis import given

from keras_complex.layers import ComplexScaling, PhaseShift
from tests.complex_numpy import complex_normal, pack, unpack
from tests.contract import check_layer
from tests.fuzzing import check_finite, fuzz, signals
from tests.gradients import assert_close, layer_gradients


@pytest.mark.parametrize("shape", [(2, 6), (2, 5, 6), (2, 3, 4, 6)])
def test_scaling_honours_the_contract(tmp_path, shape):
    check_layer(ComplexScaling, {}, [shape], tmp_path)


def scaling(gain):
    layer = ComplexScaling()
    layer.build((None, 2 * len(gain)))
    layer.set_weights([pack(gain)])
    return layer


def test_scaling_multiplies_each_channel(rng):
    z, gain = complex_normal(rng, 2, 5, 3), complex_normal(rng, 3)
    assert_close(unpack(scaling(gain)(pack(z))), gain * z, 1e-6)


def test_scaling_starts_as_the_identity(rng):
    x = pack(complex_normal(rng, 2, 5, 3))
    np.testing.assert_array_equal(keras.ops.convert_to_numpy(ComplexScaling()(x)), x)


def test_scaling_has_the_gradient_of_the_complex_product(rng):
    # Of Re <g z, w>: with respect to g sum(w conj(z)), to z w conj(g).
    z, w = complex_normal(rng, 2, 5, 3)
    gain = complex_normal(rng, 3)
    (g_x,), g = layer_gradients(scaling(gain), pack(z), pack(w))
    assert_close(unpack(g["gain"]), (w * z.conj()).sum(0), 1e-5)
    assert_close(unpack(g_x), w * gain.conj(), 1e-6)


def test_scaling_is_linear_over_complex_numbers(rng):
    x, y = complex_normal(rng, 2, 4, 3)
    layer = scaling(complex_normal(rng, 3))
    a, b = 0.6 - 0.8j, 1.5j
    both = unpack(layer(pack(a * x + b * y)))
    assert_close(both, a * unpack(layer(pack(x))) + b * unpack(layer(pack(y))), 1e-6)


def test_scaling_rejects_input_that_is_not_packed():
    with pytest.raises(ValueError, match="an even, known number of channels"):
        ComplexScaling().build((1, 3))


@fuzz
@given(x=signals(rank=3))
def test_scaling_stays_finite(x):
    check_finite(ComplexScaling(), x)


PHASE_SHIFT_UNIFORM = keras.initializers.RandomUniform(-np.pi, np.pi, seed=1)


@pytest.mark.parametrize("shape", [(2, 6), (2, 5, 6), (2, 3, 4, 6)])
def test_phase_shift_honours_the_contract(tmp_path, shape):
    check_layer(
        PhaseShift, {"phase_initializer": PHASE_SHIFT_UNIFORM}, [shape], tmp_path
    )


def shift(phase):
    layer = PhaseShift()
    layer.build((None, 2 * len(phase)))
    layer.set_weights([phase])
    return layer


def test_phase_shift_turns_each_channel(rng):
    z, phase = complex_normal(rng, 2, 5, 3), rng.uniform(-np.pi, np.pi, 3)
    y = unpack(shift(phase)(pack(z)))
    assert_close(y, np.exp(1j * phase) * z, 1e-6)
    np.testing.assert_allclose(abs(y), abs(z), rtol=1e-5)


def test_phase_shift_starts_as_the_identity(rng):
    x = pack(complex_normal(rng, 2, 5, 3))
    np.testing.assert_array_equal(keras.ops.convert_to_numpy(PhaseShift()(x)), x)


def test_phase_shift_has_the_gradient_of_the_rotation(rng):
    # Of Re <y, w>: with respect to phi Re(i y conj(w)), to z w e^(-i phi).
    z, w = complex_normal(rng, 2, 5, 3)
    phase = rng.uniform(-np.pi, np.pi, 3)
    (g_x,), g = layer_gradients(shift(phase), pack(z), pack(w))
    turned = np.exp(1j * phase) * z
    assert_close(g["phase"], (1j * turned * w.conj()).real.sum(0), 1e-5)
    assert_close(unpack(g_x), w * np.exp(-1j * phase), 1e-6)


def test_phase_shift_is_linear_over_complex_numbers(rng):
    x, y = complex_normal(rng, 2, 4, 3)
    layer = shift(rng.uniform(-np.pi, np.pi, 3))
    a, b = 0.6 - 0.8j, 1.5j
    both = unpack(layer(pack(a * x + b * y)))
    assert_close(both, a * unpack(layer(pack(x))) + b * unpack(layer(pack(y))), 1e-6)


def test_phase_shift_rejects_input_that_is_not_packed():
    with pytest.raises(ValueError, match="an even, known number of channels"):
        PhaseShift().build((1, 3))


@fuzz
@given(x=signals(rank=3))
def test_phase_shift_stays_finite(x):
    check_finite(PhaseShift(), x)
