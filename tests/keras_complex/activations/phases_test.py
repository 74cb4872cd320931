"""Tests of the activations that choose by the phase."""

import numpy as np
import pytest

from keras_complex import activations
from tests.complex_numpy import complex_normal, pack, unpack


@pytest.mark.parametrize("name", ["zrelu", "cardioid"])
def test_is_the_relu_of_real_values(rng, name):
    x = rng.normal(size=(20, 3))
    y = unpack(getattr(activations, name)(pack(x + 0j)))
    np.testing.assert_allclose(y, np.maximum(x, 0), atol=1e-6)


@pytest.mark.parametrize("name", ["zrelu", "cardioid"])
def test_commutes_with_a_positive_scale(rng, name):
    z = complex_normal(rng, 20, 3)
    function = getattr(activations, name)
    y = unpack(function(pack(z)))
    np.testing.assert_allclose(unpack(function(pack(1e5 * z))), 1e5 * y, atol=0.1)
