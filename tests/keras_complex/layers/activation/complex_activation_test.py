"""Tests of ComplexActivation."""

import keras
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keras_complex import activations
from keras_complex.activations.lookup import BY_NAME
from keras_complex.layers import ComplexActivation
from tests.complex_numpy import complex_normal, pack
from tests.contract import check_layer
from tests.fuzzing import check_finite, fuzz, signals


@pytest.mark.parametrize("name", sorted(BY_NAME))
def test_honours_the_contract(tmp_path, name):
    check_layer(ComplexActivation, {"activation": name}, [(2, 5, 6, 4)], tmp_path)


def test_takes_a_function(rng):
    x = pack(complex_normal(rng, 4, 3))
    np.testing.assert_array_equal(
        ComplexActivation(activations.zrelu)(x), ComplexActivation("zrelu")(x)
    )


def test_keeps_masks(rng):
    x = keras.layers.Masking()(np.zeros((2, 3, 4), "float32"))
    mask = keras.layers.Masking().compute_mask(x)
    outputs = ComplexActivation("crelu").compute_mask(x, mask)
    np.testing.assert_array_equal(outputs, mask)


def test_rejects_unknown_names():
    with pytest.raises(ValueError, match="Received: activation='relu'"):
        ComplexActivation("relu")


def test_rejects_inputs_that_are_not_packed():
    with pytest.raises(ValueError, match=r"Received: input_shape=\(1, 3\)"):
        ComplexActivation("crelu").build((1, 3))


@fuzz
@given(x=signals(rank=3, channels=3), name=st.sampled_from(sorted(BY_NAME)))
def test_survives_any_input(x, name):
    check_finite(ComplexActivation(name), x)
