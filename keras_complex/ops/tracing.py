"""Functions that a graph holds once, however often it calls them."""

import functools
from collections.abc import Callable
from typing import Any, TypeVar

import keras

from keras_complex.types import Shape

Function = TypeVar("Function", bound=Callable[..., Any])


def traced_once(
    function: Function, differentiable: bool = True, inline: bool = True
) -> Function:
    """Makes a graph of TensorFlow hold a function once for all tensors of a shape.

    Python builds a graph operation by operation, which takes longer than most of them
    run. What many layers of a network do to tensors of the same shape is built the
    first time only; the others call it. Outside of graphs, and on backends without
    them, the function runs as it is.

    Args:
        function: Of tensors alone, or of lists of them, without variables or a state.
            Equal functions made anew, such as lambdas, are traced anew: make it once,
            for instance with `functools.cache`.
        differentiable: Whether TensorFlow shall differentiate the function. What has a
            gradient of its own, or needs none, is called with less ado.
        inline: Whether TensorFlow may copy the function into the graph for each call,
            so as to optimize it with what is around it, and to convert it for TFLite.
            That is much of the time of a first training step; what training alone
            calls, a gradient for instance, does without.

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

    attributes = None if inline else {"_noinline": True}
    in_graph = tf.function(
        function, autograph=False, experimental_attributes=attributes
    )
    of_shapes: dict[Any, Any] = {}

    def call(arguments: Any) -> Any:
        tensors = tf.nest.flatten(arguments)
        key = tuple((x.dtype, *(x.shape or (None,))) for x in tensors)
        if key not in of_shapes:
            of_shapes[key] = in_graph.get_concrete_function(*arguments)
        concrete = of_shapes[key]
        outputs = tf.raw_ops.PartitionedCall(
            args=tensors, Tout=[x.dtype for x in concrete.outputs], f=concrete
        )
        for output, known in zip(outputs, concrete.outputs, strict=True):
            output.set_shape(known.shape)
        return tf.nest.pack_sequence_as(concrete.structured_outputs, outputs)

    @functools.wraps(function)
    def run(*arguments: Any) -> Any:
        if tf.executing_eagerly():
            return function(*arguments)
        # A variable would be part of the function, which others are to call.
        arguments = tf.nest.map_structure(tf.convert_to_tensor, arguments)
        return in_graph(*arguments) if differentiable else call(arguments)

    return run  # type: ignore[return-value]


def traced_for_any_size(function: Function, shape: Shape) -> Function:
    """Makes TensorFlow build a function once for all sizes of its argument.

    Keras's own `predict_on_batch` builds a graph for the first size that it sees, and
    another for all others. On backends without graphs, the function runs as it is.

    Args:
        function: Of one float32 tensor; it may read variables.
        shape: Of the argument, with None for each size that may change.

    Returns:
        A function of the same argument and value.

    Example:

    >>> double = traced_for_any_size(lambda x: 2 * x, (1, None))
    >>> [double(np.ones((1, n), "float32")).shape[1] for n in (2, 3)]
    [2, 3]
    """
    if keras.backend.backend() != "tensorflow":
        return function
    import tensorflow as tf

    signature = [tf.TensorSpec(shape, "float32")]
    in_graph = tf.function(function, input_signature=signature, autograph=False)
    # Keras would take a graph for a part of the model that holds it.
    return functools.wraps(function)(lambda x: in_graph(x))  # type: ignore[return-value]
