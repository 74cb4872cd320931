"""Tests of ComplexRMSNormalization."""

import keras
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keras_complex.layers import ComplexRMSNormalization
from tests.complex_numpy import complex_normal, pack, unpack
from tests.contract import check_layer
from tests.fuzzing import check_finite, fuzz, signals


@pytest.mark.parametrize("switch", [True, False])
def test_honours_the_contract(tmp_path, switch, monkeypatch):
    arguments = {"axis": (1, 2), "epsilon": 0.01, "scale": switch}
    monkeypatch.setattr(
        ComplexRMSNormalization.__init__, "__defaults__", (-1, 1e-6, not switch)
    )
    check_layer(ComplexRMSNormalization, arguments, [(2, 8, 6, 4)], tmp_path)


@pytest.mark.parametrize("axis", [-1, 2, (1, 2), (1, 2, 3)])
def test_divides_by_the_root_mean_square(rng, axis):
    z = 7 * complex_normal(rng, 2, 5, 6, 3) + 2
    gamma = complex_normal(rng, 3)
    layer = ComplexRMSNormalization(axis, epsilon=0.5)
    layer.build((2, 5, 6, 6))
    layer.gamma.assign(pack(gamma))
    rms = np.sqrt(np.mean(abs(z) ** 2, axis, keepdims=True) + 0.5)
    np.testing.assert_allclose(unpack(layer(pack(z))), gamma * z / rms, atol=2e-5)


def test_starts_at_unit_power_whatever_the_scale(rng):
    z = complex_normal(rng, 4, 6, 8)
    for scale in (1e-2, 1e5):
        y = unpack(ComplexRMSNormalization(epsilon=1e-12)(pack(scale * z)))
        np.testing.assert_allclose(np.mean(abs(y) ** 2, -1), 1, rtol=1e-4)


def test_commutes_with_a_phase_rotation(rng):
    z, rotation = complex_normal(rng, 2, 6, 8), np.exp(0.7j)
    layer = ComplexRMSNormalization()
    rotated = unpack(layer(pack(rotation * z)))
    np.testing.assert_allclose(rotated, rotation * unpack(layer(pack(z))), atol=1e-5)


def test_statistics_of_half_precision_are_float32(rng):
    x = 500 * pack(complex_normal(rng, 1, 64, 8))
    y = ComplexRMSNormalization(dtype="mixed_float16")(x)
    power = np.mean(np.square(keras.ops.convert_to_numpy(y).astype("float32")))
    assert power == pytest.approx(0.5, rel=0.01)


@pytest.mark.parametrize("axis", [0, (1, 1), (), 4])
def test_rejects_axes_that_are_none(axis):
    with pytest.raises(ValueError, match="`axis` must name distinct axes"):
        ComplexRMSNormalization(axis).build((None, 8, 8, 4))


def test_rejects_an_epsilon_of_zero():
    with pytest.raises(ValueError, match="`epsilon` must be positive"):
        ComplexRMSNormalization(epsilon=0.0)


@fuzz
@given(x=signals(rank=3), axis=st.sampled_from([-1, 1]))
def test_survives_any_input(x, axis):
    check_finite(ComplexRMSNormalization(axis), x)
