"""Tests of the gates of recurrent networks."""

import numpy as np
from keras import ops

from keras_complex.ops import product_sigmoid
from tests.complex_numpy import complex_normal, pack


def test_product_sigmoid_is_half_open_only_where_a_part_is(rng):
    z = 10 * complex_normal(rng, 5, 3)
    expected = 1 / ((1 + np.exp(-z.real)) * (1 + np.exp(-z.imag)))
    actual = ops.convert_to_numpy(product_sigmoid(pack(z)))
    np.testing.assert_allclose(actual, expected, atol=1e-6)
