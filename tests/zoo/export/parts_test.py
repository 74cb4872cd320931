"""Tests of the separator in three parts."""

import keras
import numpy as np
import pytest

import zoo

if keras.backend.backend() != "tensorflow":
    pytest.skip("Exports need TensorFlow.", allow_module_level=True)

from zoo.export.parts import Parts


@pytest.mark.parametrize("level", [None, 0.2])
@pytest.mark.parametrize("fit_level", [False, True])
def test_the_parts_make_the_whole(make_band_separator, level, fit_level):
    separator = make_band_separator(level=level, fit_level=fit_level)
    mixture = np.random.default_rng(0).normal(size=(2, 700)).astype("float32")
    parts = Parts(separator)
    result = parts.finish(mixture, parts.network(parts.prepare(mixture)))
    np.testing.assert_allclose(result, separator(mixture), atol=1e-6)


def test_the_parts_of_a_network_of_waveforms(tmp_path):
    mixture = keras.Input((None,))
    voices = keras.ops.stack([keras.ops.tanh(mixture), 0.5 * mixture], axis=1)
    separator = zoo.Separator(keras.Model(mixture, voices), 8000, frame_length=0)
    x = np.random.default_rng(0).normal(size=(1, 50)).astype("float32")
    parts = Parts(separator)
    np.testing.assert_allclose(
        parts.finish(x, parts.network(parts.prepare(x))), separator(x), atol=1e-6
    )
