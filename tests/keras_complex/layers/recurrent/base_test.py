"""Tests of what all complex recurrent layers do in the same way."""

import keras
import numpy as np
import pytest
from hypothesis import given
from keras import ops

from keras_complex.activations import polar_tanh
from keras_complex.initializers import ComplexUnitary
from keras_complex.layers import (
    ComplexGRU,
    ComplexLSTM,
    ComplexLSTMCell,
    ComplexPair,
    ComplexSimpleRNN,
)
from keras_complex.ops import magnitude, product_sigmoid
from tests.complex_numpy import complex_normal, pack, unpack
from tests.deployment import check_tflite
from tests.fuzzing import check_finite, fuzz, signals
from tests.gradients import assert_close

LAYERS = [ComplexSimpleRNN, ComplexGRU, ComplexLSTM]
all_layers = pytest.mark.parametrize("cls", LAYERS)


def numpy(x):
    return keras.ops.convert_to_numpy(x)


def with_states(layer, x, **arguments):
    y, *states = layer(x, **arguments)
    return numpy(y), [numpy(state) for state in states]


@all_layers
def test_output_does_not_depend_on_what_comes_later(rng, cls):
    x = pack(complex_normal(rng, 2, 9, 3))
    layer = cls(4, return_sequences=True)
    before = numpy(layer(x))
    x[:, 5:] = rng.normal(size=(2, 4, 6))
    after = numpy(layer(x))
    np.testing.assert_array_equal(after[:, :5], before[:, :5])
    assert np.all(np.any(after[:, 5:] != before[:, 5:], axis=-1))


@all_layers
def test_running_backwards_is_running_the_reversed_input(rng, cls):
    x = pack(complex_normal(rng, 2, 6, 3))
    forwards = cls(4, return_sequences=True)
    expected = numpy(forwards(x[:, ::-1].copy()))
    backwards = cls(4, return_sequences=True, go_backwards=True)
    backwards.build(x.shape)
    backwards.set_weights(forwards.get_weights())
    np.testing.assert_allclose(numpy(backwards(x)), expected, atol=1e-6)


@all_layers
def test_chunks_of_a_stateful_layer_make_the_whole(rng, cls):
    x = pack(complex_normal(rng, 2, 12, 3))
    layer = cls(4, return_sequences=True)
    expected = numpy(layer(x))
    streaming = cls(4, return_sequences=True, stateful=True)
    streaming.build((2, 4, 6))
    streaming.set_weights(layer.get_weights())
    for _ in range(2):
        chunks = [numpy(streaming(chunk)) for chunk in np.split(x, 3, axis=1)]
        np.testing.assert_allclose(np.hstack(chunks), expected, atol=1e-6)
        streaming.reset_state()


@all_layers
def test_chunks_that_hand_on_their_states_make_the_whole(rng, cls):
    x = pack(complex_normal(rng, 2, 8, 3))
    layer = cls(4, return_sequences=True, return_state=True)
    expected, expected_states = with_states(layer, x)
    first, states = with_states(layer, x[:, :5])
    second, states = with_states(layer, x[:, 5:], initial_state=states)
    np.testing.assert_allclose(np.hstack([first, second]), expected, atol=1e-6)
    np.testing.assert_allclose(states, expected_states, atol=1e-6)
    shapes = layer.compute_output_shape(x.shape)
    assert [tuple(s) for s in shapes] == [(2, 8, 8)] + [(2, 8)] * len(states)


@all_layers
@pytest.mark.parametrize("unroll", [False, True])
def test_masked_steps_keep_the_state(rng, cls, unroll):
    x = pack(complex_normal(rng, 1, 6, 3))
    layer = cls(4, return_sequences=True, unroll=unroll)
    expected = numpy(layer(x[:, [0, 2, 3, 5]]))
    x[:, [1, 4]] = 0
    model = keras.Sequential([keras.Input((6, 6)), keras.layers.Masking(), layer])
    y = model.predict_on_batch(x)
    np.testing.assert_allclose(y[:, [0, 2, 3, 5]], expected, atol=1e-6)
    np.testing.assert_allclose(y[:, [1, 4]], y[:, [0, 3]], atol=1e-6)
    mask = np.array([[True] * 4 + [False] * 2])
    assert numpy(layer.compute_mask(x, mask)).tolist() == mask.tolist()


@all_layers
def test_unrolled_equals_the_loop(rng, cls):
    x = pack(complex_normal(rng, 2, 5, 3))
    layer = cls(4)
    expected = numpy(layer(x))
    unrolled = cls(4, unroll=True)
    unrolled.build(x.shape)
    unrolled.set_weights(layer.get_weights())
    np.testing.assert_allclose(numpy(unrolled(x)), expected, atol=1e-6)


def magnitude_gate(z):
    return ops.sigmoid(magnitude(z) - 1)


@all_layers
def test_commutes_with_a_rotation_if_gates_are_functions_of_magnitudes(rng, cls):
    x = complex_normal(rng, 2, 6, 3)
    gate = {"recurrent_activation": magnitude_gate}
    arguments = {} if cls is ComplexSimpleRNN else gate
    layer = cls(4, activation=polar_tanh, use_bias=False, **arguments)
    rotation = np.exp(0.7j)
    assert_close(
        unpack(layer(pack(rotation * x))), rotation * unpack(layer(pack(x))), 1e-5
    )
    split = cls(4, use_bias=False)
    difference = unpack(split(pack(rotation * x))) - rotation * unpack(split(pack(x)))
    assert np.abs(difference).max() > 1e-2


@all_layers
def test_recurrent_kernels_start_unitary_and_distinct(cls):
    for initializer in (None, ComplexUnitary(mode="glorot", seed=3)):
        layer = cls(6, recurrent_initializer=initializer)
        layer.build((None, None, 4))
        kernels = np.split(unpack(layer.cell.recurrent_kernel), layer.cell.gates, 1)
        for i, u in enumerate(kernels):
            np.testing.assert_allclose(u @ u.conj().T, np.eye(6), atol=1e-5)
            assert all(not np.allclose(u, v) for v in kernels[:i])


@all_layers
def test_dropout_takes_whole_complex_values_for_all_steps(rng, cls):
    x = np.ones((2, 3, 200), "float32")
    layer = cls(1, dropout=0.25, recurrent_dropout=0.5, seed=1)
    kept = numpy(layer._keep(ops.convert_to_tensor(x[:, :1]), layer.dropout))
    real, imag = np.split(kept, 2, axis=-1)
    np.testing.assert_array_equal(real, imag)
    np.testing.assert_allclose(np.unique(real), [0, 4 / 3], rtol=1e-6)
    assert (real == 0).mean() == pytest.approx(0.25, abs=0.1)
    first, second = (numpy(layer(x, training=True)) for _ in range(2))
    assert np.abs(first - second).max() > 1e-3
    np.testing.assert_array_equal(numpy(layer(x)), numpy(layer(x, training=False)))


@all_layers
def test_dropped_inputs_and_outputs_do_not_count(rng, cls, monkeypatch):
    x = complex_normal(rng, 2, 5, 4)
    layer = cls(3, dropout=0.5, recurrent_dropout=0.5)
    layer.build((2, 5, 8))
    kept = np.array([2, 0, 2, 0])
    drawn = iter([kept, np.zeros(3)])

    def keep(_, rate):
        return ops.cast(np.tile(next(drawn), 2), "float32")

    monkeypatch.setattr(layer, "_keep", keep)
    y = numpy(layer(pack(x), training=True))
    layer.cell.recurrent_kernel.assign(np.zeros(layer.cell.recurrent_kernel.shape))
    np.testing.assert_allclose(y, numpy(layer(pack(kept * x))), atol=1e-6)


def test_half_precision_keeps_long_sums():
    """In bfloat16, a carry of 256 does not grow by 1."""
    layer = ComplexLSTM(1, None, ops.ones_like, use_bias=False, dtype="mixed_bfloat16")
    layer.build((1, 300, 2))
    layer.cell.kernel.assign([[0, 0, 1, 0, 0, 0, 1, 0]])
    layer.cell.recurrent_kernel.assign(np.zeros((1, 8)))
    y = layer(np.tile(np.array([1, 0], "float32"), (1, 300, 1)))
    y = numpy(ops.cast(y, "float32"))
    np.testing.assert_allclose(y, [[300, 300]], rtol=1e-2)


needs_tensorflow = pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="TFLite is TensorFlow's."
)


@needs_tensorflow
@pytest.mark.parametrize(
    ("cls", "unroll"), [(ComplexGRU, False), (ComplexLSTM, False), (ComplexLSTM, True)]
)
def test_runs_in_tflite_with_masks_and_default_arguments(tmp_path, rng, cls, unroll):
    x = pack(complex_normal(rng, 2, 5, 3))
    x[1, 3:] = 0
    masking = keras.layers.Masking()
    layer = cls(4, return_sequences=True, unroll=unroll)
    model = keras.Sequential([keras.Input((5, 6)), masking, layer])
    check_tflite(model, [x], tmp_path)


@needs_tensorflow
@pytest.mark.parametrize(
    "layer",
    [
        ComplexLSTM(4, return_sequences=True, return_state=True),
        ComplexPair(keras.layers.LSTM(4, return_sequences=True, return_state=True)),
    ],
    ids=["lstm", "pair"],
)
def test_streams_in_tflite(tmp_path, rng, layer):
    import tensorflow as tf
    from ai_edge_litert.interpreter import Interpreter

    x = pack(complex_normal(rng, 1, 6, 3))
    expected, *states = layer(x)
    inputs = [keras.Input(batch_shape=(1, 2, 6))]
    inputs += [keras.Input(batch_shape=state.shape) for state in states]
    model = keras.Model(inputs, layer(inputs[0], initial_state=inputs[1:]))
    signature = [keras.InputSpec(shape=i.shape, dtype="float32") for i in inputs]
    model.export(tmp_path, input_signature=[signature], verbose=False)
    converter = tf.lite.TFLiteConverter.from_saved_model(str(tmp_path))
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS]
    interpreter = Interpreter(model_content=converter.convert(), num_threads=1)
    run = interpreter.get_signature_runner("serving_default")
    names = ["args_0", *(f"args_0_{i + 1}" for i in range(len(states)))]
    states, outputs = [np.zeros_like(state) for state in states], []
    for chunk in np.split(x, 3, axis=1):
        results = run(**dict(zip(names, [chunk, *states], strict=True)))
        results = [results[f"output_{i}"] for i in range(len(names))]
        outputs.append(results[0])
        states = results[1:]
    assert_close(np.hstack(outputs), numpy(expected), 1e-4)


@pytest.mark.parametrize(
    ("cls", "arguments"),
    [
        (ComplexSimpleRNN, {}),
        (ComplexGRU, {"reset_after": False}),
        (ComplexLSTM, {"recurrent_activation": product_sigmoid}),
    ],
)
def test_stays_finite(cls, arguments):
    layers = {}

    @fuzz
    @given(x=signals(rank=3))
    def run(x):
        channels = x.shape[-1]
        if channels not in layers:
            layers[channels] = cls(2, **arguments)
        check_finite(layers[channels], x)

    run()


@all_layers
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"units": 0}, "`units` must be at least 1. Received: units=0"),
        ({"dropout": 1.0}, "`dropout` must be at least 0 and less than 1. Received"),
        ({"recurrent_dropout": -0.1}, "`recurrent_dropout` must be at least 0"),
    ],
)
def test_rejects_invalid_arguments(cls, arguments, message):
    with pytest.raises(ValueError, match=message):
        cls(**{"units": 2, **arguments})


@all_layers
def test_rejects_an_odd_number_of_channels(cls):
    with pytest.raises(ValueError, match="complex input packed as"):
        cls(2).build((1, 4, 3))


def test_cells_stack(rng):
    x = pack(complex_normal(rng, 2, 5, 3))
    stack = keras.layers.RNN([ComplexLSTMCell(4), ComplexLSTMCell(2)])
    y = stack(x)
    layers = [ComplexLSTM(4, return_sequences=True), ComplexLSTM(2)]
    model = keras.Sequential([keras.Input((5, 6)), *layers])
    model.set_weights(stack.get_weights())
    np.testing.assert_allclose(numpy(y), model.predict_on_batch(x), atol=1e-6)
