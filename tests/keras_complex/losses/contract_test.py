"""What every loss honours: masks, silence, precision, files."""

import inspect

import keras
import numpy as np
import pytest

from keras_complex.losses import (
    CosineLoss,
    CSimLoss,
    InTime,
    L2Loss,
    NegativeSISDR,
    PermutationInvariant,
    WeightedSum,
)

WAVEFORM = (3, 600)
SPECTROGRAM = (3, 6, 9, 2)
FRAMES = {"frame_length": 16, "frame_step": 4}

# Each argument of each class has a value other than its default.
CASES = {
    "l2_waveform": (L2Loss, {}, WAVEFORM),
    "l2_spectrogram": (L2Loss, {}, SPECTROGRAM),
    "csim": (
        CSimLoss,
        {
            "real_weight": 2.0,
            "imag_weight": 3.0,
            "imag_penalty": "total",
            "epsilon": 1e-3,
        },
        SPECTROGRAM,
    ),
    "cosine": (CosineLoss, {}, WAVEFORM),
    "si_sdr": (NegativeSISDR, {"zero_mean": False}, WAVEFORM),
    "weighted_sum": (
        WeightedSum,
        {"losses": [L2Loss(), CSimLoss()], "weights": [0.5, 2.0]},
        SPECTROGRAM,
    ),
    "in_time": (
        InTime,
        {"loss": NegativeSISDR(), "inverse": "published_real", **FRAMES},
        SPECTROGRAM,
    ),
    "permutation_invariant": (
        PermutationInvariant,
        {"loss": CSimLoss(), "assignment": "batch"},
        (3, 2, 6, 9, 2),
    ),
}
# Losses that have other branches than those of CASES, and both nestings.
LOSSES = {
    **{
        name: (cls(**arguments), shape)
        for name, (cls, arguments, shape) in CASES.items()
    },
    "csim_bins": (CSimLoss(), SPECTROGRAM),
    "si_sdr_zero_mean": (NegativeSISDR(), WAVEFORM),
    "in_true_time": (InTime(NegativeSISDR(), **FRAMES), SPECTROGRAM),
    "l2_in_true_time": (InTime(L2Loss(), **FRAMES), SPECTROGRAM),
    "in_published_time": (InTime(L2Loss(), inverse="published", **FRAMES), SPECTROGRAM),
    "pit_waveform": (PermutationInvariant(NegativeSISDR()), (3, 2, 600)),
    "pit_of_time": (
        PermutationInvariant(InTime(CosineLoss(), **FRAMES)),
        (3, 2, 6, 9, 2),
    ),
    "time_of_pit": (
        InTime(PermutationInvariant(L2Loss()), **FRAMES),
        (3, 2, 6, 9, 2),
    ),
}


def each_loss(function):
    return pytest.mark.parametrize(
        ("loss", "shape"), LOSSES.values(), ids=LOSSES.keys()
    )(function)


def draw(rng, shape):
    return rng.normal(size=shape).astype("float32")


def add_mask(y_true, valid):
    """Appends the mask channel; `valid` frames or samples of each are valid."""
    if y_true.shape[-1] == 2:
        mask = np.zeros((*y_true.shape[:-1], 1), "float32")
        mask[..., :valid, :, :] = 1
        return np.concatenate([y_true, mask], axis=-1)
    mask = np.zeros_like(y_true)
    mask[..., :valid] = 1
    return np.stack([y_true, mask], axis=-1)


def pad(x, amount, value):
    """Pads the frames or samples at the end."""
    widths = [(0, 0)] * x.ndim
    widths[-3 if x.shape[-1] == 2 else -1] = (0, amount)
    return np.pad(x, widths, constant_values=value)


def length_of(x):
    return x.shape[-3 if x.shape[-1] == 2 else -1]


def to_numpy(x):
    return keras.ops.convert_to_numpy(x)


@pytest.mark.parametrize(("cls", "arguments", "shape"), CASES.values(), ids=CASES)
def test_round_trips_through_its_config(rng, cls, arguments, shape):
    parameters = inspect.signature(cls).parameters.keys() - {
        "kwargs",
        "dtype",
        "name",
        "reduction",
    }
    assert parameters == arguments.keys()
    loss = cls(**arguments, name="named", reduction="sum")
    config = keras.saving.serialize_keras_object(loss)
    assert config["registered_name"] == f"keras_complex>{cls.__name__}"
    restored = keras.saving.deserialize_keras_object(config)
    assert restored.get_config() == loss.get_config()
    assert parameters <= loss.get_config().keys()
    y_true, y_pred = draw(rng, shape), draw(rng, shape)
    np.testing.assert_array_equal(
        to_numpy(restored(y_true, y_pred)), to_numpy(loss(y_true, y_pred))
    )


@each_loss
def test_returns_one_value_per_example(rng, evaluate, loss, shape):
    y_true, y_pred = draw(rng, shape), draw(rng, shape)
    values, gradient = evaluate(loss, y_true, y_pred)
    assert values.shape == shape[:1]
    assert values.dtype == "float32"
    assert np.any(gradient != 0)
    assert to_numpy(loss(y_true, y_pred)) == pytest.approx(values.mean(), rel=1e-5)


@each_loss
def test_padding_changes_nothing(rng, evaluate, loss, shape):
    y_true, y_pred = draw(rng, shape), draw(rng, shape)
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
def test_a_full_mask_is_no_mask(rng, evaluate, loss, shape):
    y_true, y_pred = draw(rng, shape), draw(rng, shape)
    masked, _ = evaluate(loss, add_mask(y_true, length_of(y_true)), y_pred)
    expected, _ = evaluate(loss, y_true, y_pred)
    np.testing.assert_allclose(masked, expected, rtol=3e-6, atol=1e-6)


@each_loss
def test_is_finite_on_silence(rng, evaluate, loss, shape):
    signal = draw(rng, shape)
    silence = np.zeros_like(signal)
    # The first speaker, where there are several.
    one_silent = signal.copy()
    one_silent[:, 0] = 0
    for y_true in (one_silent, silence):
        for y_pred in (signal, one_silent, silence, 1e-25 * signal):
            values, slope = evaluate(loss, y_true, y_pred)
            assert np.all(np.isfinite(values))
            assert np.all(np.isfinite(slope))
    values, slope = evaluate(loss, add_mask(signal, 0), signal)
    assert np.all(np.isfinite(values))
    np.testing.assert_array_equal(slope, 0)


@each_loss
def test_computes_half_precision_in_float32(rng, loss, shape):
    # The norms of these signals overflow in float16.
    y_true, y_pred = (
        keras.ops.cast(100 * draw(rng, shape), "float16") for _ in range(2)
    )
    expected = loss.call(
        keras.ops.cast(y_true, "float32"), keras.ops.cast(y_pred, "float32")
    )
    values = loss.call(y_true, y_pred)
    assert keras.backend.standardize_dtype(values.dtype) == "float32"
    np.testing.assert_array_equal(to_numpy(values), to_numpy(expected))


@each_loss
def test_rejects_shapes_that_differ(rng, loss, shape):
    y_true = draw(rng, (*shape[:-2], shape[-2] + 1, shape[-1]))
    with pytest.raises(ValueError, match=r"must have .* Received: "):
        loss.call(y_true, draw(rng, shape))
