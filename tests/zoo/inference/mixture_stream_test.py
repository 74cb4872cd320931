"""Tests of mixtures that come block by block."""

import numpy as np
import pytest

from zoo.inference.mixture_stream import MixtureStream, fit_length, mono_samples


def test_averages_channels_and_counts():
    stream = MixtureStream([np.array([[1, 3], [5, 7]]), np.array([2.0])])
    blocks = list(stream)
    np.testing.assert_array_equal(np.concatenate(blocks), [2, 6, 2])
    assert stream.samples == 3 and {block.dtype for block in blocks} == {
        np.dtype("float32")
    }


def test_gives_what_it_keeps_in_any_portions():
    stream = MixtureStream([np.arange(5.0), np.arange(5.0, 7.0)], keep=True)
    assert len(list(stream)) == 2
    portions = [stream.take(samples) for samples in (2, 4, 1)]
    np.testing.assert_array_equal(np.concatenate(portions), np.arange(7))


@pytest.mark.parametrize("lengths", [[3, 5], [4], [7, 0, 2]])
def test_fits_estimates_to_the_mixture(lengths):
    stream = MixtureStream([np.ones(7)])
    assert len(list(stream)) == 1
    fitted = list(fit_length([np.ones((2, n)) for n in lengths], stream))
    assert all(block.size for block in fitted)
    expected = np.ones((2, 7)) * (np.arange(7) < sum(lengths))
    np.testing.assert_array_equal(np.concatenate(fitted, axis=1), expected)


def test_samples_must_be_real():
    with pytest.raises(ValueError, match="must hold real samples"):
        mono_samples(np.zeros(3, "complex64"))
