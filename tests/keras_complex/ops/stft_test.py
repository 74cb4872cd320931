"""Tests of the short-time Fourier transform and its inverse."""

import numpy as np
import pytest
from keras import ops as kops

from keras_complex import ops
from tests.complex_numpy import spectrogram
from tests.gradients import assert_close

SIZES = [(256, 128), (512, 128), (400, 100), (320, 80), (256, 100)]


def to_numpy(x):
    return kops.convert_to_numpy(x)


@pytest.mark.parametrize("samples", [1, 2, 127, 128, 129, 255, 256, 257, 1000])
@pytest.mark.parametrize(("frame_length", "frame_step"), SIZES)
def test_inverse_reconstructs_any_length(rng, frame_length, frame_step, samples):
    x = rng.normal(size=(2, samples)).astype("float32")
    y = ops.stft(x, frame_length, frame_step)
    assert y.shape[1] == 1 + -(-samples // frame_step)
    assert_close(to_numpy(ops.istft(y, samples, frame_length, frame_step)), x, 3e-6)


@pytest.mark.parametrize(("frame_length", "frame_step"), SIZES)
def test_agrees_with_the_fft(rng, frame_length, frame_step):
    x = rng.normal(size=1234)
    half = frame_length // 2
    padded = np.pad(x, (half, 2 * frame_length))
    window = np.hanning(frame_length + 1)[:-1]
    frames = 1 + -(-len(x) // frame_step)
    expected = np.array(
        [
            np.fft.rfft(window * padded[m * frame_step :][:frame_length])
            for m in range(frames)
        ]
    )
    y = to_numpy(ops.stft(x.astype("float32"), frame_length, frame_step))
    assert_close(y[..., 0] + 1j * y[..., 1], expected, 1e-6)


@pytest.mark.parametrize("padding", ["constant", "reflect"])
@pytest.mark.parametrize("index", [0, 1])
def test_agrees_with_the_published_transform(golden, index, padding):
    _, arrays = golden("stft")
    # There, 128 zeros are appended and the last, empty frame is left out.
    x = np.pad(arrays[f"wave{index}"], (0, 128))
    real, imag = (arrays[f"spec{index}_{padding}.{p}"].T for p in ("real", "imag"))
    y = to_numpy(ops.stft(x[None], padding=padding))[0, : len(real)]
    assert_close(y, np.stack([real, imag], axis=-1), 1e-6)


@pytest.mark.parametrize("index", [0, 1])
def test_agrees_with_the_published_inverse(golden, index):
    _, arrays = golden("stft")
    expected = arrays[f"istft_arbitrary{index}"]
    frames = int(arrays["in.mask"][index].sum())
    x = spectrogram(arrays["in.arbitrary_spec"])[index : index + 1, :frames]
    assert_close(to_numpy(ops.istft(x, len(expected)))[0], expected, 1e-6)


def test_keeps_leading_axes(rng):
    x = rng.normal(size=(2, 3, 500)).astype("float32")
    y = ops.stft(x)
    assert tuple(y.shape) == (2, 3, 5, 129, 2)
    assert_close(to_numpy(ops.istft(y, 500)), x, 1e-5)


def test_default_length_is_that_of_the_frames(rng):
    x = rng.normal(size=(1, 384)).astype("float32")
    assert_close(to_numpy(ops.istft(ops.stft(x))), x, 1e-5)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"frame_length": 255}, "`frame_length` must be an even number"),
        ({"frame_step": 129}, "`frame_step` must lie between 1 and half"),
        ({"frame_step": 0}, "`frame_step` must lie between 1 and half"),
        ({"padding": "same"}, '`padding` must be "constant" or "reflect"'),
    ],
)
def test_rejects_invalid_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        ops.stft(np.zeros((1, 100), "float32"), **arguments)


def test_inverse_rejects_other_shapes():
    with pytest.raises(ValueError, match=r"\(\.\.\., frames, 129, 2\)"):
        ops.istft(np.zeros((1, 4, 128, 2), "float32"))
