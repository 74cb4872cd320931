"""What every loss honours: masks, silence, precision, files."""

import inspect

import keras
import numpy as np
import pytest

from tests.keras_complex.losses.cases import CASES, add_mask, draw, each_loss


def pad(x, amount, value):
    """Pads the frames or samples at the end."""
    widths = [(0, 0)] * x.ndim
    widths[-3 if x.shape[-1] == 2 else -1] = (0, amount)
    return np.pad(x, widths, constant_values=value)


def length_of(x):
    return x.shape[-3 if x.shape[-1] == 2 else -1]


def to_numpy(x):
    return keras.ops.convert_to_numpy(x)


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_round_trips_through_its_config(rng, case):
    cls, arguments, *shapes = case
    parameters = inspect.signature(cls).parameters.keys() - {
        "kwargs",
        "dtype",
        "name",
        "reduction",
    }
    assert parameters == arguments.keys()
    for name, value in arguments.items():
        default = inspect.signature(cls).parameters[name].default
        assert value != default, f"`{name}` is the default."
    loss = cls(**arguments, name="named", reduction="sum")
    config = keras.saving.serialize_keras_object(loss)
    assert config["registered_name"] == f"keras_complex>{cls.__name__}"
    restored = keras.saving.deserialize_keras_object(config)
    assert restored.get_config() == loss.get_config()
    assert parameters <= loss.get_config().keys()
    y_true, y_pred = draw(rng, shapes[-1]), draw(rng, shapes[0])
    np.testing.assert_array_equal(
        to_numpy(restored(y_true, y_pred)), to_numpy(loss(y_true, y_pred))
    )


@each_loss
def test_returns_one_value_per_example(rng, evaluate, loss, true_shape, pred_shape):
    y_true, y_pred = draw(rng, true_shape), draw(rng, pred_shape)
    values, gradient = evaluate(loss, y_true, y_pred)
    assert values.shape == pred_shape[:1]
    assert values.dtype == "float32"
    assert np.any(gradient != 0)
    assert to_numpy(loss(y_true, y_pred)) == pytest.approx(values.mean(), rel=1e-5)


@each_loss
def test_padding_changes_nothing(rng, evaluate, loss, true_shape, pred_shape):
    y_true, y_pred = draw(rng, true_shape), draw(rng, pred_shape)
    length = length_of(y_true)
    expected, slope = evaluate(loss, y_true, y_pred)
    padded_true = add_mask(pad(y_true, 3, np.inf), length)
    for garbage in (7.0, np.nan):
        padded_pred = pad(y_pred, 3, garbage)
        values, padded_slope = evaluate(loss, padded_true, padded_pred)
        np.testing.assert_allclose(values, expected, rtol=3e-6, atol=1e-6)
        np.testing.assert_allclose(
            padded_slope, pad(slope, 3, 0), atol=1e-5 * np.abs(slope).max()
        )


@each_loss
def test_a_full_mask_is_no_mask(rng, evaluate, loss, true_shape, pred_shape):
    y_true, y_pred = draw(rng, true_shape), draw(rng, pred_shape)
    masked, _ = evaluate(loss, add_mask(y_true, length_of(y_true)), y_pred)
    expected, _ = evaluate(loss, y_true, y_pred)
    np.testing.assert_allclose(masked, expected, rtol=3e-6, atol=1e-6)


@each_loss
def test_is_finite_on_silence(rng, evaluate, loss, true_shape, pred_shape):
    reference, estimate = draw(rng, true_shape), draw(rng, pred_shape)
    for y_true in silenced(reference)[1:]:
        for y_pred in (*silenced(estimate), 1e-25 * estimate):
            values, slope = evaluate(loss, y_true, y_pred)
            assert np.all(np.isfinite(values))
            assert np.all(np.isfinite(slope))
    values, slope = evaluate(loss, add_mask(reference, 0), estimate)
    assert np.all(np.isfinite(values))
    np.testing.assert_array_equal(slope, 0)


def silenced(signal):
    """The signal, one without its first speaker, or frame, and silence."""
    one_silent = signal.copy()
    one_silent[:, 0] = 0
    return signal, one_silent, np.zeros_like(signal)


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
@each_loss
def test_computes_half_precision_in_float32(rng, loss, true_shape, pred_shape, dtype):
    # The norms of these signals overflow in float16.
    y_true, y_pred = (
        keras.ops.cast(100 * draw(rng, shape), dtype)
        for shape in (true_shape, pred_shape)
    )
    expected = loss.call(
        keras.ops.cast(y_true, "float32"), keras.ops.cast(y_pred, "float32")
    )
    values = loss.call(y_true, y_pred)
    assert keras.backend.standardize_dtype(values.dtype) == "float32"
    np.testing.assert_array_equal(to_numpy(values), to_numpy(expected))


@each_loss
def test_rejects_shapes_that_differ(rng, loss, true_shape, pred_shape):
    axis = -2 if true_shape[-1] == 2 else -1
    y_true = np.concatenate([draw(rng, true_shape)] * 2, axis=axis)
    with pytest.raises(ValueError, match=r"must have .* Received: "):
        loss.call(y_true, draw(rng, pred_shape))
