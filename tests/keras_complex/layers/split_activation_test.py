"""Tests of SplitActivation."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keras_complex.layers import SplitActivation
from tests.complex_numpy import complex_normal, pack, unpack
from tests.contract import check_layer
from tests.fuzzing import check_finite, fuzz, signals


def test_honours_the_contract(tmp_path):
    check_layer(SplitActivation, {"activation": "selu"}, [(2, 5, 6, 4)], tmp_path)


def test_applies_the_function_to_both_parts(rng):
    z = complex_normal(rng, 4, 7, 3)
    expected = z.real / (1 + abs(z.real)) + 1j * z.imag / (1 + abs(z.imag))
    actual = unpack(SplitActivation("softsign")(pack(z)))
    np.testing.assert_allclose(actual, expected, atol=1e-6)


def test_commutes_with_the_exchange_of_parts(rng):
    z = complex_normal(rng, 4, 7, 3)
    layer = SplitActivation("softmax")
    y = unpack(layer(pack(z)))
    exchanged = unpack(layer(pack(1j * z.conj())))
    np.testing.assert_allclose(exchanged, 1j * y.conj(), atol=1e-6)


def test_rejects_unknown_names():
    with pytest.raises(ValueError, match="unknown"):
        SplitActivation("unknown")


@fuzz
@given(
    x=signals(rank=3, channels=3), name=st.sampled_from(["softplus", "mish", "softmax"])
)
def test_survives_any_input(x, name):
    check_finite(SplitActivation(name), x)
