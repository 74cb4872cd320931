"""Tests of ComplexVarianceScaling, against the moments of its distributions."""

import keras
import numpy as np
import pytest

from keras_complex.initializers import ComplexVarianceScaling
from tests.complex_numpy import unpack

SHAPE = (3, 3, 16, 2 * 40)


@pytest.mark.parametrize("mode", ["he", "glorot"])
@pytest.mark.parametrize("distribution", ["uniform", "normal"])
def test_has_parts_of_the_variance_of_the_theory(mode, distribution):
    w = unpack(ComplexVarianceScaling(mode, distribution, seed=1)(SHAPE))
    w = w * np.sqrt(9 * 16 + (9 * 40 if mode == "glorot" else 0))
    tolerance = 4 / np.sqrt(w.size)
    for part in (w.real, w.imag):
        assert abs(part.mean()) < tolerance
        assert part.std() == pytest.approx(1, abs=tolerance)
    assert abs(np.mean(w**2)) < 2 * tolerance


def test_distributions_have_their_kurtosis_and_bound():
    uniform, normal = (
        unpack(ComplexVarianceScaling("he", name, seed=2)(SHAPE)).real * np.sqrt(9 * 16)
        for name in ("uniform", "normal")
    )
    assert np.mean(uniform**4) == pytest.approx(9 / 5, rel=0.05)
    assert np.mean(normal**4) == pytest.approx(3, rel=0.1)
    assert np.abs(uniform).max() <= 3**0.5 * (1 + 1e-6)


@pytest.mark.parametrize("seed", [5, None, keras.random.SeedGenerator(5)])
def test_round_trips_through_its_config(seed):
    initializer = ComplexVarianceScaling("glorot", "normal", seed)
    config = keras.initializers.serialize(initializer)
    assert config["registered_name"] == "keras_complex>ComplexVarianceScaling"
    restored = keras.initializers.deserialize(config)
    assert restored.get_config() == initializer.get_config()
    if seed is not None:
        np.testing.assert_array_equal(
            unpack(restored(SHAPE)), unpack(initializer(SHAPE))
        )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"mode": "lecun"}, '`mode` must be "he" or "glorot". Received: mode='),
        ({"distribution": "cauchy"}, '`distribution` must be "uniform" or "normal"'),
        ({"seed": "0"}, "`seed` must be an integer, .* Received: seed='0'"),
    ],
)
def test_rejects_invalid_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        ComplexVarianceScaling(**arguments)
