"""Functions to time of a Keras layer on TensorFlow, in graph mode with 2 threads."""

import numpy as np
import tensorflow as tf

tf.config.threading.set_intra_op_parallelism_threads(2)
tf.config.threading.set_inter_op_parallelism_threads(2)


def real_normal(shape):
    return tf.constant(np.random.default_rng(0).normal(size=shape), tf.float32)


def packed_normal(shape):
    """Packed complex noise of a complex shape."""
    return real_normal((*shape[:-1], 2 * shape[-1]))


def complex_normal(shape):
    return tf.complex(real_normal(shape), real_normal(shape))


def functions(layer, *xs, training=None):
    """Forward, and forward with the gradients of inputs and weights."""
    arguments = {} if training is None else {"training": training}
    layer(*xs, **arguments)

    @tf.function
    def forward(*xs):
        return layer(*xs, **arguments)

    @tf.function
    def step(*xs):
        with tf.GradientTape() as tape:
            tape.watch(xs)
            y = layer(*xs, **arguments)
            value = tf.reduce_sum(tf.abs(y) ** 2 if y.dtype.is_complex else y * y)
        return tape.gradient(value, [*xs, *layer.trainable_variables])

    # On a CPU a function returns when it is done.
    return lambda: forward(*xs), lambda: step(*xs)
