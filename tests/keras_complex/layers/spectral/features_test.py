"""Tests of the features of spectrograms, against native complex NumPy."""

import keras
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keras_complex.layers import (
    STFT,
    GroupDelay,
    InstantaneousFrequency,
    LogMagnitude,
    Magnitude,
    Phase,
    PolarToComplex,
    PowerCompression,
)
from tests.complex_numpy import complex_normal, pack, unpack
from tests.contract import check_layer
from tests.fuzzing import check_finite, fuzz, signals
from tests.gradients import assert_close

SHAPE = (2, 5, 9, 3)
LAYERS = {
    "magnitude": (Magnitude, {}),
    "phase": (Phase, {}),
    "log": (LogMagnitude, {"floor_db": -60.0}),
    "frequency": (InstantaneousFrequency, {"frame_step": 5}),
    "delay": (GroupDelay, {"frame_length": 12}),
    "compression": (PowerCompression, {"exponent": 0.5}),
}


def each_layer(function):
    return pytest.mark.parametrize(
        ("cls", "arguments"), LAYERS.values(), ids=LAYERS.keys()
    )(function)


def to_numpy(x):
    return keras.ops.convert_to_numpy(x)


@each_layer
def test_honours_the_contract(tmp_path, cls, arguments):
    check_layer(cls, arguments, [(2, 5, 9, 6)], tmp_path)


def test_polar_to_complex_honours_the_contract(tmp_path):
    check_layer(PolarToComplex, {}, [(2, 5, 3), (2, 5, 3)], tmp_path, real_input=True)


@fuzz
@given(x=signals(4), name=st.sampled_from(sorted(LAYERS)))
def test_is_finite_on_extreme_signals(x, name):
    cls, arguments = LAYERS[name]
    check_finite(cls(**arguments), x)


@fuzz
@given(x=signals(2))
def test_is_finite_far_from_the_defaults(x):
    check_finite(PowerCompression(10 / 3), x)
    check_finite(LogMagnitude(-250.0), x)


@pytest.mark.parametrize("scale", [1e-9, 1e-14, 1e-17, 1e-22, 1e-30, 1e-38])
def test_is_finite_next_to_silence(rng, scale):
    x = pack(complex_normal(rng, *SHAPE)) * np.float32(scale)
    for cls, arguments in LAYERS.values():
        check_finite(cls(**arguments), x)


def test_magnitude_and_phase_match_numpy(rng):
    z = complex_normal(rng, *SHAPE)
    assert_close(to_numpy(Magnitude()(pack(z))), np.abs(z), 1e-6)
    assert_close(to_numpy(Phase()(pack(z))), np.angle(z), 1e-6)
    assert_close(to_numpy(LogMagnitude()(pack(z))), 20 * np.log10(np.abs(z)), 1e-5)


def test_polar_form_inverts_magnitude_and_phase(rng):
    x = pack(complex_normal(rng, *SHAPE))
    y = PolarToComplex()([Magnitude()(x), Phase()(x)])
    assert_close(to_numpy(y), x, 1e-5)


@pytest.mark.parametrize("floor_db", [-300.0, -20.0])
def test_log_magnitude_has_a_floor(floor_db):
    z = np.array([[0.0, 1e-18, 10.0, 1e3j]])
    level = to_numpy(LogMagnitude(floor_db)(pack(z)))
    assert level[0, 0] == floor_db
    np.testing.assert_allclose(level[0, 2:], [20, 60], atol=1e-3)


@pytest.mark.parametrize("exponent", [0.3, 0.5, 2.0])
def test_compression_matches_numpy_and_inverts(rng, exponent):
    z = complex_normal(rng, *SHAPE)
    y = PowerCompression(exponent)(pack(z))
    expected = np.abs(z) ** exponent * np.exp(1j * np.angle(z))
    assert_close(unpack(y), expected, 1e-5)
    assert_close(to_numpy(PowerCompression(1 / exponent)(y)), pack(z), 1e-4)


def test_features_commute_with_a_phase_rotation_as_they_should(rng):
    z = complex_normal(rng, *SHAPE)
    rotated = z * np.exp(0.7j)
    for cls, arguments in LAYERS.values():
        layer = cls(**arguments)
        before, after = to_numpy(layer(pack(z))), to_numpy(layer(pack(rotated)))
        if cls is Phase:
            difference = np.angle(np.exp(1j * (after - before)))
            assert_close(difference, np.full_like(difference, 0.7), 1e-5)
        elif cls is PowerCompression:
            assert_close(unpack(after), unpack(before) * np.exp(0.7j), 1e-5)
        else:
            assert_close(after, before, 1e-4)


@pytest.mark.parametrize("frame_step", [None, 1, 5, 16])
def test_instantaneous_frequency_matches_numpy(rng, frame_step):
    z = complex_normal(rng, 2, 6, 9, 3)
    product = z[:, 1:] * z[:, :-1].conj()
    if frame_step is not None:
        bins = np.arange(9)[:, None]
        product = product * np.exp(-2j * np.pi * bins * frame_step / 16)
    y = to_numpy(InstantaneousFrequency(frame_step)(pack(z)))
    assert not np.any(y[:, 0])
    assert_close(np.exp(1j * y[:, 1:]), product / np.abs(product), 1e-5)
    assert np.abs(y).max() <= np.pi * (1 + 1e-6)


@pytest.mark.parametrize("frame_length", [None, 8, 16])
def test_group_delay_matches_numpy(rng, frame_length):
    z = complex_normal(rng, 2, 6, 9, 3)
    product = z[:, :, 1:].conj() * z[:, :, :-1]
    if frame_length is not None:
        product = product * np.exp(-2j * np.pi * frame_length / 2 / 16)
    y = to_numpy(GroupDelay(frame_length)(pack(z)))
    assert not np.any(y[:, :, 0])
    assert_close(np.exp(1j * y[:, :, 1:]), product / np.abs(product), 1e-5)


@pytest.mark.parametrize("offset_hz", [-12.0, 0.0, 7.5])
def test_instantaneous_frequency_finds_a_tone(offset_hz):
    tone = np.cos(2 * np.pi * (1000 + offset_hz) / 8000 * np.arange(8000))
    x = STFT(256, 64)(tone[None].astype("float32"))
    y = to_numpy(InstantaneousFrequency(64)(x))[0, 5:-5, 32, 0]
    np.testing.assert_allclose(y * 8000 / (2 * np.pi * 64), offset_hz, atol=0.05)


@pytest.mark.parametrize("delay", [-30, 0, 51])
def test_group_delay_finds_a_pulse(delay):
    x = STFT(256, 128)(np.eye(1, 2048, 1024 + delay, dtype="float32"))
    y = to_numpy(GroupDelay(256)(x))[0, 8, 1:, 0]
    np.testing.assert_allclose(y * 256 / (2 * np.pi), delay, atol=0.05)
    # From the start of the frame it is half a frame more.
    y = to_numpy(GroupDelay()(x))[0, 8, 1:, 0]
    start = (delay + 128 + 128) % 256 - 128
    np.testing.assert_allclose(
        np.exp(1j * y), np.exp(2j * np.pi * start / 256), atol=1e-3
    )


def test_silence_has_no_phase():
    zeros = np.zeros((1, 3, 5, 2), "float32")
    for layer in (Phase(), InstantaneousFrequency(4), GroupDelay(8)):
        assert not np.any(to_numpy(layer(zeros)))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: LogMagnitude(-400.0), "`floor_db` must lie between -300 and 300"),
        (lambda: PowerCompression(0.0), "`exponent` must be positive"),
        (lambda: InstantaneousFrequency(0), "`frame_step` must be a positive"),
        (lambda: GroupDelay(-1), "`frame_length` must be a positive"),
        (lambda: Magnitude()(np.zeros((1, 3))), "expects complex input packed"),
        (lambda: PowerCompression()(np.zeros((1, 3))), "expects complex input packed"),
        (lambda: PolarToComplex()(np.zeros((2, 3))), "must be two tensors"),
        (
            lambda: PolarToComplex()([np.zeros((2, 3)), np.zeros((2, 4))]),
            "Magnitude and phase must have the same shape",
        ),
    ],
)
def test_rejects_invalid_arguments_and_shapes(make, message):
    with pytest.raises(ValueError, match=message):
        make()
