"""Values and gradients of losses on every backend."""

import keras
import numpy as np
import pytest


@pytest.fixture(scope="session")
def evaluate():
    """Returns `evaluate(loss, y_true, y_pred)`.

    It gives the values, one per example, and the gradient of their sum with
    respect to `y_pred`. On JAX it runs compiled, on the others eagerly.
    """
    backend = keras.backend.backend()
    if backend == "tensorflow":
        return evaluate_on_tensorflow
    if backend == "torch":
        return evaluate_on_torch
    import jax

    def total(y_pred, y_true, loss):
        values = loss.call(y_true, y_pred)
        return keras.ops.sum(values), values

    compiled = jax.jit(jax.grad(total, has_aux=True), static_argnums=2)

    def evaluate_on_jax(loss, y_true, y_pred):
        gradient, values = compiled(float32(y_pred), float32(y_true), loss)
        return np.array(values), np.array(gradient)

    return evaluate_on_jax


def evaluate_on_tensorflow(loss, y_true, y_pred):
    import tensorflow as tf

    y_true, y_pred = tf.constant(float32(y_true)), tf.constant(float32(y_pred))
    with tf.GradientTape() as tape:
        tape.watch(y_pred)
        values = loss.call(y_true, y_pred)
    return values.numpy(), tape.gradient(values, y_pred).numpy()


def evaluate_on_torch(loss, y_true, y_pred):
    y_true = keras.ops.convert_to_tensor(float32(y_true))
    y_pred = keras.ops.convert_to_tensor(float32(y_pred)).detach()
    values = loss.call(y_true, y_pred.requires_grad_())
    values.sum().backward()
    return values.detach().cpu().numpy(), y_pred.grad.cpu().numpy()


def float32(x):
    return np.asarray(x, "float32")
