"""Tests of CReLU, SplitActivation and ComplexPReLU."""

import keras
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keras_complex.layers import ComplexPReLU, CReLU, SplitActivation
from tests.complex_numpy import complex_normal, pack, unpack
from tests.contract import check_layer
from tests.fuzzing import check_finite, fuzz, signals


def test_crelu_honours_the_contract(tmp_path):
    check_layer(CReLU, {}, [(2, 5, 6, 4)], tmp_path)


def test_crelu_rectifies_both_parts(rng):
    z = complex_normal(rng, 4, 7, 3)
    expected = np.maximum(z.real, 0) + 1j * np.maximum(z.imag, 0)
    np.testing.assert_allclose(unpack(CReLU()(pack(z))), expected, atol=1e-6)


@fuzz
@given(x=signals(rank=3))
def test_crelu_survives_any_input(x):
    check_finite(CReLU(), x)


def test_split_honours_the_contract(tmp_path):
    check_layer(SplitActivation, {"activation": "selu"}, [(2, 5, 6, 4)], tmp_path)


def test_split_applies_the_function_to_both_parts(rng):
    z = complex_normal(rng, 4, 7, 3)
    expected = z.real / (1 + abs(z.real)) + 1j * z.imag / (1 + abs(z.imag))
    actual = unpack(SplitActivation("softsign")(pack(z)))
    np.testing.assert_allclose(actual, expected, atol=1e-6)


def test_split_commutes_with_the_exchange_of_parts(rng):
    z = complex_normal(rng, 4, 7, 3)
    layer = SplitActivation("softmax")
    y = unpack(layer(pack(z)))
    exchanged = unpack(layer(pack(1j * z.conj())))
    np.testing.assert_allclose(exchanged, 1j * y.conj(), atol=1e-6)


def test_split_rejects_unknown_names():
    with pytest.raises(ValueError, match="unknown"):
        SplitActivation("unknown")


@fuzz
@given(
    x=signals(rank=3, channels=3), name=st.sampled_from(["softplus", "mish", "softmax"])
)
def test_split_survives_any_input(x, name):
    check_finite(SplitActivation(name), x)


PRELU_ARGUMENTS = {
    "alpha_initializer": keras.initializers.RandomUniform(0.1, 0.9, seed=1),
    "alpha_regularizer": keras.regularizers.L2(0.01),
    "shared_channels": True,
}


@pytest.mark.parametrize("shared", [True, False])
def test_prelu_honours_the_contract(tmp_path, shared, monkeypatch):
    arguments = PRELU_ARGUMENTS | {"shared_channels": shared}
    if not shared:
        defaults = ComplexPReLU.__init__.__defaults__
        monkeypatch.setattr(
            ComplexPReLU.__init__, "__defaults__", (*defaults[:2], True)
        )
    check_layer(ComplexPReLU, arguments, [(2, 5, 6, 4)], tmp_path)


@pytest.mark.parametrize("shared", [True, False])
def test_prelu_meets_its_formula(rng, shared):
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


def test_prelu_commutes_with_a_positive_scale_only(rng):
    z = complex_normal(rng, 50, 3)
    layer = ComplexPReLU()
    y = unpack(layer(pack(z)))
    np.testing.assert_allclose(unpack(layer(pack(100 * z))), 100 * y, rtol=1e-5)
    assert abs(unpack(layer(pack(-z))) + y).max() > 0.1


def test_prelu_rejects_inputs_that_are_not_packed():
    with pytest.raises(ValueError, match=r"Received: input_shape=\(1, 3\)"):
        ComplexPReLU().build((1, 3))


@fuzz
@given(x=signals(rank=3), shared=st.booleans())
def test_prelu_survives_any_input(x, shared):
    check_finite(ComplexPReLU(shared_channels=shared), x)
