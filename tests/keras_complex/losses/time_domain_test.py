"""Tests of TimeDomainLoss."""

import keras
import numpy as np
import pytest

from keras_complex.losses import (
    CosineLoss,
    L2Loss,
    NegativeSISDR,
    PermutationInvariant,
    TimeDomainLoss,
)
from keras_complex.ops import stft


def to_numpy(x):
    return keras.ops.convert_to_numpy(x)


@pytest.mark.parametrize("loss", [L2Loss(), CosineLoss(), NegativeSISDR()])
@pytest.mark.parametrize("frame_step", [128, 64])
def test_equals_the_loss_of_the_waveforms(rng, loss, frame_step):
    y, x = rng.normal(size=(2, 2, 8 * 128)).astype("float32")
    in_time = TimeDomainLoss(loss, frame_step=frame_step)
    spectrograms = (stft(signal, frame_step=frame_step) for signal in (y, x))
    np.testing.assert_allclose(
        to_numpy(in_time.call(*spectrograms)), to_numpy(loss.call(y, x)), rtol=1e-4
    )


def test_masks_the_samples_behind_the_last_valid_frame(rng):
    lengths = [5 * 128, 8 * 128]
    y, x = rng.normal(size=(2, 2, 8 * 128)).astype("float32")
    mask = np.zeros((2, 9, 129, 1), "float32")
    for row, length in enumerate(lengths):
        mask[row, : 1 + length // 128] = 1
        # What a batch of padded waveforms holds.
        y[row, length:] = x[row, length:] = 0
    y_true = np.concatenate([to_numpy(stft(y)), mask], axis=-1)
    values = TimeDomainLoss(L2Loss()).call(y_true, stft(x))
    # The last valid frame sees the end of the waveform, hence equality.
    expected = [
        np.mean((y - x)[row, :length] ** 2) for row, length in enumerate(lengths)
    ]
    np.testing.assert_allclose(to_numpy(values), expected, rtol=1e-5)


def test_commutes_with_the_search_of_the_permutation(rng):
    y, x = rng.normal(size=(2, 2, 2, 5, 129, 2)).astype("float32")
    outer = PermutationInvariant(TimeDomainLoss(NegativeSISDR()))
    inner = TimeDomainLoss(PermutationInvariant(NegativeSISDR()))
    np.testing.assert_allclose(
        to_numpy(outer.call(y, x)), to_numpy(inner.call(y, x)), rtol=1e-4
    )


def test_files_of_before_load():
    """They have its earlier name, and an inverse that is no argument now."""
    loss = TimeDomainLoss(NegativeSISDR(), frame_step=64)
    old = keras.saving.serialize_keras_object(loss)
    assert old["registered_name"] == "keras_complex>TimeDomainLoss"
    old |= {"class_name": "InTime", "registered_name": "keras_complex>InTime"}
    old["config"] |= {"inverse": "true"}
    restored = keras.saving.deserialize_keras_object(old)
    assert restored.get_config() == loss.get_config()
    old["config"]["inverse"] = "published"
    with pytest.raises(ValueError, match=r"true inverse. Received: .*'published'"):
        keras.saving.deserialize_keras_object(old)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"frame_length": 3}, "`frame_length` must be"),
        ({"frame_step": 200}, "`frame_step` must"),
        ({"loss": "mse"}, "must be an instance of `keras.losses.Loss` .* Received: "),
    ],
)
def test_rejects_invalid_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        TimeDomainLoss(**{"loss": L2Loss(), **arguments})


@pytest.mark.parametrize("shape", [(1, 5, 128, 2), (1, 1, 129, 2), (5, 129, 2)])
def test_rejects_shapes_it_cannot_invert(shape):
    with pytest.raises(ValueError, match="must have two frames or more and 129 bins"):
        TimeDomainLoss(L2Loss()).call(np.zeros(shape), np.zeros(shape))
