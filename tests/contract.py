"""The contract that every layer of keras_complex honours."""

import inspect
import os

import keras
import numpy as np
import pytest

from tests import deployment
from tests.gradients import call, layer_gradients

# Two logical devices must exist before TensorFlow starts, so a run of its own, with
# this set, checks MirroredStrategy: tests/keras_complex/two_devices_test.py.
TWO_DEVICES = "KERAS_COMPLEX_TWO_DEVICES"
HALF = {"mixed_bfloat16": "bfloat16", "mixed_float16": "float16"}


def check_layer(
    cls,
    arguments,
    input_shapes,
    tmp_path,
    *,
    real_input=False,
    deterministic=True,
    whole_batch=False,
    tflite=True,
    xla=True,
):
    """Checks a layer in training, files, precision, compilers and distribution.

    Args:
        cls: Class of the layer.
        arguments: A value for each argument of the constructor, other than its
            default: a config that drops an argument restores the default, which
            a test built on defaults cannot see.
        input_shapes: Shapes of the inputs, batch axis included.
        tmp_path: Directory of the saved model.
        real_input: Whether the last axis of the inputs is real, of any size, and
            may be unknown.
        deterministic: Whether two training steps from the same weights are equal.
        whole_batch: Whether an example's output in training depends on the batch.
        tflite: Whether TFLite runs the layer with built-in operations. A layer
            without needs a row in `docs/catalog.py` that says why.
        xla: Whether XLA compiles the layer on every backend that has it.
    """
    if os.environ.get(TWO_DEVICES):
        _skip_other_backends("MirroredStrategy is TensorFlow's.")
        deployment.check_two_devices(
            cls, arguments, input_shapes, exact=deterministic and not whole_batch
        )
        return
    _check_arguments(cls, arguments)
    rng = np.random.default_rng(0)
    xs = [rng.normal(size=shape).astype("float32") for shape in input_shapes]
    model = _check_shapes(cls, arguments, xs, real_input)
    _check_file(model, xs, tmp_path)
    for policy in HALF:
        _check_half_precision(cls(**arguments, dtype=policy), xs)
    if keras.backend.backend() == "tensorflow" and tflite:
        deployment.check_tflite(model, xs, tmp_path)
    _check_training_step(model, xs, deterministic, xla)


def _skip_other_backends(reason):
    if keras.backend.backend() != "tensorflow":
        pytest.skip(reason)


def _check_arguments(cls, arguments):
    parameters = inspect.signature(cls).parameters.copy()
    parameters.pop("kwargs")
    assert arguments.keys() == parameters.keys()
    for name, parameter in parameters.items():
        assert arguments[name] != parameter.default, f"`{name}` is the default."
    forgotten = parameters.keys() - cls(**arguments).get_config().keys()
    assert not forgotten, f"`get_config` forgets {forgotten}."


def _one_or_all(xs):
    return xs[0] if len(xs) == 1 else xs


def _check_shapes(cls, arguments, xs, real_input):
    """Compares eager, declared, symbolic and dynamic shapes; returns a model."""
    layer = cls(**arguments)
    y = call(layer, xs)
    shapes = _one_or_all([x.shape for x in xs])
    assert tuple(y.shape) == tuple(layer.compute_output_shape(shapes))
    inputs = [keras.Input(x.shape[1:]) for x in xs]
    outputs = layer(_one_or_all(inputs))
    assert tuple(y.shape)[1:] == outputs.shape[1:]
    sizes = [((None,) * (x.ndim - 2), x.shape[-1]) for x in xs]
    free = [
        keras.Input((*rest, None if real_input and not rest else last))
        for rest, last in sizes
    ]
    dynamic = keras.Model(_one_or_all(free), cls(**arguments)(_one_or_all(free)))
    assert len(dynamic.outputs[0].shape) == y.ndim
    if keras.backend.backend() == "jax":
        return keras.Model(_one_or_all(inputs), outputs)  # It knows no unknown sizes.
    dynamic.set_weights(layer.get_weights())
    np.testing.assert_allclose(
        dynamic.predict_on_batch(_one_or_all(xs)),
        keras.ops.convert_to_numpy(y),
        atol=1e-5 * max(1.0, float(np.abs(keras.ops.convert_to_numpy(y)).max())),
    )
    return keras.Model(_one_or_all(inputs), outputs)


def _check_file(model, xs, tmp_path):
    layer = model.layers[-1]
    model.save(tmp_path / "model.keras")
    restored = keras.saving.load_model(tmp_path / "model.keras", safe_mode=True)
    assert restored.layers[-1].get_config() == layer.get_config()
    np.testing.assert_array_equal(_output(restored, xs), _output(model, xs))


def _output(model, xs):
    """Runs a model, compiled only where one operation at a time takes longer."""
    if keras.backend.backend() == "jax":
        return model.predict_on_batch(_one_or_all(xs))
    return keras.ops.convert_to_numpy(model(_one_or_all(xs)))


def _check_half_precision(layer, xs):
    dtype = HALF[layer.dtype_policy.name]
    y = call(layer, xs)
    assert keras.backend.standardize_dtype(y.dtype) == dtype
    real = {w.dtype for w in layer.weights if "float" in w.dtype}
    assert real <= {"float32"}
    assert np.all(np.isfinite(keras.ops.convert_to_numpy(keras.ops.cast(y, "float32"))))
    if keras.backend.backend() == "jax" and dtype == "bfloat16":
        return  # The same program as in float16, to be compiled once more.
    ones = np.ones(y.shape, dtype)
    g_x, by_name = layer_gradients(layer, xs, ones, **_training(layer))
    for name, g in [*by_name.items(), *(("input", g) for g in g_x)]:
        finite = np.all(np.isfinite(np.asarray(g, "float32")))
        assert finite, f"The gradient of {name} is not finite in {dtype}."


def _training(layer):
    takes = "training" in inspect.signature(layer.call).parameters
    return {"training": True} if takes else {}


def _check_training_step(model, xs, deterministic, xla):
    """Checks that every weight learns, the same way under XLA.

    What XLA compiles was traced into a graph, so the step to compare with is eager.
    """
    layer = model.layers[-1]
    xla = xla and keras.backend.backend() == "tensorflow"
    if not layer.trainable_weights:
        if xla:
            deployment.check_xla(model, xs)
        return
    before = layer.get_weights()
    names = [w.path for w in layer.weights]
    trainable = {w.path for w in layer.trainable_weights}
    after = deployment.training_step(model, xs, run_eagerly=xla)
    for name, old, new in zip(names, before, after, strict=True):
        assert np.all(np.isfinite(new)), f"{name} is not finite."
        if name in trainable:
            assert np.any(new != old), f"{name} received no gradient."
    if xla:
        model.set_weights(before)
        compiled = deployment.training_step(model, xs, jit_compile=True)
        for name, new, same in zip(names, after, compiled, strict=True):
            assert np.all(np.isfinite(same)), f"{name} is not finite under XLA."
            if deterministic:
                np.testing.assert_allclose(same, new, rtol=1e-4, atol=1e-5)
