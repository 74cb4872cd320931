"""Tests of the ways from waveforms to the domains of networks and back."""

import numpy as np
import pytest

from keras_complex import ops
from zoo.inference.domains import SpectrogramDomain, WaveformDomain, make_domain


def padded(samples=1000, lengths=(1000, 300)):
    sources = np.random.default_rng(0).normal(size=(2, 3, samples)).astype("float32")
    for b, length in enumerate(lengths):
        sources[b, :, length:] = 0
    return sources, np.array(lengths, "int32")


@pytest.mark.parametrize("frames", [(0, 0), (64, 16)])
def test_decoding_inverts_encoding(frames):
    domain, (sources, _) = make_domain(*frames), padded()
    decoded = np.asarray(domain.decode(domain.encode(sources), 1000))
    np.testing.assert_allclose(decoded, sources, atol=1e-5)


def test_references_are_valid_on_the_frames_of_the_waveform_without_padding():
    sources, lengths = padded()
    y = np.asarray(SpectrogramDomain(256, 128).references(sources, lengths))
    assert y.shape == (2, 3, 9, 129, 3)
    np.testing.assert_array_equal(y[..., :2], ops.stft(sources))
    assert (y[0, ..., 2] == 1).all()
    frames = ops.stft(sources[1, :, :300]).shape[1]
    assert frames == 4
    assert (y[1, :, :frames, :, 2] == 1).all()
    assert (y[1, :, frames:, :, 2] == 0).all()


def test_references_of_waveforms_are_valid_up_to_their_length():
    sources, lengths = padded()
    y = np.asarray(WaveformDomain().references(sources, lengths))
    np.testing.assert_array_equal(y[..., 0], sources)
    assert (y[0, ..., 1] == 1).all()
    assert (y[1, :, :300, 1] == 1).all() and (y[1, :, 300:, 1] == 0).all()


@pytest.mark.parametrize("frames", [(1, 1), (2, 0)])
def test_unfit_frames_are_refused(frames):
    with pytest.raises(ValueError, match=r"Received: .*frame_(length|step)="):
        make_domain(*frames)
