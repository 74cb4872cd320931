"""Tests of InTime."""

import keras
import numpy as np
import pytest

from keras_complex.losses import (
    CosineLoss,
    InTime,
    L2Loss,
    NegativeSISDR,
    PermutationInvariant,
)
from keras_complex.losses.published_inverse import published_inverse
from keras_complex.ops import istft, stft


def to_numpy(x):
    return keras.ops.convert_to_numpy(x)


@pytest.mark.parametrize("loss", [L2Loss(), CosineLoss(), NegativeSISDR()])
@pytest.mark.parametrize("frame_step", [128, 64])
def test_equals_the_loss_of_the_waveforms(rng, loss, frame_step):
    y, x = rng.normal(size=(2, 2, 8 * 128)).astype("float32")
    in_time = InTime(loss, frame_step=frame_step)
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
    values = InTime(L2Loss()).call(y_true, stft(x))
    # The last valid frame sees the end of the waveform, hence equality.
    expected = [
        np.mean((y - x)[row, :length] ** 2) for row, length in enumerate(lengths)
    ]
    np.testing.assert_allclose(to_numpy(values), expected, rtol=1e-5)


def test_commutes_with_the_search_of_the_permutation(rng):
    y, x = rng.normal(size=(2, 2, 2, 5, 129, 2)).astype("float32")
    outer = PermutationInvariant(InTime(NegativeSISDR()))
    inner = InTime(PermutationInvariant(NegativeSISDR()))
    np.testing.assert_allclose(
        to_numpy(outer.call(y, x)), to_numpy(inner.call(y, x)), rtol=1e-4
    )


def test_published_inverse_is_the_transform_it_says(rng):
    """One frame per place, by NumPy's inverse DFT of 17 points."""
    z = rng.normal(size=(4, 9, 2)) @ [1, 1j]
    frames = np.fft.ifft(np.concatenate([z, z[:, :0:-1].conj()], 1), norm="ortho")
    expected = np.zeros(3 * 5 + 17, complex)
    for index, frame in enumerate(frames):
        expected[5 * index : 5 * index + 17] += frame
    x = np.stack([z.real, z.imag], axis=-1)[None].astype("float32")
    signal = to_numpy(published_inverse(x, 16, 5))[0]
    np.testing.assert_allclose(signal @ [1, 1j], expected[8:-8], atol=1e-5)


def test_published_inverse_is_louder_than_the_true_one():
    tone = np.sin(0.25 * np.arange(1280, dtype="float32"))[None]
    spectrogram = stft(tone)
    published = to_numpy(published_inverse(spectrogram))[0, 128:-129, 0]
    ratio = np.std(published) / np.std(to_numpy(istft(spectrogram))[0, 128:-128])
    assert ratio == pytest.approx(256 / 257**0.5, rel=0.02)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"inverse": "fast"}, '`inverse` must be "true", "published" or "published_'),
        ({"frame_length": 3}, "`frame_length` must be"),
        ({"frame_step": 200}, "`frame_step` must"),
        ({"loss": "mse"}, "must be an instance of `keras.losses.Loss` .* Received: "),
    ],
)
def test_rejects_invalid_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        InTime(**{"loss": L2Loss(), **arguments})


@pytest.mark.parametrize("shape", [(1, 5, 128, 2), (1, 1, 129, 2), (5, 129, 2)])
def test_rejects_shapes_it_cannot_invert(shape):
    with pytest.raises(ValueError, match="must have two frames or more and 129 bins"):
        InTime(L2Loss()).call(np.zeros(shape), np.zeros(shape))
