"""Tests of AntiWrappingPhaseLoss, against complex128."""

import keras
import numpy as np
import pytest

from keras_complex.losses import AntiWrappingPhaseLoss
from tests.complex_numpy import complex_normal

TERMS = ("phase_weight", "group_delay_weight", "frequency_weight")


def to_numpy(x):
    return keras.ops.convert_to_numpy(x)


def parts(z):
    return np.stack([z.real, z.imag], axis=-1).astype("float32")


def only(term):
    return AntiWrappingPhaseLoss(**{name: float(name == term) for name in TERMS})


def anti_wrap(x):
    return np.abs(x - 2 * np.pi * np.round(x / (2 * np.pi)))


def errors(y, x, term):
    """The definition: differences of angles, and of their differences."""
    y, x = np.angle(y), np.angle(x)
    if term == "group_delay_weight":
        y, x = np.diff(y, axis=-1), np.diff(x, axis=-1)
    if term == "frequency_weight":
        y, x = np.diff(y, axis=-2), np.diff(x, axis=-2)
    return anti_wrap(x - y)


@pytest.mark.parametrize("term", TERMS)
def test_matches_the_definition_in_complex128(rng, term):
    y, x = complex_normal(rng, 2, 3, 5, 9)
    values = to_numpy(only(term).call(parts(y), parts(x)))
    np.testing.assert_allclose(values, errors(y, x, term).mean(axis=(1, 2)), rtol=1e-5)


def test_adds_the_weighted_terms(rng):
    y, x = complex_normal(rng, 2, 3, 5, 9)
    weights = (0.5, 2.0, 3.0)
    terms = [to_numpy(only(term).call(parts(y), parts(x))) for term in TERMS]
    values = to_numpy(AntiWrappingPhaseLoss(*weights).call(parts(y), parts(x)))
    np.testing.assert_allclose(values, np.dot(weights, terms), rtol=1e-5)


@pytest.mark.parametrize("term", TERMS)
def test_crosses_the_cut_of_the_phase(term):
    """An error of 0.2 around pi, where the difference of angles is nearly 2 pi."""
    angle = np.full((1, 2, 2), np.pi - 0.1)
    y, x = np.exp(1j * angle), np.exp(1j * angle)
    x[:, 1, 1] *= np.exp(0.2j)
    count = {"phase_weight": 4, "group_delay_weight": 2, "frequency_weight": 2}[term]
    assert float(only(term)(parts(y), parts(x))) == pytest.approx(0.2 / count, rel=1e-5)


def test_sees_what_its_terms_should(rng):
    y = complex_normal(rng, 1, 5, 9)
    sign, delay = -y, y * np.exp(-0.3j * np.arange(9))
    shift = y * np.exp(0.4j * np.arange(5))[:, None]
    expected = {
        "phase_weight": (np.pi, None, None),
        "group_delay_weight": (0, 0.3, 0),
        "frequency_weight": (0, 0, 0.4),
    }
    for term, values in expected.items():
        for x, value in zip((sign, delay, shift), values, strict=True):
            if value is not None:
                actual = float(only(term)(parts(y), parts(x)))
                assert actual == pytest.approx(value, rel=1e-5, abs=1e-5)


def test_ignores_magnitudes(rng):
    y, x = complex_normal(rng, 2, 3, 5, 9)
    expected = to_numpy(AntiWrappingPhaseLoss().call(parts(y), parts(x)))
    louder = x * 10 ** rng.uniform(-3, 3, size=x.shape)
    values = to_numpy(AntiWrappingPhaseLoss().call(parts(y), parts(louder)))
    np.testing.assert_allclose(values, expected, rtol=1e-5)


@pytest.mark.parametrize("term", TERMS)
def test_leaves_silent_bins_out(rng, evaluate, term):
    y, x = complex_normal(rng, 2, 1, 5, 9)
    y[0, 1, 2] = x[0, 3, 4] = 0
    silent = (y == 0) | (x == 0)
    values, slope = evaluate(only(term), parts(y), parts(x))
    if term == "group_delay_weight":
        valid = ~silent[..., 1:] & ~silent[..., :-1]
    elif term == "frequency_weight":
        valid = ~silent[:, 1:] & ~silent[:, :-1]
    else:
        valid = ~silent
    expected = errors(y, x, term)[valid].mean()
    assert values[0] == pytest.approx(expected, rel=1e-5)
    np.testing.assert_array_equal(slope[silent], 0)


@pytest.mark.parametrize("term", TERMS)
def test_rejects_negative_weights(term):
    message = f"`{term}` must not be negative. Received: {term}=-1.0"
    with pytest.raises(ValueError, match=message):
        AntiWrappingPhaseLoss(**{term: -1.0})
