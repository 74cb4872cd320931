"""Tests of PowerCompressedLoss, against complex128."""

import keras
import numpy as np
import pytest

from keras_complex.losses import L2Loss, PowerCompressedLoss
from tests.complex_numpy import complex_normal


def to_numpy(x):
    return keras.ops.convert_to_numpy(x)


def parts(z):
    return np.stack([z.real, z.imag], axis=-1).astype("float32")


@pytest.mark.parametrize("exponent", [0.3, 0.5, 1.0])
@pytest.mark.parametrize("complex_weight", [0.0, 0.3, 1.0])
def test_matches_the_definition_in_complex128(rng, exponent, complex_weight):
    y, x = complex_normal(rng, 2, 3, 5, 9)
    loss = PowerCompressedLoss(exponent, complex_weight)
    compressed = [np.abs(z) ** exponent * np.exp(1j * np.angle(z)) for z in (y, x)]
    expected = (
        complex_weight * np.abs(compressed[0] - compressed[1]) ** 2
        + (1 - complex_weight) * (np.abs(y) ** exponent - np.abs(x) ** exponent) ** 2
    )
    np.testing.assert_allclose(
        to_numpy(loss.call(parts(y), parts(x))), expected.mean(axis=(1, 2)), rtol=1e-5
    )


def test_ignores_a_rotation_of_both(rng):
    y, x = complex_normal(rng, 2, 3, 5, 9)
    rotation = np.exp(0.7j)
    values, rotated = (
        to_numpy(PowerCompressedLoss().call(parts(u * y), parts(u * x)))
        for u in (1, rotation)
    )
    np.testing.assert_allclose(rotated, values, rtol=1e-5)


def test_scales_with_twice_the_exponent(rng):
    y, x = complex_normal(rng, 2, 3, 5, 9)
    value = float(PowerCompressedLoss(0.3)(parts(y), parts(x)))
    scaled = float(PowerCompressedLoss(0.3)(parts(100 * y), parts(100 * x)))
    assert scaled == pytest.approx(100**0.6 * value, rel=1e-5)


def test_without_compression_is_twice_l2(rng):
    """`L2Loss` counts the real and the imaginary part, this one the bin."""
    y, x = complex_normal(rng, 2, 3, 5, 9)
    value = float(PowerCompressedLoss(1.0, 1.0)(parts(y), parts(x)))
    assert value == pytest.approx(2 * float(L2Loss()(parts(y), parts(x))), rel=1e-5)


def test_weak_bins_have_gradients_of_bounded_size(evaluate):
    y = np.ones((1, 1, 1, 2))
    for size in (0.0, 1e-12, 1e-7, 1e-6, 1e-5):
        _, slope = evaluate(PowerCompressedLoss(0.3), y, size * y)
        assert np.all(np.abs(slope) < 1e5)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"exponent": 0.0}, r"`exponent` must lie in \(0, 1\].* Received: exponent=0."),
        ({"exponent": 1.5}, r"`exponent` must lie in \(0, 1\].* Received: exponent=1."),
        ({"complex_weight": -0.1}, r"`complex_weight` must lie in \[0, 1\]"),
        ({"complex_weight": 1.1}, r"`complex_weight` must lie in \[0, 1\]"),
    ],
)
def test_rejects_invalid_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        PowerCompressedLoss(**arguments)
