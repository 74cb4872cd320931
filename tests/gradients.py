"""Gradients, the same way on every backend."""

import keras
import numpy as np
from keras import ops


def gradient(function, *arguments):
    """Differentiates a scalar function of arrays.

    Returns:
        The gradient with respect to each argument, as NumPy arrays.
    """
    arguments = [ops.convert_to_tensor(a) for a in arguments]
    backend = keras.backend.backend()
    if backend == "tensorflow":
        import tensorflow as tf

        with tf.GradientTape() as tape:
            tape.watch(arguments)
            value = function(*arguments)
        result = tape.gradient(value, arguments)
    elif backend == "jax":
        import jax

        # Compiled as a whole: operation by operation takes ten times as long.
        derivative = jax.grad(function, argnums=tuple(range(len(arguments))))
        result = jax.jit(derivative)(*arguments)
    else:
        import torch

        arguments = [a.detach().requires_grad_() for a in arguments]
        result = torch.autograd.grad(function(*arguments), arguments)
    return [ops.convert_to_numpy(g) for g in result]


def call(layer, inputs, **arguments):
    """Runs a layer, which on JAX is built and compiled as a whole: far quicker."""

    def run(*xs):
        return layer(xs[0] if len(xs) == 1 else list(xs), **arguments)

    if keras.backend.backend() != "jax":
        return run(*inputs)
    import jax

    shapes = [x.shape for x in inputs]
    layer.build(shapes[0] if len(shapes) == 1 else shapes)
    variables = [(v, v.value) for v in layer.variables]

    def run_without_state(*xs):
        with keras.StatelessScope(state_mapping=variables):
            return run(*xs)

    return jax.jit(run_without_state)(*inputs)


def layer_gradients(layer, inputs, weights, **arguments):
    """Differentiates `sum(layer(inputs) * weights)`.

    Returns:
        The gradients of the inputs, and those of the trainable variables by
        name.
    """
    inputs = inputs if isinstance(inputs, list) else [inputs]
    layer(inputs[0] if len(inputs) == 1 else inputs)
    variables = layer.trainable_variables

    def value(*tensors):
        xs, values = tensors[: len(inputs)], tensors[len(inputs) :]
        # Not `stateless_call`, which skips the casts of mixed precision.
        with keras.StatelessScope(
            state_mapping=list(zip(variables, values, strict=True))
        ):
            outputs = layer(xs[0] if len(xs) == 1 else list(xs), **arguments)
        return ops.sum(ops.multiply(outputs, weights))

    values = [ops.convert_to_numpy(v) for v in variables]
    result = gradient(value, *inputs, *values)
    names = [v.name for v in variables]
    by_name = dict(zip(names, result[len(inputs) :], strict=True))
    return result[: len(inputs)], by_name


def central_difference(function, x, direction, step=1e-6):
    """Differentiates a float64 NumPy function along a direction."""
    return (function(x + step * direction) - function(x - step * direction)) / (
        2 * step
    )


def assert_close(actual, expected, tolerance):
    """Compares to `tolerance` times the largest expected magnitude."""
    expected = np.asarray(expected)
    np.testing.assert_allclose(
        np.asarray(actual), expected, rtol=0, atol=tolerance * np.abs(expected).max()
    )
