"""Tests of the layers STFT and ISTFT."""

import keras
import pytest

from keras_complex.layers import ISTFT, STFT
from tests.contract import check_layer
from tests.gradients import assert_close


def test_stft_honours_the_contract(tmp_path):
    arguments = {"frame_length": 64, "frame_step": 16}
    check_layer(STFT, arguments, [(2, 500)], tmp_path, real_input=True)


def test_istft_honours_the_contract(tmp_path):
    arguments = {"frame_length": 64, "frame_step": 16, "length": 90}
    check_layer(ISTFT, arguments, [(2, 7, 33, 2)], tmp_path)


def test_istft_inverts_stft(rng):
    x = rng.normal(size=(2, 3, 777)).astype("float32")
    y = ISTFT(length=777)(STFT()(x))
    assert_close(keras.ops.convert_to_numpy(y), x, 1e-5)


def test_transforms_in_float32_under_mixed_precision(rng):
    x = rng.normal(size=(1, 4000)).astype("float32")
    exact = keras.ops.convert_to_numpy(STFT()(x))
    half = keras.ops.convert_to_numpy(STFT(dtype="mixed_float16")(x))
    assert_close(half.astype("float32"), exact, 1e-3)


def test_rejects_invalid_arguments():
    with pytest.raises(ValueError, match="`frame_step` must lie between"):
        STFT(frame_step=200)
    with pytest.raises(ValueError, match="`length` must be a positive"):
        ISTFT(length=0)
