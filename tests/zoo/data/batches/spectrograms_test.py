"""Tests of inputs and targets."""

import numpy as np
import pytest

from keras_complex import ops
from zoo.data.batches.spectrograms import stft, to_spectrograms, to_waveforms


def _batch(samples=1000, lengths=(1000, 300)):
    sources = np.random.default_rng(0).normal(size=(2, 3, samples)).astype("float32")
    for b, length in enumerate(lengths):
        sources[b, :, length:] = 0
    return sources.sum(axis=1), sources, np.array(lengths)


@pytest.mark.parametrize("samples", [1, 127, 128, 1000])
@pytest.mark.parametrize("frame_length, frame_step", [(256, 128), (64, 16), (31, 10)])
def test_agrees_with_the_definition(samples, frame_length, frame_step):
    x = np.random.default_rng(1).normal(size=samples).astype("float32")
    spectrum = stft(x, frame_length, frame_step)
    frames, bins = 1 + -(-samples // frame_step), frame_length // 2 + 1
    assert spectrum.shape == (frames, bins)
    n = np.arange(frame_length)
    window = 0.5 - 0.5 * np.cos(2 * np.pi * n / frame_length)
    padded = np.concatenate([np.zeros(frame_length // 2), x, np.zeros(999)])
    for m in range(frames):
        frame = window * padded[m * frame_step :][:frame_length]
        for k in (0, bins // 3, bins - 1):
            expected = np.sum(frame * np.exp(-2j * np.pi * k * n / frame_length))
            assert spectrum[m, k] == pytest.approx(expected, abs=1e-4)


def test_agrees_with_the_transform_of_the_separator():
    mixture, sources, lengths = _batch()
    x, y = to_spectrograms(mixture, sources, lengths, 128, 32)
    np.testing.assert_allclose(x, ops.stft(mixture, 128, 32), atol=1e-4)
    np.testing.assert_allclose(y[..., :2], ops.stft(sources, 128, 32), atol=1e-4)
    assert (x.dtype, y.dtype) == (np.float32, np.float32)


def test_mask_is_one_on_the_frames_of_the_waveform_without_padding():
    mixture, sources, lengths = _batch()
    _, y = to_spectrograms(mixture, sources, lengths)
    assert y.shape == (2, 3, 9, 129, 3)
    assert (y[0, ..., 2] == 1).all()
    frames = ops.stft(mixture[1:, :300]).shape[1]
    assert (y[1, :, :frames, :, 2] == 1).all()
    assert (y[1, :, frames:, :, 2] == 0).all()
    assert frames == 4
    _, y = to_spectrograms(mixture, sources)
    assert (y[..., 2] == 1).all()


def test_waveforms_get_a_mask():
    mixture, sources, lengths = _batch()
    x, y = to_waveforms(mixture, sources, lengths)
    np.testing.assert_array_equal(x, mixture)
    np.testing.assert_array_equal(y[..., 0], sources)
    assert (y[1, :, :300, 1] == 1).all() and (y[1, :, 300:, 1] == 0).all()
    assert (to_waveforms(mixture, sources)[1][..., 1] == 1).all()


@pytest.mark.parametrize("frames", [(0, 1), (2, 0)])
def test_unfit_frames_are_refused(frames):
    with pytest.raises(ValueError, match=f"Received: frame_length={frames[0]}"):
        stft(np.zeros(9), *frames)
