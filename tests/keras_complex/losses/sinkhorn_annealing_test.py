"""Tests of SinkhornAnnealing."""

import keras
import numpy as np
import pytest

from keras_complex.losses import (
    L2Loss,
    SinkhornAnnealing,
    SinkhornPermutationInvariant,
)


def build_model(loss):
    inputs = keras.Input((2, 10))
    model = keras.Model(
        inputs, keras.layers.Dense(10, kernel_initializer="identity")(inputs)
    )
    # So that the value of the loss tells beta.
    model.compile(keras.optimizers.SGD(0.0), loss)
    return model


def test_the_compiled_step_sees_each_value(rng):
    y, x = rng.normal(size=(2, 4, 2, 10)).astype("float32")
    loss = SinkhornPermutationInvariant(L2Loss(), beta=0.5)
    model = build_model(loss)
    annealing = SinkhornAnnealing(loss, growth=4.0, maximum=10.0)
    history = model.fit(
        x, y, epochs=4, validation_data=(x, y), verbose=0, callbacks=[annealing]
    ).history
    expected = [
        float(SinkhornPermutationInvariant(L2Loss(), beta=beta)(y, x))
        for beta in (0.5, 2.0, 8.0, 10.0)
    ]
    np.testing.assert_allclose(history["loss"], expected, rtol=1e-5)
    np.testing.assert_allclose(history["val_loss"], expected, rtol=1e-5)


def test_a_resumed_run_continues_where_it_stopped(rng, tmp_path):
    y, x = rng.normal(size=(2, 4, 2, 10)).astype("float32")
    build_model(SinkhornPermutationInvariant(L2Loss())).save(tmp_path / "model.keras")
    model = keras.saving.load_model(tmp_path / "model.keras")
    annealing = SinkhornAnnealing(model.loss, growth=2.0)
    history = model.fit(
        x, y, initial_epoch=2, epochs=3, verbose=0, callbacks=[annealing]
    ).history
    expected = float(SinkhornPermutationInvariant(L2Loss(), beta=4.0)(y, x))
    assert history["loss"] == pytest.approx([expected], rel=1e-5)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"loss": L2Loss()}, "`loss` must be a `SinkhornPermutationInvariant`. Receiv"),
        ({"growth": 0.5}, "`growth` must be at least 1. Received: growth=0.5"),
        ({"maximum": 0.5}, "`maximum` must be at least `loss.beta`, 1.0. Received: m"),
    ],
)
def test_rejects_invalid_arguments(arguments, message):
    loss = SinkhornPermutationInvariant(L2Loss())
    with pytest.raises(ValueError, match=message):
        SinkhornAnnealing(**{"loss": loss, **arguments})
