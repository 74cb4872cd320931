import json
import subprocess
import sys

import keras
import numpy as np
import pytest

from zoo.training.optimizers import SGD, Adam

ON_TENSORFLOW = keras.backend.backend() == "tensorflow"


def make_model(optimizer):
    keras.utils.set_random_seed(1)
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])
    model.compile(optimizer, "mse", jit_compile=not ON_TENSORFLOW)
    return model


def values_of(variables):
    return [keras.ops.convert_to_numpy(variable).copy() for variable in variables]


def data(examples=8):
    generator = np.random.default_rng(0)
    x = generator.normal(size=(examples, 3)).astype("float32")
    return x, generator.normal(size=(examples, 2)).astype("float32")


def mse_gradients(kernel, bias, x, y):
    error = 2 * (x @ kernel + bias - y) / y.size
    return x.T @ error, error.sum(axis=0)


@pytest.mark.parametrize("max_norm", [None, 0.1])
def test_sgd_clips_then_decays_then_adds_momentum_as_pytorch(max_norm):
    x, y = data()
    model = make_model(
        SGD(0.2, max_norm=max_norm, l2_decay=0.03, momentum=0.9, nesterov=True)
    )
    weights = [value.astype("float64") for value in values_of(model.weights)]
    momenta = [np.zeros_like(weight) for weight in weights]
    model.fit(x, y, batch_size=8, epochs=3, verbose=0)
    for _ in range(3):
        gradients = mse_gradients(*weights, x, y)
        norm = np.sqrt(sum(np.sum(g**2) for g in gradients))
        scale = 1.0 if max_norm is None else min(1.0, max_norm / norm)
        for k, gradient in enumerate(gradients):
            total = scale * gradient + 0.03 * weights[k]
            momenta[k] = 0.9 * momenta[k] + total
            weights[k] = weights[k] - 0.2 * (total + 0.9 * momenta[k])
    for weight, expected in zip(values_of(model.weights), weights, strict=True):
        np.testing.assert_allclose(weight, expected, atol=2e-6)
    np.testing.assert_allclose(
        values_of([model.optimizer.gradient_norm])[0], norm, rtol=1e-5
    )


def test_without_clipping_or_decay_adam_is_that_of_keras():
    x, y = data()
    models = [make_model(Adam(0.1, max_norm=None)), make_model("adam")]
    models[1].optimizer.learning_rate = 0.1
    for model in models:
        model.fit(x, y, batch_size=4, epochs=2, shuffle=False, verbose=0)
    for ours, theirs in zip(*(values_of(m.weights) for m in models), strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-6)


@pytest.mark.parametrize("optimizer", [SGD(0.1, momentum=0.9), Adam(0.1)])
@pytest.mark.parametrize("broken", [np.nan, np.inf])
def test_a_gradient_that_is_not_finite_changes_nothing_but_the_counters(
    optimizer, broken
):
    optimizer = optimizer.from_config(optimizer.get_config())
    x, y = data()
    model = make_model(optimizer)
    model.fit(x, y, batch_size=8, verbose=0)
    counters = {id(optimizer.gradient_norm), id(optimizer.skipped)}
    counters.add(id(optimizer.iterations))
    state = [v for v in optimizer.variables if id(v) not in counters]
    before = values_of([*model.weights, *state])
    x[2, 1] = broken
    model.fit(x, y, batch_size=8, verbose=0)
    for old, new in zip(before, values_of([*model.weights, *state]), strict=True):
        np.testing.assert_array_equal(old, new)
    assert int(values_of([optimizer.skipped])[0]) == 1
    assert int(values_of([optimizer.iterations])[0]) == 2


def test_averages_are_those_of_the_weights_and_fit_leaves_the_weights_alone():
    x, y = data()
    model = make_model(SGD(0.1, use_ema=True, ema_momentum=0.5))
    model.fit(x, y, batch_size=8, verbose=0)
    first = values_of(model.trainable_variables)
    model.fit(x, y, batch_size=8, verbose=0)
    second = values_of(model.trainable_variables)
    averages = values_of(model.optimizer.averages)
    for one, two, average in zip(first, second, averages, strict=True):
        assert np.any(one != two)
        np.testing.assert_allclose(average, (one + two) / 2, atol=1e-6)


def test_without_averages_there_are_none():
    model = make_model(SGD(0.1))
    model.optimizer.build(model.trainable_variables)
    assert model.optimizer.averages == []


@pytest.mark.parametrize("cls", [SGD, Adam])
def test_is_restored_from_its_config(cls):
    optimizer = cls(0.1, max_norm=2.0, l2_decay=0.3, use_ema=True)
    config = keras.optimizers.serialize(optimizer)
    restored = keras.optimizers.deserialize(json.loads(json.dumps(config)))
    assert isinstance(restored, cls)
    assert restored.get_config() == optimizer.get_config()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"max_norm": 0.0}, r"`max_norm` must be positive.*Received: max_norm=0.0"),
        ({"l2_decay": -1.0}, r"`l2_decay` must not be.*Received: l2_decay=-1.0"),
        ({"global_clipnorm": 1.0}, r"`global_clipnorm` must be left out.*=1.0"),
        ({"weight_decay": 1e-4}, r"`weight_decay` must be left out.*`l2_decay`"),
    ],
)
def test_refuses_wrong_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        SGD(0.1, **arguments)


REPLICAS = """
import sys
import keras, numpy as np, tensorflow as tf
devices = [tf.config.LogicalDeviceConfiguration()] * int(sys.argv[1])
cpu = tf.config.list_physical_devices("CPU")[0]
tf.config.set_logical_device_configuration(cpu, devices)
from zoo.training import distribution
from zoo.training.optimizers import SGD, Adam
generator = np.random.default_rng(0)
x = generator.normal(size=(32, 4)).astype("float32") * np.arange(32)[:, None] / 8
y = generator.normal(size=(32, 1)).astype("float32")
for optimizer in (SGD(0.1, momentum=0.9, nesterov=True), Adam(0.1)):
    keras.utils.set_random_seed(1)
    with distribution.scope() as replicas:
        assert replicas == int(sys.argv[1])
        layers = [keras.layers.Dense(5, activation="tanh"), keras.layers.Dense(1)]
        model = keras.Sequential([keras.Input((4,)), *layers])
        config = optimizer.get_config() | dict(max_norm=0.3, l2_decay=0.01)
        optimizer = type(optimizer).from_config(config)
        model.compile(optimizer, "mse", jit_compile=False)
        model.fit(x, y, batch_size=8, epochs=1, shuffle=False, verbose=0)
    assert float(optimizer.gradient_norm.numpy()) > 0.3
    print(*[float(v) for w in model.get_weights() for v in w.ravel()])
"""


@pytest.mark.slow
@pytest.mark.skipif(not ON_TENSORFLOW, reason="MirroredStrategy is TensorFlow's.")
def test_two_replicas_equal_one():
    # Clipping on each replica used to change weights by as much as the update.
    weights = []
    for replicas in ("1", "2"):
        command = [sys.executable, "-c", REPLICAS, replicas]
        result = subprocess.run(command, capture_output=True, text=True, check=False)
        assert result.returncode == 0, result.stderr[-2000:]
        weights.append(np.array(result.stdout.split(), "float64"))
    assert weights[0].size == 2 * (4 * 5 + 5 + 5 + 1)
    np.testing.assert_allclose(weights[0], weights[1], atol=1e-6)
