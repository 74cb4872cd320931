"""Tests of the count of multiply-adds."""

import math

import keras
import numpy as np
import pytest
from keras import layers

from keras_complex import layers as complex_layers
from zoo.models import (
    CausalComplexUNet,
    ChimeraPlusPlus,
    ComplexUNet,
    ConvTasNet,
    DeepClustering,
    RealUNet,
    TasNet,
)
from zoo.models.multiply_adds import MultiplyAdds, multiply_adds

# What TensorFlow's profiler calls products with kernels and of matrices.
PRODUCTS = {
    "BatchMatMulV2",
    "Conv2D",
    "Conv2DBackpropInput",
    "Conv3D",
    "DepthwiseConv2dNative",
    "MatMul",
}


def profiled(network, shape):
    """Returns the multiply-adds that TensorFlow counts in its own graph."""
    tf = pytest.importorskip("tensorflow")
    function = tf.function(lambda x: network(x, training=False))
    graph = function.get_concrete_function(tf.TensorSpec(shape)).graph
    options = tf.compat.v1.profiler.ProfileOptionBuilder.float_operation()
    options["output"] = "none"
    profile = tf.compat.v1.profiler.profile(graph, cmd="op", options=options)
    operations = {}
    while profile.children:
        (profile,) = profile.children
        operations[profile.name] = profile.float_ops
    # Two floating-point operations each.
    return sum(ops for name, ops in operations.items() if name in PRODUCTS) // 2


def one_layer(layer, shape):
    inputs = keras.Input(batch_shape=shape)
    return keras.Model(inputs, layer(inputs))


LAYERS = {
    "dense": (layers.Dense(5), (2, 7, 3)),
    "conv1d": (layers.Conv1D(4, 3, strides=2), (2, 11, 3)),
    "conv2d": (layers.Conv2D(4, (3, 2), padding="same"), (2, 6, 5, 3)),
    "conv2d_dilated": (layers.Conv2D(4, 3, dilation_rate=2), (1, 10, 8, 3)),
    # The profiler takes every stride of the output for one of the input.
    "conv2d_transpose": (
        layers.Conv2DTranspose(4, 3, 2, padding="same"),
        (2, 6, 5, 3),
    ),
    "depthwise": (layers.DepthwiseConv2D(3, depth_multiplier=2), (2, 6, 5, 3)),
    "complex_dense": (complex_layers.ComplexDense(5), (2, 7, 6)),
    "complex_conv1d": (complex_layers.ComplexConv1D(4, 3), (2, 11, 6)),
    "complex_conv2d": (complex_layers.ComplexConv2D(4, 3, 2), (2, 9, 8, 6)),
    "complex_groups": (complex_layers.ComplexConv2D(4, 3, groups=2), (2, 6, 5, 8)),
    "complex_conv2d_transpose": (
        complex_layers.ComplexConv2DTranspose(4, 2, 2),
        (2, 6, 5, 6),
    ),
    "encoder": (complex_layers.LearnedEncoder(6, 4, 2, gated=True), (2, 21)),
    "decoder": (complex_layers.LearnedDecoder(4, 2), (2, 3, 7, 6)),
}


@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="profiler")
@pytest.mark.parametrize("name", LAYERS)
def test_counts_of_a_layer_what_tensorflow_profiles(name):
    layer, shape = LAYERS[name]
    network = one_layer(layer, shape)
    count = multiply_adds(network, shape)
    assert count == MultiplyAdds(profiled(network, shape), ())


NETWORKS = {
    "complex": (lambda: ComplexUNet(2, 4, 0, 2), (1, 20, 33, 2)),
    "complex_without_transforms": (lambda: ComplexUNet(2, 2, 0, 0), (1, 16, 16, 2)),
    # TensorFlow pads the frames of a dilated convolution to a multiple of its rate.
    "causal": (lambda: CausalComplexUNet(2, 4, 0, 2, 1), (1, 23, 33, 2)),
    "real": (lambda: RealUNet(2, 4, 0), (1, 20, 33, 2)),
    "real_instance": (lambda: RealUNet(2, 4, 0, "instance"), (1, 16, 16, 2)),
    "conv_tasnet": (lambda: ConvTasNet(2, 8, 4, 3, 5, 2, 3, 2, 2), (1, 101)),
    "conv_tasnet_causal": (
        lambda: ConvTasNet(3, 8, 4, 3, 5, 0, 3, 2, 2, "cumulative", causal=True),
        (2, 101),
    ),
}


@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="profiler")
@pytest.mark.parametrize("name", NETWORKS)
def test_counts_of_a_network_what_tensorflow_profiles(name):
    make, shape = NETWORKS[name]
    network = make()
    assert multiply_adds(network, shape) == MultiplyAdds(profiled(network, shape), ())


def test_counts_conv_tasnet_by_the_symbols_of_its_paper():
    n, length, b, h, sc, p, x, r, c = 512, 16, 128, 512, 128, 3, 8, 3, 2
    samples = 8000
    frames = 1 + math.ceil((samples - length) / (length // 2))
    block = b * h + p * h + h * (b + sc)
    frame = n * length + n * b + r * x * block + sc * c * n + c * n * length
    assert multiply_adds(ConvTasNet(), (1, samples)).total == frames * frame


def test_counts_recurrent_layers_by_their_gates():
    inputs, units, frames = 7, 5, 11
    products = frames * units * (inputs + units)
    for cell, gates in (("LSTM", 4), ("GRU", 3), ("SimpleRNN", 1)):
        layer = getattr(layers, cell)(units, return_sequences=True)
        network = one_layer(layer, (None, None, inputs))
        assert multiply_adds(network, (2, frames, inputs)).total == 2 * gates * products
    both = one_layer(layers.Bidirectional(layers.LSTM(units)), (None, None, inputs))
    assert multiply_adds(both, (1, frames, inputs)).total == 2 * 4 * products


def test_counts_complex_recurrent_layers_four_times():
    layer = complex_layers.ComplexLSTM(5)
    network = one_layer(layer, (None, None, 2 * 7))
    assert multiply_adds(network, (1, 11, 14)).total == 4 * 11 * 4 * 5 * (7 + 5)


def test_counts_tasnet_by_the_layers_of_its_paper():
    n, length, units, c, frames = 6, 4, 8, 3, 10
    lstm = 4 * units * (n + units) + 4 * units * (units + units)
    frame = 2 * n * length + lstm + units * c * n + c * n * length
    network = TasNet(c, n, length, units, num_layers=2, causal=True)
    assert multiply_adds(network, (1, frames * length)).total == frames * frame


def test_counts_products_of_matrices():
    inputs = keras.Input((4, 3))
    scores = keras.ops.matmul(inputs, keras.ops.transpose(inputs, (0, 2, 1)))
    network = keras.Model(inputs, scores)
    assert multiply_adds(network, (2, 4, 3)) == MultiplyAdds(2 * 4 * 4 * 3, ())


def test_counts_each_example_and_each_second_alike():
    network = DeepClustering(bins=9, units=4, embedding_size=3)
    counts = [multiply_adds(network, (*size, 9, 2)).total for size in ((1, 7), (6, 14))]
    assert counts[1] == 12 * counts[0] > 0


def test_names_what_it_leaves_out():
    sizes = {"bins": 9, "units": 4, "num_layers": 1, "embedding_size": 3}
    clustering = multiply_adds(DeepClustering(**sizes), (1, 7, 9, 2))
    assert clustering.left_out == ("KMeansMasks",)
    network = ChimeraPlusPlus(**sizes, misi_iterations=1, frame_step=4)
    assert multiply_adds(network, (1, 7, 9, 2)).left_out == ("MISI",)


def test_names_layers_and_operations_that_it_does_not_know():
    class Unknown(layers.Dense):
        """It may compute anything."""

    inputs = keras.Input((7, 3))
    x = layers.Bidirectional(layers.ConvLSTM1D(2, 1))(inputs[..., None, :])
    x = keras.ops.einsum("bij,bkj->bik", x, inputs[:, :2, :2])
    network = keras.Model(inputs, Unknown(3)(layers.Dense(5)(x)))
    count = multiply_adds(network, (1, 7, 3))
    assert count.left_out == ("Bidirectional", "Einsum", "Unknown")
    assert count.total == math.prod((*x.shape[1:], 5))


def test_leaves_the_network_as_it_is(tmp_path):
    network = TasNet(filters=4, segment_length=4, units=2, num_layers=1)
    before = keras.ops.convert_to_numpy(network(np.ones((1, 9), "float32")))
    multiply_adds(network, (1, 100))
    network.save(tmp_path / "network.keras")
    loaded = keras.saving.load_model(tmp_path / "network.keras")
    after = keras.ops.convert_to_numpy(loaded(np.ones((1, 9), "float32")))
    np.testing.assert_array_equal(before, after)


def test_rejects_unknown_sizes():
    network = one_layer(layers.Dense(2), (None, 3))
    with pytest.raises(ValueError, match=r"known sizes only.*input_shape=\(None, 3\)"):
        multiply_adds(network, (None, 3))


def test_rejects_a_layer_that_is_called_twice():
    inputs, dense = keras.Input((3,)), layers.Dense(3)
    network = keras.Model(inputs, dense(dense(inputs)), name="twice")
    with pytest.raises(ValueError, match=r"each of its layers once.*'twice'"):
        multiply_adds(network, (1, 3))


def test_rejects_a_model_that_is_not_functional():
    class Subclassed(keras.Model):
        """Its layers are not known."""

    with pytest.raises(ValueError, match=r"functional model.*Received: network="):
        multiply_adds(Subclassed(), (1, 3))
