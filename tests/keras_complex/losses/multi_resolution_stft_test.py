"""Tests of MultiResolutionSTFTLoss, against NumPy's FFT."""

import keras
import numpy as np
import pytest

from keras_complex.losses import MultiResolutionSTFTLoss

RESOLUTIONS = ((64, 16), (128, 40))


def to_numpy(x):
    return keras.ops.convert_to_numpy(x)


def magnitudes(x, frame_length, frame_step):
    """Frames centred on the multiples of `frame_step`, in float64."""
    half = frame_length // 2
    padded = np.pad(x, (half, 2 * frame_length))
    window = np.hanning(frame_length + 1)[:-1]
    frames = range(1 + -(-len(x) // frame_step))
    return np.abs(
        [np.fft.rfft(window * padded[m * frame_step :][:frame_length]) for m in frames]
    )


def terms(y, x, resolution):
    """Equations 4 and 5 of Yamamoto et al. (2020) on one waveform."""
    y, x = magnitudes(y, *resolution), magnitudes(x, *resolution)
    convergence = np.linalg.norm(y - x) / np.linalg.norm(y)
    y, x = np.maximum(y, 1e-5), np.maximum(x, 1e-5)
    return convergence, np.mean(np.abs(np.log(y) - np.log(x)))


@pytest.mark.parametrize("weights", [(1.0, 0.0), (0.0, 1.0), (0.5, 2.0)])
def test_matches_the_definition(rng, weights):
    y, x = rng.normal(size=(2, 3, 500))
    values = to_numpy(MultiResolutionSTFTLoss(RESOLUTIONS, *weights).call(y, x))
    expected = [
        np.mean([np.dot(weights, terms(*pair, r)) for r in RESOLUTIONS])
        for pair in zip(y, x, strict=True)
    ]
    np.testing.assert_allclose(values, expected, rtol=1e-4)


@pytest.mark.parametrize("length", [320, 333, 400])
def test_a_mask_ends_the_waveform(rng, length):
    y, x = rng.normal(size=(2, 1, 500))
    mask = (np.arange(500) < length)[None]
    loss = MultiResolutionSTFTLoss(RESOLUTIONS)
    value = float(loss(np.stack([y, mask], axis=-1), x))
    assert value == pytest.approx(float(loss(y[:, :length], x[:, :length])), rel=1e-5)


def test_ignores_the_sign_and_the_scale_of_both(rng):
    y, x = rng.normal(size=(2, 2, 500))
    loss = MultiResolutionSTFTLoss(RESOLUTIONS)
    expected = float(loss(y, x))
    assert float(loss(-10 * y, 10 * x)) == pytest.approx(expected, rel=1e-4)
    assert float(loss(y, -y)) == pytest.approx(0, abs=1e-5)


def test_a_silent_reference_asks_for_silence_by_logarithms_alone(rng, evaluate):
    silence, x = np.zeros((1, 500)), rng.normal(size=(1, 500))
    convergence = MultiResolutionSTFTLoss(RESOLUTIONS, log_weight=0.0)
    values, slope = evaluate(convergence, silence, x)
    assert values == 0
    np.testing.assert_array_equal(slope, 0)
    loss = MultiResolutionSTFTLoss(RESOLUTIONS)
    assert float(loss(silence, 0.1 * x)) < float(loss(silence, x))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"resolutions": ()}, "`resolutions` must hold at least one pair.* Received"),
        ({"resolutions": ((63, 16),)}, "`frame_length` must be an even number"),
        ({"resolutions": ((64, 40),)}, "`frame_step` must lie between"),
        ({"convergence_weight": -1.0}, "`convergence_weight` must not be negative. R"),
        ({"log_weight": -1.0}, "`log_weight` must not be negative. Received: log_we"),
    ],
)
def test_rejects_invalid_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        MultiResolutionSTFTLoss(**arguments)


def test_rejects_several_speakers(rng):
    with pytest.raises(ValueError, match=r"must have the shape \(batch, samples\)"):
        MultiResolutionSTFTLoss().call(*rng.normal(size=(2, 1, 3, 500)))
