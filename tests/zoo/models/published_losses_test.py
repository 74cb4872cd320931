"""Tests of the losses of the public code; tests of losses have measured values."""

import keras
import numpy as np
import pytest

from keras_complex.losses import L2Loss
from keras_complex.ops import istft, stft
from zoo.models.published_losses import PublishedTimeDomainLoss, published_inverse


def to_numpy(x):
    return keras.ops.convert_to_numpy(x)


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


def test_round_trips_through_its_config(rng):
    loss = PublishedTimeDomainLoss(L2Loss(), True, 16, 5, name="named")
    config = keras.saving.serialize_keras_object(loss)
    assert config["registered_name"] == "zoo>PublishedTimeDomainLoss"
    restored = keras.saving.deserialize_keras_object(config)
    assert restored.get_config() == loss.get_config()
    y, x = rng.normal(size=(2, 1, 4, 9, 2)).astype("float32")
    assert float(restored(y, x)) == float(loss(y, x))


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
        PublishedTimeDomainLoss(**{"loss": L2Loss(), **arguments})


@pytest.mark.parametrize("shape", [(1, 5, 128, 2), (1, 1, 129, 2), (5, 129, 2)])
def test_rejects_shapes_it_cannot_invert(shape):
    with pytest.raises(ValueError, match="must have two frames or more and 129 bins"):
        PublishedTimeDomainLoss(L2Loss()).call(np.zeros(shape), np.zeros(shape))
