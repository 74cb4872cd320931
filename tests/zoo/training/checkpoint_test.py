import keras
import numpy as np
import pytest

from zoo.training import checkpoint
from zoo.training.optimizers import SGD


def make_model(units=4, seed=0):
    keras.utils.set_random_seed(seed)
    layers = [
        keras.layers.Dense(units),
        keras.layers.BatchNormalization(),
        keras.layers.Dropout(0.5, seed=seed),
        keras.layers.Dense(1),
    ]
    model = keras.Sequential([keras.Input((3,)), *layers])
    on_tensorflow = keras.backend.backend() == "tensorflow"
    optimizer = SGD(0.1, momentum=0.9, use_ema=True)
    model.compile(optimizer, "mse", jit_compile=not on_tensorflow)
    model.optimizer.build(model.trainable_variables)
    return model


def fit(model, epochs):
    generator = np.random.default_rng(0)
    x = generator.normal(size=(16, 3)).astype("float32")
    y = generator.normal(size=(16, 1)).astype("float32")
    model.fit(x, y, batch_size=4, epochs=epochs, shuffle=False, verbose=0)


def state_of(model):
    variables = [*model.variables, *model.optimizer.variables]
    return [keras.ops.convert_to_numpy(variable).copy() for variable in variables]


def test_training_goes_on_as_if_it_had_not_stopped(tmp_path):
    # The seeds of dropout used to be forgotten.
    straight = make_model()
    fit(straight, 4)
    stopped = make_model()
    fit(stopped, 2)
    checkpoint.save(tmp_path, stopped, {"history": [{"epoch": 2}]})
    resumed = make_model(seed=5)
    assert checkpoint.restore(tmp_path, resumed) == {"history": [{"epoch": 2}]}
    fit(resumed, 2)
    metrics = len(straight.metrics_variables)
    for one, two in zip(state_of(straight), state_of(resumed), strict=True):
        if metrics and one.shape == ():
            continue  # The loss tracker counts the epochs of its own process.
        np.testing.assert_array_equal(one, two)


def test_there_is_nothing_to_restore_in_an_empty_directory(tmp_path):
    assert not checkpoint.exists(tmp_path)
    assert checkpoint.restore(tmp_path, make_model()) is None


def test_a_damaged_file_makes_room_for_the_one_before(tmp_path):
    model = make_model()
    for epoch in (1, 2):
        checkpoint.save(tmp_path, model, {"epoch": epoch})
    newest = tmp_path / "checkpoint.npz"
    newest.write_bytes(newest.read_bytes()[:-500])
    assert checkpoint.restore(tmp_path, model) == {"epoch": 1}
    newest.unlink()
    assert checkpoint.restore(tmp_path, model) == {"epoch": 1}


@pytest.mark.parametrize("content", [b"", b"no archive", b"PK\x03\x04"])
def test_reports_damage_where_nothing_is_left(tmp_path, content):
    (tmp_path / "checkpoint.npz").write_bytes(content)
    with pytest.raises(ValueError, match=r"must be readable. Received: .*npz, damaged"):
        checkpoint.restore(tmp_path, make_model())


def test_refuses_the_checkpoint_of_another_model(tmp_path):
    checkpoint.save(tmp_path, make_model(), {})
    with pytest.raises(ValueError, match=r"must fit the network.*Received: .*npz"):
        checkpoint.restore(tmp_path, make_model(units=5))
