"""How much a training step has to trace: Python takes about a millisecond a node."""

import keras
import pytest

from keras_complex.losses import CSimLoss, NegativeSISDR, PermutationInvariant
from zoo.models import ComplexUNet, ConvTasNet
from zoo.training.optimizers import SGD, Adam

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        keras.backend.backend() != "tensorflow", reason="Graphs are TensorFlow's."
    ),
]


def nodes_of_a_step(network, loss, optimizer, shape):
    """Counts the operations of a step, those of functions once."""
    import tensorflow as tf

    network.compile(optimizer, PermutationInvariant(loss), jit_compile=False)
    optimizer.build(network.trainable_variables)
    mixture = tf.zeros(shape)
    references = tf.stack([mixture] * network.num_speakers, axis=1)
    step = tf.function(lambda x, y: network.train_step((x, y)), autograph=False)
    graph = step.get_concrete_function(mixture, references).graph.as_graph_def()
    functions = graph.library.function
    return len(graph.node) + sum(len(function.node_def) for function in functions)


def test_a_step_of_the_published_network_is_small():
    optimizer = SGD(0.1, l2_decay=1e-4, momentum=0.9, nesterov=True)
    shape = (1, 32, 129, 2)
    assert nodes_of_a_step(ComplexUNet(), CSimLoss(), optimizer, shape) < 15_000


def test_a_step_of_conv_tasnet_is_small():
    optimizer = Adam(1e-3, l2_decay=1e-4)
    shape = (1, 2000)
    assert nodes_of_a_step(ConvTasNet(), NegativeSISDR(), optimizer, shape) < 9_000


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (SGD(0.1, l2_decay=0.1, momentum=0.9), keras.optimizers.SGD(0.1, momentum=0.9)),
        (Adam(0.1, l2_decay=0.1), keras.optimizers.Adam(0.1)),
    ],
)
def test_a_variable_adds_no_more_than_with_the_optimizers_of_keras(ours, theirs):
    def nodes(layers, optimizer):
        inputs = outputs = keras.Input((4,))
        for _ in range(layers):
            outputs = keras.layers.Dense(4, use_bias=False)(outputs)
        model = keras.Model(inputs, keras.layers.Reshape((1, 4))(outputs))
        model.num_speakers = 1
        optimizer = optimizer.from_config(optimizer.get_config())
        return nodes_of_a_step(model, NegativeSISDR(), optimizer, (2, 4))

    added = [nodes(20, each) - nodes(10, each) for each in (ours, theirs)]
    assert added[0] <= added[1]
