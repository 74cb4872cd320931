"""The contract that every layer of keras_complex honours."""

import inspect

import keras
import numpy as np


def check_layer(cls, arguments, input_shapes, tmp_path):
    """Checks shapes, serialization, precision and trainability of a layer.

    Args:
        cls: Class of the layer.
        arguments: A value for each argument of the constructor, other than its
            default: a config that drops an argument restores the default, which
            a test built on defaults cannot see.
        input_shapes: Shapes of the inputs, batch axis included.
        tmp_path: Directory of the saved model.
    """
    parameters = inspect.signature(cls).parameters.copy()
    parameters.pop("kwargs")
    assert arguments.keys() == parameters.keys()
    for name, parameter in parameters.items():
        assert arguments[name] != parameter.default, f"`{name}` is the default."

    rng = np.random.default_rng(0)
    xs = [rng.normal(size=shape).astype("float32") for shape in input_shapes]
    single = len(xs) == 1
    x, shapes = (xs[0], input_shapes[0]) if single else (xs, input_shapes)
    layer = cls(**arguments)
    y = layer(x)
    assert tuple(y.shape) == tuple(layer.compute_output_shape(shapes))
    inputs = [keras.Input(shape[1:]) for shape in input_shapes]
    outputs = layer(inputs[0] if single else inputs)
    assert tuple(y.shape)[1:] == outputs.shape[1:]
    dynamic = [keras.Input((*(None for _ in s[1:-1]), s[-1])) for s in input_shapes]
    assert len(cls(**arguments)(dynamic[0] if single else dynamic).shape) == y.ndim

    forgotten = parameters.keys() - layer.get_config().keys()
    assert not forgotten, f"`get_config` forgets {forgotten}."
    model = keras.Model(inputs, outputs)
    model.save(tmp_path / "model.keras")
    restored = keras.saving.load_model(tmp_path / "model.keras")
    assert restored.layers[-1].get_config() == layer.get_config()
    np.testing.assert_array_equal(
        restored.predict(x, verbose=0), model.predict(x, verbose=0)
    )

    mixed = cls(**arguments, dtype="mixed_bfloat16")
    assert keras.backend.standardize_dtype(mixed(x).dtype) == "bfloat16"
    assert {weight.dtype for weight in mixed.weights} <= {"float32"}

    if not layer.trainable_weights:
        return
    before = [keras.ops.convert_to_numpy(w) for w in layer.trainable_weights]
    model.compile(optimizer="sgd", loss="mse")
    model.fit(x, np.ones(y.shape, "float32"), verbose=0)
    for old, weight in zip(before, layer.trainable_weights, strict=True):
        new = keras.ops.convert_to_numpy(weight)
        assert np.all(np.isfinite(new)), f"{weight.path} is not finite."
        assert np.any(new != old), f"{weight.path} received no gradient."
