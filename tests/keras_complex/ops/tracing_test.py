"""Tests of functions that a graph holds once."""

import keras
import numpy as np
import pytest

from keras_complex.ops import traced_for_any_size, traced_once

only_tensorflow = pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="Others have no such graphs."
)


def counted(function):
    """Returns a function and the list of what it was called with."""
    calls = []

    def run(*arguments):
        calls.append(arguments)
        return function(*arguments)

    return run, calls


@only_tensorflow
def test_is_traced_once_for_each_shape():
    import tensorflow as tf

    run, calls = counted(lambda x, y: x * y)
    multiply = traced_once(run)

    @tf.function
    def often(x, y):
        for _ in range(5):
            y = multiply(x, y)
        return y, multiply(x[:1], y[:1])

    whole, first = often(np.full(3, 2.0), np.ones(3))
    np.testing.assert_array_equal(whole, 32.0)
    np.testing.assert_array_equal(first, 64.0)
    assert len(calls) == 2


@only_tensorflow
def test_a_variable_is_given_by_its_value():
    import tensorflow as tf

    run, calls = counted(lambda x: 2 * x)
    double = traced_once(run)
    variables = [keras.Variable(np.full(2, float(k))) for k in range(3)]
    result = tf.function(lambda: [double(variable) for variable in variables])()
    np.testing.assert_array_equal(result, [[0, 0], [2, 2], [4, 4]])
    assert len(calls) == 1


@only_tensorflow
def test_gradients_pass_through():
    import tensorflow as tf

    square = traced_once(lambda x: x * x)

    @tf.function
    def derivative(x):
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = square(square(x))
        return tape.gradient(y, x)

    np.testing.assert_allclose(derivative(tf.constant([1.0, 2.0])), [4, 32])


def test_runs_as_it_is_outside_of_graphs():
    run, calls = counted(lambda x: x + 1)
    add = traced_once(run)
    assert (add(1), add(2)) == (2, 3)
    assert calls == [(1,), (2,)]


@only_tensorflow
def test_any_size_is_traced_once():
    run, calls = counted(lambda x: 2 * x)
    double = traced_for_any_size(run, (None, None))
    for shape in ((1, 3), (2, 3), (1, 1)):
        np.testing.assert_array_equal(double(np.ones(shape, "float32")), 2.0)
    assert len(calls) == 1


@only_tensorflow
def test_another_rank_is_an_error():
    double = traced_for_any_size(lambda x: 2 * x, (1, None))
    with pytest.raises((TypeError, ValueError), match=r"shape|signature"):
        double(np.ones((2, 2, 2), "float32"))
