"""Tests of the layers MelFilterbank and ERBFilterbank."""

import keras
import numpy as np
import pytest
from hypothesis import given

from keras_complex.layers import ERBFilterbank, MelFilterbank
from keras_complex.ops import erb_filterbank, mel_filterbank
from tests.complex_numpy import complex_normal, pack, unpack
from tests.contract import check_layer
from tests.fuzzing import check_finite, fuzz, signals
from tests.gradients import assert_close

MEL = {
    "num_bands": 6,
    "sample_rate": 8000,
    "fft_length": 64,
    "low_hz": 100.0,
    "high_hz": 3800.0,
    "scale": "slaney",
    "normalization": "slaney",
}
ERB = {"num_bands": 6, "sample_rate": 8000, "fft_length": 64, "min_bins": 3}
CASES = {
    "mel": (MelFilterbank, MEL, mel_filterbank(**MEL)),
    "erb": (ERBFilterbank, ERB, erb_filterbank(**ERB)),
}


def each_layer(function):
    return pytest.mark.parametrize(
        ("cls", "arguments", "matrix"), CASES.values(), ids=CASES.keys()
    )(function)


def to_numpy(x):
    return keras.ops.convert_to_numpy(x)


@each_layer
def test_honours_the_contract(tmp_path, cls, arguments, matrix):
    check_layer(cls, {**arguments, "inverse": True}, [(2, 5, 6, 3)], tmp_path)


@each_layer
def test_pools_complex_spectrograms(rng, cls, arguments, matrix):
    z = complex_normal(rng, 2, 5, 33, 2)
    y = cls(**arguments)(pack(z))
    assert tuple(y.shape) == cls(**arguments).compute_output_shape((2, 5, 33, 4))
    expected = np.einsum("bfkc,km->bfmc", z, matrix)
    assert_close(unpack(y), expected, 1e-6)
    # Linear over complex scalars, although the matrix is real.
    rotated = cls(**arguments)(pack((2 - 3j) * z))
    assert_close(unpack(rotated), (2 - 3j) * expected, 1e-6)


@each_layer
def test_inverse_is_the_pseudo_inverse(rng, cls, arguments, matrix):
    bands = rng.normal(size=(2, 5, 6, 1)).astype("float32")
    bins = cls(**arguments, inverse=True)(bands)
    expected = np.einsum("bfmc,mk->bfkc", bands, np.linalg.pinv(matrix))
    assert_close(to_numpy(bins), expected, 1e-5)
    # There are fewer bands than bins, so nothing of the bands is lost.
    assert_close(to_numpy(cls(**arguments)(bins)), bands, 1e-5)


def test_gains_of_erb_bands_become_gains_of_bins(rng):
    gains = rng.uniform(size=(1, 2, 6, 1)).astype("float32")
    y = to_numpy(ERBFilterbank(**ERB, inverse=True)(gains))
    band = np.argmax(erb_filterbank(**ERB) > 0, axis=1)
    assert_close(y, gains[:, :, band], 1e-6)


@fuzz
@given(x=signals(3))
def test_is_finite_on_extreme_signals(x):
    x = np.repeat(x[:, :1], 33, axis=1)
    for cls, arguments, _ in CASES.values():
        check_finite(cls(**arguments), x)
        check_finite(cls(**arguments, inverse=True), x[:, :6])


@each_layer
def test_rejects_other_bins_and_arguments(cls, arguments, matrix):
    with pytest.raises(ValueError, match="expects 33 bins on the axis before"):
        cls(**arguments)(np.zeros((1, 5, 32, 1), "float32"))
    with pytest.raises(ValueError, match="expects 6 bands on the axis before"):
        cls(**arguments, inverse=True)(np.zeros((1, 5, 33, 1), "float32"))
    with pytest.raises(ValueError, match="`num_bands` and `sample_rate` must be"):
        cls(**{**arguments, "num_bands": 0})
