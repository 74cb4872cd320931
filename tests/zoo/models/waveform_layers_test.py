"""Tests of the layers around networks on waveforms."""

import keras
import numpy as np
import pytest

from tests.gradients import gradient
from zoo.models.waveform_layers import CutToLength, UnitSegments


def test_cuts_the_end_off(rng):
    estimates = rng.normal(size=(2, 3, 9)).astype("float32")
    mixture = np.zeros((2, 7), "float32")
    layer = CutToLength()
    y = keras.ops.convert_to_numpy(layer([estimates, mixture]))
    np.testing.assert_array_equal(y, estimates[..., :7])
    shapes = [(None, 3, None), (None, None)]
    assert layer.compute_output_shape(shapes) == (None, 3, None)


@pytest.mark.parametrize("samples", [1, 4, 13])
def test_segments_have_unit_norm_and_add_up_to_the_waveform(rng, samples):
    layer = UnitSegments(4)
    x = rng.normal(size=(3, samples)).astype("float32")
    x[1] *= 1e4
    waveform, norms = (keras.ops.convert_to_numpy(y) for y in layer(x))
    shapes = layer.compute_output_shape(x.shape)
    assert shapes == (waveform.shape, norms.shape)
    segments = waveform.reshape(3, -1, 4)
    np.testing.assert_allclose(np.linalg.norm(segments, axis=-1), 1, rtol=1e-5)
    restored = (segments * norms).reshape(3, -1)
    np.testing.assert_allclose(restored[:, :samples], x, rtol=1e-5)
    assert not np.any(restored[:, samples:])


def test_silence_stays_silent_with_a_gradient():
    def total(x):
        waveform, norms = UnitSegments(4)(x)
        return keras.ops.sum(waveform) + keras.ops.sum(norms)

    x = np.zeros((1, 8), "float32")
    waveform, _ = UnitSegments(4)(x)
    assert not np.any(keras.ops.convert_to_numpy(waveform))
    (g,) = gradient(total, x)
    assert np.all(np.isfinite(g))


def test_declares_unknown_lengths():
    layer = UnitSegments(4)
    assert layer.compute_output_shape((2, None)) == ((2, None), (2, None, 1))


def test_rejects_an_impossible_length():
    with pytest.raises(ValueError, match="`segment_length` must be at least 1"):
        UnitSegments(0)
