"""What every loss honours in training: weights, compilers, devices, extremes."""

import os

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.contract import TWO_DEVICES
from tests.fuzzing import EXAMPLES, fuzz
from tests.gradients import assert_close
from tests.keras_complex.losses.cases import CASES, draw, each_loss

on_tensorflow = pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="Others compile alike or not."
)
KINDS = ("normal", "zeros", "constant", "spike", "one silent example", "equal")


@keras.saving.register_keras_serializable(package="tests")
class Gains(keras.layers.Layer):
    """A gain for each place but those of time, which most losses see."""

    def build(self, input_shape):
        shape = (1,) * (len(input_shape) - 2) + (input_shape[-1],)
        self.gains = self.add_weight(shape=shape, initializer="ones")

    def call(self, x):
        return x * self.gains


def build_model(loss, shape):
    inputs = keras.Input(shape[1:])
    model = keras.Model(inputs, Gains()(inputs))
    model.compile(keras.optimizers.SGD(0.01), loss)
    return model


def to_numpy(x):
    return keras.ops.convert_to_numpy(x)


@each_loss
def test_weighs_examples(rng, loss, true_shape, pred_shape):
    y_true, y_pred = draw(rng, true_shape), draw(rng, pred_shape)
    weights = np.array([0.0, 2.0, 0.5], "float32")
    values = to_numpy(loss.call(y_true, y_pred))
    weighted = to_numpy(loss(y_true, y_pred, sample_weight=weights))
    assert weighted == pytest.approx(np.mean(weights * values), rel=1e-5, abs=1e-6)


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_without_reduction_gives_each_example(rng, case):
    cls, arguments, *shapes = case
    y_true, y_pred = draw(rng, shapes[-1]), draw(rng, shapes[0])
    values = to_numpy(cls(**arguments, reduction=None)(y_true, y_pred))
    expected = to_numpy(cls(**arguments).call(y_true, y_pred))
    np.testing.assert_array_equal(values, expected)


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_trains_and_reloads_with_a_model(rng, tmp_path, case):
    cls, arguments, *shapes = case
    y_true, y_pred = draw(rng, shapes[-1]), draw(rng, shapes[0])
    model = build_model(cls(**arguments), shapes[0])
    value = model.train_on_batch(y_pred, y_true, np.array([1.0, 2.0, 0.0], "float32"))
    assert np.all(np.isfinite(value))
    gains = to_numpy(model.trainable_weights[0])
    assert np.all(np.isfinite(gains)) and np.any(gains != 1)
    model.save(tmp_path / "model.keras")
    restored = keras.saving.load_model(tmp_path / "model.keras")
    assert restored.loss.get_config() == model.loss.get_config()
    expected = to_numpy(model.loss(y_true, model(y_pred)))
    assert to_numpy(restored.loss(y_true, restored(y_pred))) == pytest.approx(expected)


@pytest.mark.slow
@on_tensorflow
@each_loss
def test_is_the_same_under_xla(rng, evaluate, loss, true_shape, pred_shape):
    import tensorflow as tf

    @tf.function(jit_compile=True)
    def compiled(y_true, y_pred):
        with tf.GradientTape() as tape:
            tape.watch(y_pred)
            values = loss.call(y_true, y_pred)
        return values, tape.gradient(values, y_pred)

    y_true, y_pred = draw(rng, true_shape), draw(rng, pred_shape)
    values, slope = compiled(tf.constant(y_true), tf.constant(y_pred))
    expected, expected_slope = evaluate(loss, y_true, y_pred)
    assert_close(values.numpy(), expected, 1e-5)
    assert_close(slope.numpy(), expected_slope, 1e-4)


@on_tensorflow
@each_loss
def test_needs_no_length_in_advance(rng, evaluate, loss, true_shape, pred_shape):
    import tensorflow as tf

    def free(shape):
        """The size of the batch and of time is unknown."""
        axis = len(shape) - (3 if shape[-1] == 2 else 1)
        sizes = [None if i in (0, axis) else size for i, size in enumerate(shape)]
        return tf.TensorSpec(sizes, "float32")

    call = tf.function(loss.call, input_signature=[free(true_shape), free(pred_shape)])
    y_true, y_pred = draw(rng, true_shape), draw(rng, pred_shape)
    expected, _ = evaluate(loss, y_true, y_pred)
    assert_close(call(y_true, y_pred).numpy(), expected, 1e-5)


@each_loss
def test_falls_along_its_gradient(rng, evaluate, loss, true_shape, pred_shape):
    y_true, y_pred = draw(rng, true_shape), draw(rng, pred_shape)
    values, slope = evaluate(loss, y_true, y_pred)
    axes = tuple(range(1, slope.ndim))
    slope /= np.sqrt(np.sum(slope**2, axis=axes, keepdims=True))
    has_fallen = np.zeros(len(values), bool)
    # Steep at single weak bins, the losses of phases and logarithms need small steps.
    for step in (0.3, 0.03, 0.003):
        has_fallen |= evaluate(loss, y_true, y_pred - step * slope)[0] < values
    assert np.all(has_fallen)


@each_loss
@given(
    kinds=st.tuples(st.sampled_from(KINDS), st.sampled_from(KINDS)),
    exponents=st.tuples(st.floats(-12, 6), st.floats(-12, 6)),
    seed=st.integers(0, 2**16),
)
@settings(fuzz, max_examples=min(EXAMPLES, 10))
def test_is_finite_in_the_extremes(
    evaluate, loss, true_shape, pred_shape, kinds, exponents, seed
):
    rng = np.random.default_rng(seed)
    y_true = extreme(rng, true_shape, kinds[0], exponents[0])
    y_pred = extreme(rng, pred_shape, kinds[1], exponents[1])
    values, slope = evaluate(loss, y_true, y_pred)
    assert np.all(np.isfinite(values))
    assert np.all(np.isfinite(slope))


def extreme(rng, shape, kind, exponent):
    x = rng.normal(size=shape)
    if kind == "zeros":
        x[:] = 0
    elif kind == "constant":
        x[:] = x.flat[0]
    elif kind == "spike":
        x *= np.arange(x.size).reshape(shape) == x.size - 1
    elif kind == "one silent example":
        x[0] = 0
    elif kind == "equal":
        x = np.broadcast_to(np.random.default_rng(0).normal(size=shape[-1]), shape)
    return (10.0**exponent * x).astype("float32")


@on_tensorflow
@pytest.mark.skipif(TWO_DEVICES not in os.environ, reason="Needs two devices.")
@each_loss
def test_contract_on_two_devices(rng, two_devices, loss, true_shape, pred_shape):
    if getattr(loss, "assignment", "utterance") == "batch":
        pytest.skip("A batch on two devices is two batches.")
    import tensorflow as tf

    shapes = ((4, *shape[1:]) for shape in (pred_shape, true_shape))
    x, y = (draw(rng, shape) for shape in shapes)
    one = build_model(loss, x.shape)
    with two_devices.scope():
        two = build_model(loss, x.shape)
    data = tf.data.Dataset.from_tensor_slices((x, y)).batch(4, drop_remainder=True)
    two.fit(data, shuffle=False, verbose=0)
    one.train_on_batch(x, y)
    expected = to_numpy(one.trainable_weights[0])
    change = expected - 1
    assert np.any(change != 0)
    assert_close(two.get_weights()[0] - 1, change, 1e-4)


@pytest.fixture(scope="module")
def two_devices():
    """One strategy for all tests: keys of collective operations must not recur."""
    import tensorflow as tf

    return tf.distribute.MirroredStrategy(
        [device.name for device in tf.config.list_logical_devices("CPU")]
    )
