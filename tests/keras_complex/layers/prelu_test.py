"""Tests of ComplexPReLU."""

import keras
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keras_complex.layers import ComplexPReLU
from tests.complex_numpy import complex_normal, pack, unpack
from tests.contract import check_layer
from tests.fuzzing import check_finite, fuzz, signals

ARGUMENTS = {
    "alpha_initializer": keras.initializers.RandomUniform(0.1, 0.9, seed=1),
    "alpha_regularizer": keras.regularizers.L2(0.01),
    "shared_channels": True,
}


@pytest.mark.parametrize("shared", [True, False])
def test_honours_the_contract(tmp_path, shared, monkeypatch):
    arguments = ARGUMENTS | {"shared_channels": shared}
    if not shared:
        defaults = ComplexPReLU.__init__.__defaults__
        monkeypatch.setattr(
            ComplexPReLU.__init__, "__defaults__", (*defaults[:2], True)
        )
    check_layer(ComplexPReLU, arguments, [(2, 5, 6, 4)], tmp_path)


@pytest.mark.parametrize("shared", [True, False])
def test_meets_its_formula(rng, shared):
    z = complex_normal(rng, 50, 3)
    slopes = rng.uniform(size=1 if shared else 3)
    slopes = slopes + 1j * rng.uniform(size=slopes.shape)
    layer = ComplexPReLU(shared_channels=shared)
    layer.build((None, 6))
    layer.alpha.assign(pack(slopes))
    expected = np.where(z.real >= 0, z.real, slopes.real * z.real) + 1j * np.where(
        z.imag >= 0, z.imag, slopes.imag * z.imag
    )
    np.testing.assert_allclose(unpack(layer(pack(z))), expected, atol=1e-6)


def test_commutes_with_a_positive_scale_only(rng):
    z = complex_normal(rng, 50, 3)
    layer = ComplexPReLU()
    y = unpack(layer(pack(z)))
    np.testing.assert_allclose(unpack(layer(pack(100 * z))), 100 * y, rtol=1e-5)
    assert abs(unpack(layer(pack(-z))) + y).max() > 0.1


def test_rejects_inputs_that_are_not_packed():
    with pytest.raises(ValueError, match=r"Received: input_shape=\(1, 3\)"):
        ComplexPReLU().build((1, 3))


@fuzz
@given(x=signals(rank=3), shared=st.booleans())
def test_survives_any_input(x, shared):
    check_finite(ComplexPReLU(shared_channels=shared), x)
