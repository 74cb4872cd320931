"""Tests of the layers that drop or disturb complex values in training."""

import keras
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keras_complex import layers
from tests.complex_numpy import complex_normal, pack, unpack
from tests.contract import check_layer
from tests.fuzzing import check_finite, fuzz, signals

SPATIAL = {
    1: layers.ComplexSpatialDropout1D,
    2: layers.ComplexSpatialDropout2D,
    3: layers.ComplexSpatialDropout3D,
}
DROPOUTS = [layers.ComplexDropout, layers.ComplexGaussianDropout, *SPATIAL.values()]
RANDOM = [layers.ComplexDropout, layers.ComplexGaussianDropout]
RANDOM += [layers.ComplexGaussianNoise, layers.ComplexSpatialDropout1D]


def contracts():
    dropout = {"rate": 0.3, "noise_shape": (None, 1, None), "seed": 7}
    yield layers.ComplexDropout, dropout, (2, 5, 4)
    yield layers.ComplexGaussianDropout, {"rate": 0.3, "seed": 7}, (2, 5, 6, 4)
    yield layers.ComplexGaussianNoise, {"stddev": 0.3, "seed": 7}, (2, 5, 6, 4)
    for rank, cls in SPATIAL.items():
        yield cls, {"rate": 0.3, "seed": 7}, (2, *(5, 6, 3)[:rank], 4)


@pytest.mark.parametrize(("cls", "arguments", "shape"), [*contracts()])
def test_honours_the_contract(tmp_path, cls, arguments, shape):
    check_layer(cls, arguments, [shape], tmp_path, deterministic=False)


@pytest.mark.parametrize("cls", RANDOM)
def test_is_the_identity_in_inference_and_at_zero(rng, cls):
    x = pack(complex_normal(rng, 2, 5, 3))
    for y in (cls(0.5)(x), cls(0.0)(x, training=True)):
        np.testing.assert_array_equal(keras.ops.convert_to_numpy(y), x)


@pytest.mark.parametrize("cls", RANDOM)
def test_a_seed_fixes_the_draws_of_all_steps(rng, cls):
    x = pack(complex_normal(rng, 10, 2, 10))
    one, other = cls(0.5, seed=3), cls(0.5, seed=4)
    restored = cls.from_config(one.get_config())
    steps = [
        [keras.ops.convert_to_numpy(f(x, training=True)) for _ in range(2)]
        for f in (one, restored, other)
    ]
    np.testing.assert_array_equal(steps[0], steps[1])
    assert np.any(steps[0][0] != steps[0][1])
    assert np.any(steps[0][0] != steps[2][0])


def test_drops_both_parts_and_keeps_the_mean(rng):
    z = complex_normal(rng, 4, 500, 20)
    layer = layers.ComplexDropout(0.3, seed=1)
    gain = unpack(layer(pack(z), training=True)) / z
    dropped = gain == 0
    np.testing.assert_allclose(gain[~dropped], 1 / 0.7, rtol=1e-5)
    assert dropped.mean() == pytest.approx(0.3, abs=0.01)
    # Draws differ among examples, places and channels.
    for axis in range(3):
        assert np.ptp(dropped.astype(int), axis).mean() > 0.5


@pytest.mark.parametrize(
    ("noise_shape", "shared"),
    [((None, 1, None), (1,)), ((1, None, 1), (0, 2)), ((40, 1, 1), (1, 2))],
)
def test_shares_draws_along_axes_of_size_one(rng, noise_shape, shared):
    z = complex_normal(rng, 40, 30, 20)
    layer = layers.ComplexDropout(0.3, noise_shape, seed=1)
    gain = abs(unpack(layer(pack(z), training=True)) / z)
    np.testing.assert_allclose(np.ptp(gain, shared), 0, atol=1e-4)
    assert np.ptp(gain) > 1


@pytest.mark.parametrize("rank", SPATIAL)
def test_drops_whole_maps(rng, rank):
    z = complex_normal(rng, 20, *(4, 3, 2)[:rank], 50)
    gain = abs(unpack(SPATIAL[rank](0.3, seed=1)(pack(z), training=True)) / z)
    gain = gain.reshape(20, -1, 50)
    np.testing.assert_allclose(np.ptp(gain, 1), 0, atol=1e-4)
    dropped = gain[:, 0] == 0
    assert dropped.mean() == pytest.approx(0.3, abs=0.05)
    np.testing.assert_allclose(gain[:, 0][~dropped], 1 / 0.7, rtol=1e-5)


def test_gaussian_dropout_has_real_gains_of_its_variance(rng):
    z = complex_normal(rng, 4, 500, 20)
    gain = unpack(layers.ComplexGaussianDropout(0.2, seed=1)(pack(z), training=True))
    gain = gain / z
    np.testing.assert_allclose(gain.imag, 0, atol=1e-4)
    assert gain.real.mean() == pytest.approx(1, abs=0.01)
    assert gain.real.var() == pytest.approx(0.25, rel=0.03)


def test_gaussian_noise_is_circular(rng):
    z = complex_normal(rng, 4, 2000, 20)
    layer = layers.ComplexGaussianNoise(3.0, seed=1)
    noise = unpack(layer(pack(z), training=True)) - z
    assert abs(noise.mean()) < 0.03
    assert (abs(noise) ** 2).mean() == pytest.approx(9, rel=0.01)
    # The pseudo-variance of circular noise is 0.
    assert abs((noise**2).mean()) < 0.1


@pytest.mark.parametrize("cls", DROPOUTS)
@pytest.mark.parametrize("rate", [-0.1, 1.0])
def test_rejects_rates_that_are_none(cls, rate):
    with pytest.raises(ValueError, match="`rate` must be at least 0 and less than 1"):
        cls(rate)


def test_rejects_negative_noise():
    with pytest.raises(ValueError, match="`stddev` must not be negative"):
        layers.ComplexGaussianNoise(-1.0)


def test_rejects_a_noise_shape_of_another_rank():
    layer = layers.ComplexDropout(0.5, (None, 1))
    with pytest.raises(ValueError, match="`noise_shape` must have as many axes"):
        layer(np.zeros((1, 2, 4)), training=True)


@fuzz
@given(x=signals(rank=3), cls=st.sampled_from(RANDOM))
def test_survives_any_input(x, cls):
    check_finite(cls(0.4, seed=1), x, training=True)
