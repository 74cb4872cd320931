"""Tests of ComplexRayleigh, against the moments of its distribution."""

import keras
import numpy as np
import pytest

from keras_complex.initializers import ComplexRayleigh


def unpack(x):
    real, imag = np.split(keras.ops.convert_to_numpy(x), 2, axis=-1)
    return real + 1j * imag


def mean_error(samples):
    """Four standard errors of a mean of unit-variance samples."""
    return 4 / np.sqrt(samples)


@pytest.mark.parametrize("mode", ["he", "glorot"])
@pytest.mark.parametrize("scale", ["theory", "published"])
@pytest.mark.parametrize(
    "shape", [(3, 3, 16, 64), (1, 1, 40, 80), (5, 8, 64), (60, 60)]
)
def test_has_the_standard_deviation_asked_for(mode, scale, shape):
    kernel = ComplexRayleigh(mode, scale, seed=1)(shape)
    fan = np.prod(shape[:-1])
    if mode == "glorot":
        fan = fan + np.prod(shape[:-2]) * shape[-1] // 2
    sigma = 1 / fan if scale == "published" else fan**-0.5
    w = unpack(kernel) / sigma
    tolerance = mean_error(w.size)
    for part in (w.real, w.imag):
        assert abs(part.mean()) < tolerance
        assert part.std() == pytest.approx(1, abs=tolerance)
    # Circular: neither correlated nor of different power.
    assert abs(np.mean(w**2)) < 2 * tolerance


def test_has_a_rayleigh_modulus_and_a_uniform_phase():
    w = unpack(ComplexRayleigh(seed=2)((3, 3, 32, 128)))
    sigma, samples = (9 * 32) ** -0.5, w.size
    modulus = np.sort(np.abs(w), axis=None)
    phase = np.sort(np.angle(w), axis=None)
    # Kolmogorov's distance from the distribution functions, 1.95: p = 0.001.
    steps = np.arange(samples) / samples
    rayleigh = 1 - np.exp(-(modulus**2) / (2 * sigma**2))
    uniform = (phase + np.pi) / (2 * np.pi)
    assert np.abs(rayleigh - steps).max() < 1.95 / np.sqrt(samples)
    assert np.abs(uniform - steps).max() < 1.95 / np.sqrt(samples)


@pytest.mark.parametrize("mode", ["he", "glorot"])
def test_published_scale_has_the_statistics_of_the_public_code(golden, mode):
    arrays = golden("init_weights")[1]
    for part, name in enumerate(["real", "imag"]):
        # One small kernel there, so that its sampling error rules: 4 of them.
        expected = arrays[f"complex_{mode}.{name}"]
        kernel = ComplexRayleigh(mode, "published", seed=3)
        draws = [np.split(np.array(kernel((3, 3, 3, 8))), 2, axis=-1)[part]]
        tolerance = mean_error(expected.size) + mean_error(draws[0].size)
        assert np.std(draws) == pytest.approx(expected.std(), rel=tolerance)
        assert abs(np.mean(draws) - expected.mean()) < tolerance * expected.std()


def test_a_he_kernel_doubles_the_power_of_circular_noise():
    keras.utils.set_random_seed(0)
    w = keras.ops.convert_to_numpy(ComplexRayleigh()((3, 3, 32, 64)))
    real, imag = np.split(w, 2, axis=-1)
    x = np.random.normal(size=(4, 12, 12, 64)).astype("float32") / 2**0.5
    block = np.concatenate(
        [np.concatenate([real, imag], -1), np.concatenate([-imag, real], -1)], -2
    )
    y = keras.ops.convert_to_numpy(keras.ops.conv(x, block, padding="valid"))
    assert np.mean(np.abs(unpack(y)) ** 2) == pytest.approx(2.0, rel=0.05)
