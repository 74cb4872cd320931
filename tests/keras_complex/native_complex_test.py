"""Tests that native complex tensors are refused, not cast."""

import keras
import numpy as np
import pytest

from keras_complex import layers

LAYERS = {
    "conv1d": (lambda: layers.ComplexConv1D(2, 3), 3),
    "conv2d": (lambda: layers.ComplexConv2D(2, 3), 4),
    "conv2d_transpose": (lambda: layers.ComplexConv2DTranspose(2, 3), 4),
    "depthwise_conv2d": (lambda: layers.ComplexDepthwiseConv2D(3), 4),
    "dense": (lambda: layers.ComplexDense(2), 3),
    "crelu": (layers.CReLU, 3),
    "mod_relu": (layers.ModReLU, 3),
    "layer_normalization": (layers.ComplexLayerNormalization, 3),
    "maps": (lambda: layers.ComplexLayerNormalization((1, 2)), 4),
    "rms_normalization": (layers.ComplexRMSNormalization, 3),
    "group_normalization": (lambda: layers.ComplexGroupNormalization(2), 4),
    "average_pooling": (layers.ComplexAveragePooling2D, 4),
    "max_pooling": (layers.ComplexMaxPooling2D, 4),
    "global_average_pooling": (layers.ComplexGlobalAveragePooling2D, 4),
    "split": (lambda: layers.SplitActivation("tanh"), 3),
}


@pytest.mark.parametrize("name", LAYERS)
def test_a_native_tensor_is_an_error(name):
    make, rank = LAYERS[name]
    z = keras.ops.convert_to_tensor(np.ones((2, *(6,) * (rank - 2), 4), "complex64"))
    with pytest.raises(ValueError, match="A packed tensor must be real"):
        make()(z)
