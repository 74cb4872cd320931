"""Tests of ComplexSoftmax and RealSoftmax."""

import keras
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keras_complex.layers import ComplexSoftmax, RealSoftmax
from tests.complex_numpy import complex_normal, pack, unpack
from tests.contract import check_layer
from tests.fuzzing import check_finite, fuzz, signals


def test_softmax_honours_the_contract(tmp_path):
    check_layer(ComplexSoftmax, {"axis": 1}, [(2, 5, 6, 4)], tmp_path)


@pytest.mark.parametrize("axis", [-1, 1])
def test_softmax_meets_its_formula(rng, axis):
    z = complex_normal(rng, 4, 5, 3)
    e = np.exp(abs(z))
    expected = e / e.sum(axis, keepdims=True) * z / abs(z)
    y = unpack(ComplexSoftmax(axis)(pack(z)))
    np.testing.assert_allclose(y, expected, atol=1e-6)


def test_softmax_commutes_with_rotations_of_each_value(rng):
    z = complex_normal(rng, 50, 3)
    rotation = np.exp(1j * rng.uniform(-np.pi, np.pi, z.shape))
    y = unpack(ComplexSoftmax()(pack(z)))
    rotated = unpack(ComplexSoftmax()(pack(rotation * z)))
    np.testing.assert_allclose(rotated, rotation * y, atol=1e-6)


def test_softmax_rejects_inputs_that_are_not_packed():
    with pytest.raises(ValueError, match=r"Received: input_shape=\(1, 3\)"):
        ComplexSoftmax().build((1, 3))


@fuzz
@given(x=signals(rank=3, channels=3))
def test_softmax_survives_any_input(x):
    check_finite(ComplexSoftmax(), x)


@pytest.mark.parametrize("of", ["mean", "real"])
def test_real_softmax_honours_the_contract(tmp_path, of):
    check_layer(RealSoftmax, {"axis": 1, "of": of}, [(2, 5, 6, 4)], tmp_path)


@pytest.mark.parametrize(
    ("of", "parts"),
    [
        ("magnitude", lambda z: [abs(z)]),
        ("real", lambda z: [z.real]),
        ("mean", lambda z: [z.real, z.imag]),
    ],
)
def test_real_softmax_meets_its_formula(rng, of, parts):
    z = complex_normal(rng, 4, 5, 3)
    exponentials = [np.exp(part) for part in parts(z)]
    expected = np.mean([e / e.sum(-1, keepdims=True) for e in exponentials], axis=0)
    np.testing.assert_allclose(RealSoftmax(of=of)(pack(z)), expected, atol=1e-6)


def test_real_softmax_probabilities_of_magnitudes_ignore_every_phase(rng):
    z = complex_normal(rng, 50, 3)
    rotation = np.exp(1j * rng.uniform(-np.pi, np.pi, z.shape))
    p = keras.ops.convert_to_numpy(RealSoftmax()(pack(z)))
    np.testing.assert_allclose(RealSoftmax()(pack(rotation * z)), p, atol=1e-6)
    np.testing.assert_allclose(np.sum(p, axis=-1), 1, atol=1e-6)


def test_real_softmax_rejects_what_it_cannot_take_softmax_of():
    with pytest.raises(ValueError, match="Received: of='phase'"):
        RealSoftmax(of="phase")


def test_real_softmax_rejects_inputs_that_are_not_packed():
    with pytest.raises(ValueError, match=r"Received: input_shape=\(1, 3\)"):
        RealSoftmax().build((1, 3))


@fuzz
@given(x=signals(rank=3, channels=3), of=st.sampled_from(["magnitude", "real", "mean"]))
def test_real_softmax_survives_any_input(x, of):
    check_finite(RealSoftmax(of=of), x)
