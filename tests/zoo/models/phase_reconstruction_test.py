"""Tests of Griffin-Lim and MISI, against complex128 NumPy."""

import keras
import numpy as np
import pytest
from hypothesis import given, settings

from keras_complex.ops import stft
from tests.contract import check_layer
from tests.fuzzing import EXAMPLES, check_finite, fuzz, signals
from tests.gradients import assert_close, call, central_difference, layer_gradients
from zoo.models.phase_reconstruction import MISI, GriffinLim

FRAMES = {"frame_length": 16, "frame_step": 4}
HALF, STEP = 8, 4
WINDOW = np.sin(np.pi * np.arange(16) / 16) ** 2
# Inner bins stand for their mirror images as well.
WEIGHTS = np.array([1, *[2] * 7, 1])


def parts(z):
    return np.stack([z.real, z.imag], axis=-1).astype("float32")


def to_complex(x):
    x = np.asarray(keras.ops.convert_to_numpy(x), "float64")
    return x[..., 0] + 1j * x[..., 1]


def transform(x):
    padded = np.pad(x, [(0, 0)] * (x.ndim - 1) + [(HALF, HALF)])
    starts = range(0, x.shape[-1] + 1, STEP)
    return np.fft.rfft(
        np.stack([padded[..., s : s + 16] * WINDOW for s in starts], axis=-2)
    )


def invert(z):
    samples = (z.shape[-2] - 1) * STEP
    total, weight = np.zeros((*z.shape[:-2], samples + 16)), np.zeros(samples + 16)
    for m, frame in enumerate(np.moveaxis(np.fft.irfft(z), -2, 0)):
        total[..., m * STEP : m * STEP + 16] += frame * WINDOW
        weight[m * STEP : m * STEP + 16] += WINDOW**2
    return (total / np.maximum(weight, 1e-12))[..., HALF : HALF + samples]


def griffin_lim(z, iterations, momentum=0.0):
    magnitude, t = np.abs(z), z
    for _ in range(iterations):
        before, z = z, magnitude * np.exp(1j * np.angle(transform(invert(t))))
        t = z + momentum * (z - before)
    return z


def misi(z, mixture, iterations):
    """Returns the results under both of their names, of one example."""
    magnitude, x = np.abs(z), invert(mixture)
    for _ in range(iterations):
        sources = invert(z)
        sources = sources + (x - sources.sum(axis=0)) / len(sources)
        z = magnitude * np.exp(1j * np.angle(transform(sources)))
    return {"magnitudes": z, "mixture": transform(sources)}


def mixture_of(rng, speakers=3, samples=80):
    """Masked mixtures, `(batch, speakers, frames, bins)`, and their mixture."""
    syllables = np.sin(rng.uniform(0, 3, (2, speakers, 1)) + np.arange(samples) / 9)
    sources = transform(syllables * rng.normal(size=(2, speakers, samples)))
    mixture = sources.sum(axis=1)
    share = np.abs(sources) / np.abs(sources).sum(axis=1, keepdims=True)
    return share * mixture[:, None], mixture


def distance(magnitude, z):
    """Squared distance of magnitudes, mirror images included."""
    return np.sum(WEIGHTS * (np.abs(z) - magnitude) ** 2)


@pytest.mark.parametrize("cls", [GriffinLim, MISI])
def test_contract(tmp_path, cls):
    arguments, shapes = {"iterations": 2, **FRAMES}, [(2, 6, 9, 2)]
    if cls is MISI:
        arguments["result"], shapes = "mixture", [(2, 3, 6, 9, 2), (2, 6, 9, 2)]
    else:
        arguments["momentum"] = 0.5
    check_layer(cls, arguments, shapes, tmp_path)


@pytest.mark.parametrize("momentum", [0.0, 0.99])
def test_griffin_lim_meets_the_equations(rng, momentum):
    x, _ = mixture_of(rng)
    for iterations in (1, 4):
        actual = call(GriffinLim(iterations, momentum, **FRAMES), [parts(x)])
        expected = griffin_lim(x, iterations, momentum)
        assert_close(to_complex(actual), expected, 2e-4)


@pytest.mark.parametrize("result", ["magnitudes", "mixture"])
@pytest.mark.parametrize("speakers", [1, 2, 4])
def test_misi_meets_the_equations(rng, result, speakers):
    x, mixture = mixture_of(rng, speakers)
    for iterations in (1, 4):
        layer = MISI(iterations, result, **FRAMES)
        actual = call(layer, [parts(x), parts(mixture)])
        expected = np.stack([
            misi(*example, iterations)[result]
            for example in zip(x, mixture, strict=True)
        ])  # fmt: skip
        assert_close(to_complex(actual), expected, 2e-4)


def test_griffin_lim_comes_nearer_in_every_iteration(rng):
    x = to_complex(parts(rng.normal(size=(1, 21, 9)) * np.exp(1j * rng.normal())))
    distances = [distance(np.abs(x), transform(invert(x)))]
    y = parts(x)
    for _ in range(12):
        y = keras.ops.convert_to_numpy(call(GriffinLim(1, **FRAMES), [y]))
        np.testing.assert_allclose(np.abs(to_complex(y)), np.abs(x), rtol=1e-4)
        distances.append(distance(np.abs(x), transform(invert(to_complex(y)))))
    assert np.all(np.diff(distances) < 0)
    assert distances[-1] < 0.5 * distances[0]
    whole = call(GriffinLim(12, **FRAMES), [parts(x)])
    assert_close(to_complex(whole), to_complex(y), 1e-2)


def test_momentum_ends_nearer(rng):
    """Of magnitudes that a waveform has."""
    x = np.abs(transform(rng.normal(size=(1, 160)))) + 0j
    x *= np.exp(2j * np.pi * rng.random(x.shape))
    ends = [
        to_complex(call(GriffinLim(40, momentum, **FRAMES), [parts(x)]))
        for momentum in (0.0, 0.99)
    ]
    slow, fast = (distance(np.abs(x), transform(invert(y))) for y in ends)
    assert fast < 0.8 * slow


def test_a_consistent_spectrogram_stays(rng):
    x = keras.ops.convert_to_numpy(stft(rng.normal(size=(2, 96)), 16, 4))
    assert_close(to_complex(call(GriffinLim(3, **FRAMES), [x])), to_complex(x), 1e-4)
    sources = transform(rng.normal(size=(2, 3, 96)))
    inputs = [parts(sources), parts(sources.sum(axis=1))]
    assert_close(to_complex(call(MISI(3, **FRAMES), inputs)), sources, 1e-4)


def test_misi_sums_to_the_mixture_and_comes_nearer_in_every_iteration(rng):
    x, mixture = mixture_of(rng)
    distances = []
    for iterations in range(1, 9):
        layer = MISI(iterations, "mixture", **FRAMES)
        y = to_complex(call(layer, [parts(x), parts(mixture)]))
        assert_close(y.sum(axis=1), mixture, 1e-5)
        distances.append(distance(np.abs(x), y))
    assert np.all(np.diff(distances) < 0)
    assert distances[-1] < 0.8 * distances[0]


def test_misi_keeps_the_magnitudes(rng):
    x, mixture = mixture_of(rng)
    y = to_complex(call(MISI(3, **FRAMES), [parts(x), parts(mixture)]))
    assert_close(np.abs(y), np.abs(x), 1e-6)


def test_misi_does_not_mind_the_order_of_speakers(rng):
    x, mixture = mixture_of(rng)
    layer = MISI(3, **FRAMES)
    y = to_complex(call(layer, [parts(x), parts(mixture)]))
    turned = to_complex(call(layer, [parts(x[:, ::-1]), parts(mixture)]))
    assert_close(turned, y[:, ::-1], 1e-4)


@pytest.mark.parametrize("result", ["magnitudes", "mixture"])
def test_the_gradient_of_a_mask_is_that_of_the_equations(rng, result):
    x, mixture = mixture_of(rng, speakers=2)
    x, mixture = x[:1], mixture[:1]
    weights, direction = rng.normal(size=(*x.shape, 2)), rng.normal(size=x.shape)

    def value(mask):
        y = misi((mask * x)[0], mixture[0], 2)[result]
        return np.sum(np.stack([y.real, y.imag], axis=-1) * weights[0])

    expected = central_difference(value, np.ones(x.shape), direction)
    inputs = [parts(x), parts(mixture)]
    slope, _ = layer_gradients(MISI(2, result, **FRAMES), inputs, parts_of(weights))
    actual = np.sum(np.real(to_complex(slope[0]) * np.conj(x)) * direction)
    assert actual == pytest.approx(expected, rel=1e-2)


def parts_of(weights):
    return weights.astype("float32")


@settings(fuzz, max_examples=min(EXAMPLES, 10))
@given(x=signals(rank=4, channels=1, minimum=2))
def test_is_finite_whatever_comes(x):
    # Nine bins belong to the frames; signals have up to seven.
    x = np.tile(x, (1, 1, 5, 1))[:, :, :9]
    check_finite(GriffinLim(3, 0.9, **FRAMES), x)
    estimates = np.stack([x, np.zeros_like(x), -x[:, ::-1]], axis=1)
    check_finite(MISI(2, **FRAMES), estimates, x)


def test_silence_stays_silent():
    x = np.zeros((1, 2, 6, 9, 2), "float32")
    assert not np.any(keras.ops.convert_to_numpy(GriffinLim(2, **FRAMES)(x)))
    for result in ("magnitudes", "mixture"):
        y = MISI(2, result, **FRAMES)([x, x[:, 0]])
        assert not np.any(keras.ops.convert_to_numpy(y))


@pytest.mark.parametrize("cls", [GriffinLim, MISI])
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"iterations": 0}, "`iterations` must be at least 1"),
        ({"frame_step": 200}, "`frame_step` must lie between"),
        ({"frame_length": 7}, "`frame_length` must be"),
    ],
)
def test_rejects_invalid_arguments(cls, arguments, message):
    with pytest.raises(ValueError, match=message):
        cls(**arguments)


def test_rejects_what_only_one_of_them_has():
    with pytest.raises(ValueError, match="`momentum` must be at least 0"):
        GriffinLim(momentum=-0.1)
    with pytest.raises(ValueError, match='`result` must be "magnitudes" or "mixture"'):
        MISI(result="waveforms")


def test_rejects_other_shapes():
    with pytest.raises(ValueError, match=r"129, 2\) for frame_length=256"):
        GriffinLim()(np.zeros((1, 4, 9, 2)))
    with pytest.raises(ValueError, match="The inputs must be estimates"):
        MISI()([np.zeros((1, 4, 129, 2)), np.zeros((1, 4, 129, 2))])
