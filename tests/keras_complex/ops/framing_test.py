"""Tests of frames and their sum."""

import numpy as np
import pytest
from keras import ops as kops

from keras_complex.ops import count_frames, frame, overlap_add
from tests.gradients import assert_close, gradient

SIZES = [(8, 4), (8, 3), (7, 7), (5, 9), (6, 1)]


@pytest.mark.parametrize("samples", [1, 5, 8, 9, 30])
@pytest.mark.parametrize(("frame_length", "frame_step"), SIZES)
def test_frames_start_at_their_step(rng, samples, frame_length, frame_step):
    x = rng.normal(size=(2, 3, samples)).astype("float32")
    y = kops.convert_to_numpy(frame(x, frame_length, frame_step))
    frames = 1 + -(-max(samples - frame_length, 0) // frame_step)
    assert y.shape == (2, 3, frames, frame_length)
    assert count_frames(samples, frame_length, frame_step) == frames
    padded = np.pad(x, ((0, 0), (0, 0), (0, 50)))
    for m in range(frames):
        expected = padded[..., m * frame_step :][..., :frame_length]
        np.testing.assert_array_equal(y[:, :, m], expected)


@pytest.mark.parametrize(("frame_length", "frame_step"), SIZES)
def test_overlap_add_adds_at_the_steps(rng, frame_length, frame_step):
    x = rng.normal(size=(2, 6, frame_length)).astype("float32")
    expected = np.zeros((2, 5 * frame_step + frame_length))
    for m in range(6):
        expected[:, m * frame_step : m * frame_step + frame_length] += x[:, m]
    y = kops.convert_to_numpy(overlap_add(x, frame_step))
    assert_close(y, expected, 1e-6)


@pytest.mark.parametrize(("frame_length", "frame_step"), SIZES)
def test_overlap_add_is_the_transpose_of_frame(rng, frame_length, frame_step):
    x = rng.normal(size=(1, 40)).astype("float32")
    frames = frame(x, frame_length, frame_step)
    weights = rng.normal(size=frames.shape).astype("float32")

    def value(x):
        return kops.sum(kops.multiply(frame(x, frame_length, frame_step), weights))

    (slope,) = gradient(value, x)
    expected = kops.convert_to_numpy(overlap_add(weights, frame_step))[:, :40]
    # Between frames that skip samples nothing is added.
    padded = np.pad(expected, ((0, 0), (0, 40 - expected.shape[1])))
    assert_close(slope, padded, 1e-6)
