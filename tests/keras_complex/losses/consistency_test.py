"""Tests of ConsistencyLoss, against a projection by least squares."""

import keras
import numpy as np
import pytest

from keras_complex.losses import ConsistencyLoss
from keras_complex.ops import stft


def to_numpy(x):
    return keras.ops.convert_to_numpy(x)


@pytest.mark.parametrize(("frame_length", "frame_step"), [(256, 128), (64, 16)])
def test_is_0_for_transforms_of_waveforms(rng, frame_length, frame_step):
    x = stft(rng.normal(size=(2, 1024)).astype("float32"), frame_length, frame_step)
    values = to_numpy(ConsistencyLoss(frame_length, frame_step).call(x, x))
    assert np.all(values < 1e-10 * np.mean(to_numpy(x) ** 2))


def test_is_the_distance_of_a_projection(rng):
    """Analysis and synthesis in complex128, as matrices of one small transform.

    The inverse takes the Hermitian part of a frame, hence the weights of bins.
    """
    length, step, frames = 8, 2, 5
    samples, half = (frames - 1) * step, length // 2
    window = np.hanning(length + 1)[:-1]
    analysis = np.zeros((frames, half + 1, samples), complex)
    for m in range(frames):
        for n in range(length):
            if 0 <= m * step + n - half < samples:
                kernel = np.exp(-2j * np.pi * n * np.arange(half + 1) / length)
                analysis[m, :, m * step + n - half] = window[n] * kernel
    rows = analysis.reshape(-1, samples)
    weights = np.sqrt(np.tile([1, *[2] * (half - 1), 1], frames))
    real = np.concatenate([rows.real, rows.imag]) * np.tile(weights, 2)[:, None]
    z = rng.normal(size=(frames, half + 1, 2)) @ [1, 1j]
    z_real = np.concatenate([z.ravel().real, z.ravel().imag]) * np.tile(weights, 2)
    waveform = np.linalg.lstsq(real, z_real, rcond=None)[0]
    expected = np.mean(np.abs(z - analysis @ waveform) ** 2) / 2
    x = np.stack([z.real, z.imag], axis=-1)[None]
    assert float(ConsistencyLoss(8, 2)(x, x)) == pytest.approx(expected, rel=1e-5)


def test_is_quadratic_and_blind_to_the_sign(rng):
    x = rng.normal(size=(1, 6, 9, 2))
    loss = ConsistencyLoss(16, 4)
    assert float(loss(x, -3 * x)) == pytest.approx(9 * float(loss(x, x)), rel=1e-5)


def test_ignores_the_reference(rng):
    y, x = rng.normal(size=(2, 1, 6, 9, 2))
    loss = ConsistencyLoss(16, 4)
    assert float(loss(y, x)) == float(loss(x, x))


def test_sees_a_phase_that_does_not_fit_its_neighbours(rng):
    x = to_numpy(stft(rng.normal(size=(1, 1024)).astype("float32")))
    turned = x.copy()
    turned[:, 3] *= -1
    assert float(ConsistencyLoss()(x, turned)) > 0.01 * np.mean(x**2)
    # A sign of all frames is that of the waveform.
    assert float(ConsistencyLoss()(x, -x)) < 1e-10 * np.mean(x**2)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"frame_length": 3}, "`frame_length` must be"),
        ({"frame_step": 200}, "`frame_step` must"),
    ],
)
def test_rejects_invalid_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        ConsistencyLoss(**arguments)


@pytest.mark.parametrize("shape", [(1, 5, 128, 2), (1, 1, 129, 2), (5, 129, 2)])
def test_rejects_shapes_it_cannot_invert(shape):
    with pytest.raises(ValueError, match="must have two frames or more and 129 bins"):
        ConsistencyLoss().call(np.zeros(shape), np.zeros(shape))
