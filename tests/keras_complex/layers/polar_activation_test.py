"""Tests of PolarActivation."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keras_complex.layers import PolarActivation
from tests.complex_numpy import complex_normal, pack, unpack
from tests.contract import check_layer
from tests.fuzzing import check_finite, fuzz, signals


def test_honours_the_contract(tmp_path):
    check_layer(PolarActivation, {"activation": "softplus"}, [(2, 5, 6, 4)], tmp_path)


def test_applies_the_function_to_the_magnitude(rng):
    z = complex_normal(rng, 4, 7, 3)
    actual = unpack(PolarActivation("softplus")(pack(z)))
    expected = np.log1p(np.exp(abs(z))) * np.exp(1j * np.angle(z))
    np.testing.assert_allclose(actual, expected, atol=1e-5)


def test_commutes_with_rotations_of_each_value(rng):
    z = complex_normal(rng, 4, 7, 3)
    rotation = np.exp(1j * rng.uniform(-np.pi, np.pi, z.shape))
    layer = PolarActivation("gelu")
    y = unpack(layer(pack(z)))
    np.testing.assert_allclose(
        unpack(layer(pack(rotation * z))), rotation * y, atol=1e-6
    )


def test_rejects_unknown_names():
    with pytest.raises(ValueError, match="unknown"):
        PolarActivation("unknown")


@fuzz
@given(
    x=signals(rank=3, channels=3), name=st.sampled_from(["softplus", "mish", "softmax"])
)
def test_survives_any_input(x, name):
    check_finite(PolarActivation(name), x)
