"""Functions that a graph holds once, however often it calls them."""

import functools
from collections.abc import Callable
from typing import Any, TypeVar

import keras

Function = TypeVar("Function", bound=Callable[..., Any])


def traced_once(function: Function) -> Function:
    """Makes a graph of TensorFlow hold a function once for all tensors of a shape.

    Python builds a graph operation by operation, which takes longer than most of them
    run. What many layers of a network do to tensors of the same shape is built the
    first time only; the others call it. Outside of graphs, and on backends without
    them, the function runs as it is.

    Args:
        function: Of tensors alone, or of tuples of them, without variables or a state.
            Equal functions made anew, such as lambdas, are traced anew: make it once,
            for instance with `functools.cache`.

    Returns:
        A function of the same arguments and values.

    Example:

    >>> square = traced_once(lambda x: x * x)
    >>> square(3.0)
    9.0
    """
    if keras.backend.backend() != "tensorflow":
        return function
    import tensorflow as tf

    in_graph = tf.function(function, autograph=False)

    @functools.wraps(function)
    def run(*arguments: Any) -> Any:
        if tf.executing_eagerly():
            return function(*arguments)
        # A variable would be part of the function, which others are to call.
        return in_graph(*tf.nest.map_structure(tf.convert_to_tensor, arguments))

    return run  # type: ignore[return-value]
