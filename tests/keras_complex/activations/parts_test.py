"""Tests of the activations of both parts."""

import numpy as np
from keras import ops

from keras_complex import activations
from tests.complex_numpy import complex_normal, pack, unpack


def test_parts_do_not_mix(rng):
    # A softmax over the packed axis would normalise both parts together.
    z = complex_normal(rng, 20, 3)
    y = unpack(activations.split(pack(z), ops.softmax))
    np.testing.assert_allclose(y.sum(-1), 1 + 1j, atol=1e-6)
