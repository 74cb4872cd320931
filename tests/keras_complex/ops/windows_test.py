"""Tests of the windows, against scipy's."""

import json

import numpy as np
import pytest
import scipy.signal

from keras_complex.ops.windows import (
    check_invertible,
    freeze_window,
    least_window_sum,
    make_window,
    sum_of_squares,
)


@pytest.mark.parametrize("frame_length", [2, 7, 64])
@pytest.mark.parametrize(
    ("window", "scipy_window"),
    [
        ("hann", "hann"),
        ("hamming", "hamming"),
        ("blackman", "blackman"),
        ("rectangular", "boxcar"),
        (("kaiser", 8), ("kaiser", 8)),
    ],
)
def test_agrees_with_scipy(frame_length, window, scipy_window):
    expected = scipy.signal.get_window(scipy_window, frame_length)
    np.testing.assert_allclose(make_window(window, frame_length), expected, atol=1e-15)


def test_root_of_hann_squares_to_hann():
    root = make_window("sqrt_hann", 50)
    np.testing.assert_allclose(root**2, make_window("hann", 50), atol=1e-15)
    np.testing.assert_allclose(sum_of_squares(root, 25, 9)[25:-25], 1)
    np.testing.assert_allclose(least_window_sum(root, 25), 1e-6)


@pytest.mark.parametrize("window", ["hann", ("kaiser", 2.5), [0.5, 1.0, 0.5]])
def test_frozen_windows_survive_json(window):
    frozen = freeze_window(window)
    assert freeze_window(json.loads(json.dumps(frozen))) == frozen
    np.testing.assert_array_equal(make_window(frozen, 3), make_window(window, 3))


@pytest.mark.parametrize(
    ("window", "frame_step"),
    [("hann", 64), ("hann", 50), ("hamming", 128), ("rectangular", 129), ("hann", 127)],
)
def test_agrees_with_scipy_on_what_can_be_inverted(window, frame_step):
    # scipy knows no step beyond the length, and a stricter idea of 0.
    overlap = 128 - frame_step
    expected = overlap >= 0 and scipy.signal.check_NOLA(
        make_window(window, 128), 128, overlap, tol=1e-6
    )
    for center in (True, False):
        if expected:
            check_invertible(window, 128, frame_step, center)
        else:
            with pytest.raises(ValueError, match="more than 0 at every sample"):
                check_invertible(window, 128, frame_step, center)


@pytest.mark.parametrize(
    "window",
    ["bartlett", ("kaiser", -1.0), ("kaiser", "8"), [1.0, np.nan], [[1.0, 2.0]], ["a"]],
)
def test_rejects_other_windows(window):
    with pytest.raises(ValueError, match=r"`window` must be one of .* Received: win"):
        make_window(window, 2)


def test_rejects_another_length_and_shortens_its_message():
    with pytest.raises(ValueError, match="Received: 3 values, frame_length=4"):
        make_window([1.0, 2.0, 3.0], 4)
    with pytest.raises(ValueError, match=r"window=\[0.0, .*\.\.\., frame_length=99"):
        check_invertible([0.0] * 99, 99, 10)
