"""Tests that some layers of Keras are right on packed tensors, as the docs say."""

import keras
import numpy as np
import pytest

from tests.complex_numpy import complex_normal, pack, unpack

# Each with the same in native complex NumPy.
LAYERS = {
    "zero padding": (
        keras.layers.ZeroPadding2D(1),
        lambda z: np.pad(z, ((0, 0), (1, 1), (1, 1), (0, 0))),
    ),
    "cropping": (keras.layers.Cropping2D(1), lambda z: z[:, 1:-1, 1:-1]),
    "permute": (keras.layers.Permute((2, 1, 3)), lambda z: z.transpose(0, 2, 1, 3)),
    "reshape": (keras.layers.Reshape((-1, 6)), lambda z: z.reshape(len(z), -1, 3)),
}


@pytest.mark.parametrize("name", LAYERS)
def test_acts_on_both_parts_alike(rng, name):
    layer, native = LAYERS[name]
    z = complex_normal(rng, 2, 5, 4, 3)
    np.testing.assert_allclose(unpack(layer(pack(z))), native(z), atol=1e-6)


@pytest.mark.parametrize(
    ("layer", "native"),
    [
        (keras.layers.Add(), lambda a, b: a + b),
        (keras.layers.Subtract(), lambda a, b: a - b),
        (keras.layers.Average(), lambda a, b: (a + b) / 2),
    ],
    ids=["add", "subtract", "average"],
)
def test_merges_both_parts_alike(rng, layer, native):
    a, b = (complex_normal(rng, 2, 5, 3) for _ in range(2))
    merged = layer([pack(a), pack(b)])
    np.testing.assert_allclose(unpack(merged), native(a, b), atol=1e-6)


def test_multiplication_is_not_that_of_complex_values(rng):
    a, b = (complex_normal(rng, 2, 5, 3) for _ in range(2))
    product = unpack(keras.layers.Multiply()([pack(a), pack(b)]))
    assert np.abs(product - a * b).max() > 0.1
