"""Tests of the layers STFT and ISTFT."""

import keras
import numpy as np
import pytest
from hypothesis import given

from keras_complex.layers import ISTFT, STFT
from tests.contract import check_layer
from tests.deployment import check_tflite
from tests.fuzzing import check_finite, fuzz, signals
from tests.gradients import assert_close

# TFLite has no built-in operation for it; the default, a product, needs none.
NO_INVERSE_FFT = {"tflite": False}
FRAMES = {"frame_length": 60, "frame_step": 16, "fft_length": 64}
WINDOWS = {
    "name": "hamming",
    "kaiser": ("kaiser", 5.0),
    "values": np.hanning(62)[1:-1].tolist(),
}


@pytest.mark.parametrize("window", WINDOWS.values(), ids=WINDOWS)
def test_stft_honours_the_contract(tmp_path, window):
    arguments = {
        **FRAMES,
        "window": window,
        "center": False,
        "padding": "reflect",
        "use_fft": True,
    }
    check_layer(STFT, arguments, [(2, 500)], tmp_path, real_input=True)


@pytest.mark.parametrize("window", WINDOWS.values(), ids=WINDOWS)
def test_istft_honours_the_contract(tmp_path, window):
    arguments = {
        **FRAMES,
        "length": 90,
        "window": window,
        "center": False,
        "use_fft": True,
    }
    check_layer(ISTFT, arguments, [(2, 7, 33, 2)], tmp_path, **NO_INVERSE_FFT)


@pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="TFLite is TensorFlow's."
)
@pytest.mark.parametrize("center", [True, False])
def test_matrix_products_run_in_tflite(rng, tmp_path, center):
    arguments = {**FRAMES, "window": "hamming", "center": center}
    waveform = rng.normal(size=(1, 500)).astype("float32")
    inputs = keras.Input((500,))
    outputs = ISTFT(**arguments)(STFT(**arguments)(inputs))
    check_tflite(keras.Model(inputs, outputs), [waveform], tmp_path)


def test_istft_inverts_stft(rng):
    x = rng.normal(size=(2, 3, 777)).astype("float32")
    y = ISTFT(length=777)(STFT()(x))
    assert_close(keras.ops.convert_to_numpy(y), x, 1e-5)


def test_configs_of_before_have_the_values_of_before(rng):
    x = rng.normal(size=(1, 500)).astype("float32")
    for layer in (STFT(64, 16), ISTFT(64, 16)):
        known = {"name", "trainable", "dtype", "frame_length", "frame_step", "length"}
        config = {k: v for k, v in layer.get_config().items() if k in known}
        restored = type(layer).from_config(config)
        assert restored.get_config() == layer.get_config()
    window, frames = np.hanning(65)[:-1], np.arange(33) * 16
    padded = np.pad(x[0], (32, 64))
    expected = [np.fft.rfft(window * padded[m:][:64]) for m in frames]
    y = keras.ops.convert_to_numpy(STFT(64, 16)(x))[0]
    assert_close(y[..., 0] + 1j * y[..., 1], expected, 1e-6)


@fuzz
@given(x=signals(2, minimum=2))
def test_is_finite_on_extreme_signals(x):
    check_finite(STFT(16, 8), x)
    spectrogram = np.repeat(x.reshape(len(x), -1, 1, 2), 9, axis=2)
    check_finite(ISTFT(16, 8), np.concatenate([spectrogram, spectrogram], axis=1))
    check_finite(ISTFT(16, 8, center=False), spectrogram)


def test_transforms_in_float32_under_mixed_precision(rng):
    x = rng.normal(size=(1, 4000)).astype("float32")
    exact = keras.ops.convert_to_numpy(STFT()(x))
    half = keras.ops.convert_to_numpy(STFT(dtype="mixed_float16")(x))
    assert_close(half.astype("float32"), exact, 1e-3)


def test_rejects_invalid_arguments():
    with pytest.raises(ValueError, match="`frame_step` must be at least 1"):
        STFT(frame_step=0)
    with pytest.raises(ValueError, match='`padding` must be "constant" or'):
        STFT(padding="same")
    with pytest.raises(ValueError, match="`window` must have `frame_length` values"):
        STFT(window=[1.0, 2.0])
    with pytest.raises(ValueError, match="must sum to more than 0"):
        ISTFT(frame_step=256)
    with pytest.raises(ValueError, match="`length` must be a positive"):
        ISTFT(length=0)
