"""Tests of the normalizations over time."""

import keras
import numpy as np
import pytest
from hypothesis import given

from tests.contract import check_layer
from tests.fuzzing import check_finite, fuzz, signals
from tests.gradients import assert_close
from zoo.models.temporal_norms import (
    CumulativeLayerNormalization,
    GlobalLayerNormalization,
)

BOTH = pytest.mark.parametrize(
    "cls", [GlobalLayerNormalization, CumulativeLayerNormalization]
)


def run(layer, x):
    return keras.ops.convert_to_numpy(layer(x.astype("float32")))


def normalized(x, axes, epsilon):
    mean = x.mean(axes, keepdims=True)
    return (x - mean) / np.sqrt(x.var(axes, keepdims=True) + epsilon)


def expected(cls, x, epsilon=1e-8):
    """Normalizes in float64 as the equations of the paper say, frame by frame."""
    x = x.astype("float64")
    axes = tuple(range(1, x.ndim))
    if cls is GlobalLayerNormalization:
        return normalized(x, axes, epsilon)
    frames = range(1, x.shape[1] + 1)
    past = [normalized(x[:, :k], axes, epsilon)[:, -1] for k in frames]
    return np.stack(past, axis=1)


@BOTH
def test_honours_the_contract(cls, tmp_path):
    check_layer(cls, {"epsilon": 1e-3}, [(2, 5, 4)], tmp_path)


@BOTH
@pytest.mark.parametrize("shape", [(2, 9, 4), (1, 6, 3, 2), (2, 1, 3)])
def test_meets_the_equations_of_the_paper(rng, cls, shape):
    layer = cls(epsilon=0.01)
    x = 3 * rng.normal(size=shape) + 1
    run(layer, x)
    gamma, beta = rng.normal(size=(2, shape[-1]))
    layer.set_weights([gamma, beta])
    assert_close(run(layer, x), expected(cls, x, 0.01) * gamma + beta, 1e-5)


def test_no_frame_sees_a_later_one(rng):
    layer = CumulativeLayerNormalization()
    x = rng.normal(size=(2, 40, 3))
    y = run(layer, x)
    x[:, 17:] = 1e6 * rng.normal(size=(2, 23, 3))
    changed = run(layer, x)
    np.testing.assert_array_equal(changed[:, :17], y[:, :17])
    assert np.all(changed[:, 17:] != y[:, 17:])


@BOTH
def test_does_not_depend_on_the_level(rng, cls):
    x = rng.normal(size=(2, 30, 8))
    y = run(cls(), x)
    for gain in (1e-2, 1e4):
        assert_close(run(cls(), gain * x), y, 1e-4)


@BOTH
def test_silence_stays_silent(cls):
    assert not np.any(run(cls(), np.zeros((1, 10, 4))))


@BOTH
@pytest.mark.parametrize(("offset", "tolerance"), [(0, 1e-5), (10, 1e-4)])
def test_a_minute_is_as_exact_as_float32_allows(rng, cls, offset, tolerance):
    # 60 s at 8 kHz in steps of 8 samples. With the offset, the difference of the
    # mean square and the squared mean would be off by 4e-3.
    x = rng.normal(size=(1, 60_000, 4)).astype("float32") + np.float32(offset)
    z = x.astype("float64")
    if cls is GlobalLayerNormalization:
        reference = normalized(z, (1, 2), 1e-8)
    else:
        count = np.arange(1, 60_001)[:, None]
        mean = np.cumsum(z.mean(-1, keepdims=True), axis=1) / count
        power = np.cumsum(np.square(z).mean(-1, keepdims=True), axis=1) / count
        reference = (z - mean) / np.sqrt(power - mean**2 + 1e-8)
    assert_close(run(cls(), x), reference, tolerance)


@BOTH
@fuzz
@given(x=signals(rank=3))
def test_survives_any_input(cls, x):
    check_finite(cls(), x)


@BOTH
@pytest.mark.parametrize(
    ("arguments", "shape", "message"),
    [
        ({"epsilon": 0.0}, (1, 2, 3), "`epsilon` must be positive"),
        ({}, (1, 3), r"expects inputs \(batch, frames, channels\)"),
        ({}, (1, 2, None), "known number of channels"),
    ],
)
def test_rejects_what_is_out_of_range(cls, arguments, shape, message):
    with pytest.raises(ValueError, match=message):
        cls(**arguments).build(shape)
