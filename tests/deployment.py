"""What the contract of layers asks of compilers, TFLite and MirroredStrategy."""

import functools

import keras
import numpy as np


def training_step(model, xs, **how):
    """Runs one step of SGD towards ones; returns the weights after it.

    `how` is `run_eagerly` or `jit_compile`; without, a step is traced.
    """
    model.compile(optimizer="sgd", loss="mse", **({"jit_compile": False} | how))
    y = np.ones(_output_shape(model, xs), "float32")
    model.train_on_batch(xs if len(xs) > 1 else xs[0], y)
    return model.get_weights()


def check_xla(model, xs):
    """Compares the output of a model that XLA compiles."""
    x = xs if len(xs) > 1 else xs[0]
    expected = np.asarray(model(x))
    model.compile(jit_compile=True)
    np.testing.assert_allclose(
        model.predict_on_batch(x),
        expected,
        rtol=0,
        atol=1e-5 * max(1e-6, np.abs(expected).max()),
    )


def check_tflite(model, xs, tmp_path):
    """Converts a model with built-in operations and compares its output."""
    import tensorflow as tf
    from ai_edge_litert.interpreter import Interpreter

    signature = [keras.InputSpec(shape=x.shape, dtype="float32") for x in xs]
    model.export(
        tmp_path / "saved_model",
        input_signature=[signature] if len(xs) > 1 else signature,
        verbose=False,
    )
    converter = tf.lite.TFLiteConverter.from_saved_model(str(tmp_path / "saved_model"))
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS]
    content = converter.convert()
    assert b"Flex" not in content
    interpreter = Interpreter(model_content=content, num_threads=1)
    interpreter.allocate_tensors()
    for details, x in zip(_in_order(interpreter), xs, strict=True):
        interpreter.set_tensor(details["index"], x)
    interpreter.invoke()
    actual = interpreter.get_tensor(interpreter.get_output_details()[0]["index"])
    expected = np.asarray(model(xs if len(xs) > 1 else xs[0]))
    np.testing.assert_allclose(
        actual, expected, rtol=0, atol=1e-4 * max(1e-6, np.abs(expected).max())
    )


def _in_order(interpreter):
    """The inputs in the order of the model; their names end in its numbers."""
    return sorted(interpreter.get_input_details(), key=lambda d: d["name"])


def check_two_devices(cls, arguments, input_shapes, exact):
    """Compares a step on two devices under MirroredStrategy with one on one."""
    rng = np.random.default_rng(0)
    # An even number of examples, so that each device gets as many.
    xs = [rng.normal(size=(4, *s[1:])).astype("float32") for s in input_shapes]
    one = _model(cls, arguments, xs)
    with two_devices().scope():
        two = _model(cls, arguments, xs)
        two.set_weights(one.get_weights())
        two.compile(optimizer="sgd", loss="mse")
    if not two.trainable_weights:
        actual = two.predict(_batches(xs), verbose=0)
        expected = np.asarray(one(xs if len(xs) > 1 else xs[0]))
        np.testing.assert_allclose(actual, expected, atol=1e-5)
        return
    y = np.ones(_output_shape(one, xs), "float32")
    two.fit(_batches(xs, y), shuffle=False, verbose=0)
    expected = training_step(one, xs, run_eagerly=True)
    for weight, a, b in zip(one.weights, two.get_weights(), expected, strict=True):
        assert np.all(np.isfinite(a)), f"{weight.path} is not finite."
        if exact:
            np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-6)


@functools.cache
def two_devices():
    """One strategy for all tests: keys of collective operations must not recur."""
    import tensorflow as tf

    devices = [d.name for d in tf.config.list_logical_devices("CPU")]
    assert len(devices) == 2
    return tf.distribute.MirroredStrategy(devices)


def _batches(xs, *y):
    """One batch of all examples, which the strategy divides among its devices."""
    import tensorflow as tf

    x = tuple(xs) if len(xs) > 1 else xs[0]
    data = tf.data.Dataset.from_tensor_slices((x, *y))
    return data.batch(len(xs[0]), drop_remainder=True)


def _model(cls, arguments, xs):
    inputs = [keras.Input(x.shape[1:]) for x in xs]
    inputs = inputs if len(xs) > 1 else inputs[0]
    return keras.Model(inputs, cls(**arguments)(inputs))


def _output_shape(model, xs):
    shapes = [x.shape for x in xs]
    return model.compute_output_shape(shapes if len(xs) > 1 else shapes[0])
