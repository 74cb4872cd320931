"""Tests of ComplexUpSampling2D."""

import keras
import numpy as np

from keras_complex.layers import ComplexUpSampling2D
from tests.complex_numpy import channels_last, complex_normal, pack, unpack
from tests.contract import check_layer
from tests.gradients import assert_close


def test_honours_the_contract(tmp_path):
    check_layer(ComplexUpSampling2D, {}, [(2, 5, 6, 4)], tmp_path)


def test_meets_the_published_layer(golden):
    _, arrays = golden("up_block")
    y = ComplexUpSampling2D()(channels_last(arrays["in.x1"]))
    expected = channels_last(arrays["mid.upsampled"])
    assert_close(keras.ops.convert_to_numpy(y), expected, 1e-6)


def test_commutes_with_a_phase_rotation(rng):
    z, rotation = complex_normal(rng, 1, 4, 5, 2), np.exp(0.7j)
    layer = ComplexUpSampling2D()
    rotated = unpack(layer(pack(rotation * z)))
    np.testing.assert_allclose(rotated, rotation * unpack(layer(pack(z))), atol=1e-6)
