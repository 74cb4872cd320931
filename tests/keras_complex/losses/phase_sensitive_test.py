"""Tests of PhaseSensitiveLoss, against complex128."""

import keras
import numpy as np
import pytest

from keras_complex.losses import PhaseSensitiveLoss
from tests.complex_numpy import complex_normal


def to_numpy(x):
    return keras.ops.convert_to_numpy(x)


def parts(z):
    return np.stack([z.real, z.imag], axis=-1).astype("float32")


def to_complex(x):
    return x[..., 0] + 1j * x[..., 1]


def psa(source, mixture, mask):
    """The definition, with the phase of the mixture, bin by bin."""
    theta = np.angle(source) - np.angle(mixture)
    return (mask * np.abs(mixture) - np.abs(source) * np.cos(theta)) ** 2


def test_matches_the_definition_in_complex128(rng):
    source, mixture = complex_normal(rng, 2, 3, 5, 9)
    mask = rng.random(mixture.shape)
    values = PhaseSensitiveLoss().call(parts(source), parts(mask * mixture))
    expected = psa(source, mixture, mask).mean(axis=(1, 2))
    np.testing.assert_allclose(to_numpy(values), expected, rtol=1e-5)


def test_the_ideal_mask_has_no_loss(rng):
    source, mixture = complex_normal(rng, 2, 3, 5, 9)
    mask = (source / mixture).real
    mask = np.maximum(mask, 0)
    source = np.where(mask > 0, source, 0)
    assert float(PhaseSensitiveLoss()(parts(source), parts(mask * mixture))) < 1e-12


@pytest.mark.parametrize("scale", [0.0, 1e-20, 0.5])
def test_the_gradient_of_the_mask_is_that_of_the_definition(rng, evaluate, scale):
    """Of a mask of exactly 0 too, where the estimate has no phase."""
    source, mixture = complex_normal(rng, 2, 1, 5, 9)
    _, slope = evaluate(PhaseSensitiveLoss(), parts(source), parts(scale * mixture))
    slope_of_mask = np.real(to_complex(slope) * np.conj(mixture))
    cosine = np.cos(np.angle(source) - np.angle(mixture))
    expected = 2 * (scale * np.abs(mixture) - np.abs(source) * cosine)
    expected = expected * np.abs(mixture) / expected.size
    np.testing.assert_allclose(slope_of_mask, expected, atol=1e-6)


def test_the_gradient_leaves_the_phase(rng, evaluate):
    source, estimate = complex_normal(rng, 2, 3, 5, 9)
    _, slope = evaluate(PhaseSensitiveLoss(), parts(source), parts(estimate))
    turn = np.imag(to_complex(slope) * np.conj(estimate))
    np.testing.assert_allclose(turn, 0, atol=1e-7)


def test_ignores_a_rotation_of_both(rng):
    y, x = complex_normal(rng, 2, 3, 5, 9)
    values, rotated = (
        to_numpy(PhaseSensitiveLoss().call(parts(u * y), parts(u * x)))
        for u in (1, np.exp(2.5j))
    )
    np.testing.assert_allclose(rotated, values, rtol=1e-5)


def test_rejects_waveforms(rng):
    with pytest.raises(ValueError, match=r"must have the shape \(batch, frames, bins"):
        PhaseSensitiveLoss().call(*rng.normal(size=(2, 2, 50)))
