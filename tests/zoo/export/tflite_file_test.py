"""Tests of what is read from and written into TFLite files."""

import keras
import numpy as np
import pytest

if keras.backend.backend() != "tensorflow":
    pytest.skip("Exports need TensorFlow.", allow_module_level=True)

import tensorflow as tf

from zoo.export import tflite_file
from zoo.export.tflite_worker import Runner


@pytest.fixture(scope="module")
def convert(tmp_path_factory):
    """Returns a function that makes a TFLite file of a function of Keras layers."""

    def make(function, size=3, select=False):
        folder = str(tmp_path_factory.mktemp("model"))
        module = tf.Module()
        spec = tf.TensorSpec((1, size), name="x")
        module.run = tf.function(lambda x: {"y": function(x)}, input_signature=[spec])
        tf.saved_model.save(module, folder, signatures={"run": module.run})
        converter = tf.lite.TFLiteConverter.from_saved_model(folder)
        if select:
            converter.target_spec.supported_ops = [
                tf.lite.OpsSet.TFLITE_BUILTINS,
                tf.lite.OpsSet.SELECT_TF_OPS,
            ]
        return converter.convert()

    return make


def test_counts_operations_by_name(convert):
    content = convert(lambda x: tf.cos(tf.cos(x)) + tf.exp(x))
    assert tflite_file.check_builtin(content) == {"ADD": 1, "COS": 2, "EXP": 1}


def test_refuses_operations_of_tensorflow(convert):
    content = convert(lambda x: tf.signal.irfft(tf.cast(x, tf.complex64)), select=True)
    with pytest.raises(ValueError, match=r"built-in operations. Received: .*FlexIRFFT"):
        tflite_file.check_builtin(content)


def test_slims_a_file(convert, tmp_path):
    """Of a constant that repeats, a period is left."""
    row = np.random.default_rng(0).normal(size=(1, 64)).astype("float32")
    content = convert(lambda x: x * np.tile(row, 64), size=4096)
    slim = tflite_file.slim(content, {"run": "walk"})
    assert len(content) - len(slim) > 15_000
    assert tflite_file.operations(slim) == {"MUL": 1, "TILE": 1}
    path = tmp_path / "slim.tflite"
    path.write_bytes(slim)
    x = np.random.default_rng(1).normal(size=(1, 4096)).astype("float32")
    runner = Runner(path)
    assert list(runner.interpreter.get_signature_list()) == ["walk"]
    np.testing.assert_array_equal(runner(x), x * np.tile(row, 64))


def test_refuses_loops(convert):
    tflite_file.check_no_loops(convert(tf.exp))
    loop = convert(lambda x: tf.while_loop(lambda y: y[0, 0] < 9, tf.exp, [x])[0])
    with pytest.raises(ValueError, match=r"must stay in float32"):
        tflite_file.check_no_loops(loop)


def test_tells_a_free_length_from_a_fixed_one(convert):
    assert tflite_file.has_free_length(convert(tf.cos, size=None))
    assert not tflite_file.has_free_length(convert(tf.cos))
