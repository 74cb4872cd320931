"""Tests of oracle masks, against complex128 NumPy."""

import types

import keras
import numpy as np
import pytest

from tests.complex_numpy import complex_normal
from tests.gradients import gradient
from zoo.evaluate import evaluate
from zoo.models.oracle_masks import (
    ORACLE_MASKS,
    OracleSeparator,
    apply_masks,
    ideal_ratio_mask,
    phase_sensitive_mask,
)

EACH = pytest.mark.parametrize("name", ORACLE_MASKS)
LENGTH, STEP = 64, 16


def parts(z):
    return np.stack([z.real, z.imag], axis=-1).astype("float32")


def spectrograms(rng, speakers=3):
    """Levels of neighbours differ by some 60 dB, as those of speech do."""
    levels = 10 ** rng.uniform(-3, 0, (2, speakers, 6, 9))
    sources = levels * complex_normal(rng, 2, speakers, 6, 9)
    return sources.sum(axis=1), sources


def expected_masks(mixture, sources):
    """The definitions, of `(speakers, ...)`."""
    sizes = np.abs(sources)
    ratio = sources / np.where(mixture == 0, np.inf, mixture)
    loudest = np.argmax(sizes, axis=0)
    return {
        "ibm": (np.arange(len(sizes))[:, None, None] == loudest).astype(float),
        "irm": sizes / np.maximum(sizes.sum(axis=0), 1e-300),
        "wfm": sizes**2 / np.maximum((sizes**2).sum(axis=0), 1e-300),
        "psm": ratio.real,
        "truncated_psm": np.clip(ratio.real, 0, 1),
        "crm": ratio,
    }


def to_complex(mask):
    mask = np.asarray(keras.ops.convert_to_numpy(mask), "float64")
    return mask[..., 0] + (1j * mask[..., 1] if mask.shape[-1] == 2 else 0)


@EACH
def test_meets_its_definition(rng, name):
    mixture, sources = spectrograms(rng)
    masks = to_complex(ORACLE_MASKS[name](parts(mixture), parts(sources)))
    expected = [
        expected_masks(x, s)[name] for x, s in zip(mixture, sources, strict=True)
    ]
    np.testing.assert_allclose(masks, np.stack(expected), rtol=2e-3, atol=1e-5)


@EACH
@pytest.mark.parametrize("scale", [1e-22, 1e18])
def test_does_not_depend_on_the_level(rng, name, scale):
    mixture, sources = spectrograms(rng)
    mask = ORACLE_MASKS[name]
    expected = to_complex(mask(parts(mixture), parts(sources)))
    actual = to_complex(mask(parts(scale * mixture), parts(scale * sources)))
    np.testing.assert_allclose(actual, expected, rtol=1e-4, atol=1e-5)


@EACH
def test_is_finite_at_silence_with_a_gradient(rng, name):
    mask = ORACLE_MASKS[name]
    mixture, sources = spectrograms(rng)
    mixture[0], sources[0] = 0, 0
    sources[1, 0] = 0
    # Sources that cancel leave a mixture of exactly 0.
    mixture[1, 0] = 0
    x, s = parts(mixture), parts(sources)
    masks = keras.ops.convert_to_numpy(mask(x, s))
    assert np.all(np.isfinite(masks))
    estimates = keras.ops.convert_to_numpy(apply_masks(masks, x))
    assert not np.any(estimates[0])
    if name != "ibm":
        (g,) = gradient(lambda s: keras.ops.sum(mask(x, s)), s)
        assert np.all(np.isfinite(g))


def squared_error(name, mixture, sources):
    masks = ORACLE_MASKS[name](parts(mixture), parts(sources))
    estimates = to_complex(apply_masks(masks, parts(mixture)))
    return np.mean(np.abs(estimates - sources) ** 2)


def test_errors_come_in_the_order_of_the_theory(rng):
    """Each is the best mask of a set that holds the next; WFM on average."""
    levels = 10 ** rng.uniform(-1, 0, (1, 2, 100, 100))
    sources = levels * complex_normal(rng, 1, 2, 100, 100)
    mixture = sources.sum(axis=1)
    error = {name: squared_error(name, mixture, sources) for name in ORACLE_MASKS}
    assert error["crm"] < 1e-12
    assert error["crm"] < error["psm"] < error["truncated_psm"] < error["wfm"]
    assert error["wfm"] < min(error["ibm"], error["irm"])


def test_no_real_mask_within_its_limits_beats_the_phase_sensitive(rng):
    mixture, sources = spectrograms(rng)
    masks = to_complex(phase_sensitive_mask(parts(mixture), parts(sources), (0, 2)))
    best = np.abs(masks * mixture[:, None] - sources)
    for _ in range(20):
        other = np.clip(masks.real + 0.1 * rng.normal(size=masks.shape), 0, 2)
        assert np.all(np.abs(other * mixture[:, None] - sources) > best - 1e-5)


def babble(rng, speakers=2, samples=4000):
    """Harmonic syllables of different pitch, and a little noise."""
    time = np.arange(samples) / 8000
    signals = []
    for speaker in range(speakers):
        pitch = (110 + 67 * speaker) * (1 + 0.05 * np.sin(2 * np.pi * 3 * time))
        phase = 2 * np.pi * np.cumsum(pitch) / 8000
        voice = sum(np.sin(k * phase + rng.uniform(0, 6)) / k for k in range(1, 15))
        syllables = np.sin(np.pi * (time * 4 + 0.3 * speaker)) ** 2
        signals.append(voice * syllables + 0.01 * rng.normal(size=samples))
    return np.stack(signals)


def transform(x):
    window = np.sin(np.pi * np.arange(LENGTH) / LENGTH) ** 2
    padded = np.pad(x, [(0, 0)] * (x.ndim - 1) + [(LENGTH // 2, LENGTH)])
    starts = range(0, x.shape[-1] + STEP, STEP)
    frames = np.stack([padded[..., s : s + LENGTH] for s in starts], axis=-2)
    return np.fft.rfft(frames * window)


def invert(spectrum, samples):
    window = np.sin(np.pi * np.arange(LENGTH) / LENGTH) ** 2
    total = np.zeros((*spectrum.shape[:-2], samples + 2 * LENGTH))
    weight = np.zeros(samples + 2 * LENGTH)
    for m, frame in enumerate(np.moveaxis(np.fft.irfft(spectrum), -2, 0)):
        total[..., m * STEP : m * STEP + LENGTH] += frame * window
        weight[m * STEP : m * STEP + LENGTH] += window**2
    cut = slice(LENGTH // 2, LENGTH // 2 + samples)
    return total[..., cut] / weight[cut]


def si_sdr(reference, estimate):
    reference = reference - reference.mean(axis=-1, keepdims=True)
    estimate = estimate - estimate.mean(axis=-1, keepdims=True)
    gain = np.sum(reference * estimate, -1) / np.sum(reference**2, -1)
    target = gain[:, None] * reference
    error = np.sum((estimate - target) ** 2, axis=-1)
    return 10 * np.log10(np.sum(target**2, axis=-1) / error)


def test_scores_of_waveforms_are_those_of_a_reference_in_complex128(rng):
    scores = {}
    for samples, speakers in [(4000, 2), (3001, 3)]:
        sources = babble(rng, speakers, samples)
        mixture = sources.sum(axis=0)
        spectrum = transform(mixture)
        masks = expected_masks(spectrum, transform(sources))
        for name in ORACLE_MASKS:
            oracle = OracleSeparator(name, LENGTH, STEP)
            estimates = oracle.separate_known(mixture, sources)
            actual = si_sdr(sources, estimates)
            scores.setdefault(name, []).append(actual.mean())
            if name == "crm":
                assert np.all(actual > 70)
                continue
            expected = si_sdr(sources, invert(masks[name] * spectrum, samples))
            np.testing.assert_allclose(actual, expected, atol=0.01)
    for crm, psm, truncated, wfm in zip(
        *(scores[name] for name in ("crm", "psm", "truncated_psm", "wfm")), strict=True
    ):
        assert crm > psm > truncated > wfm > 0


def test_takes_the_place_of_a_separator(rng):
    sources = babble(rng).astype("float32")
    examples = [
        types.SimpleNamespace(
            name=str(gain), mixture=(m * gain).sum(axis=0), sources=m * gain,
            sample_rate=8000,
        )
        for gain, m in ((0.1, sources), (0.2, sources[:, ::-1]))
    ]  # fmt: skip
    oracle = OracleSeparator("truncated_psm", LENGTH, STEP)
    report = evaluate(oracle, oracle.follow(iter(examples)), ["si_sdr"])
    for example, result in zip(examples, report["examples"], strict=True):
        estimates = oracle.separate_known(example.mixture, example.sources)
        expected = si_sdr(example.sources, estimates).mean()
        assert result["si_sdr"] == pytest.approx(expected, abs=0.01)


def test_separates_silence_into_silence():
    estimates = OracleSeparator("crm").separate_known(np.zeros(500), np.zeros((2, 500)))
    assert estimates.shape == (2, 500)
    assert not np.any(estimates)


def test_native_complex_input_is_refused(rng):
    mixture, sources = spectrograms(rng)
    with pytest.raises(ValueError, match="must be real"):
        ideal_ratio_mask(mixture, sources.astype("complex64"))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: OracleSeparator("best"), "`mask` must be one of ibm, irm, wfm"),
        (lambda: OracleSeparator("ibm", 64, 48), "`frame_step` must lie between"),
        (lambda: phase_sensitive_mask(None, None, (1, 1)), "`limits` must be"),
        (lambda: ideal_ratio_mask(None, None, 0), "`exponent` must be positive"),
        (lambda: OracleSeparator("ibm").separate(np.ones(9), 8000), "must know the"),
    ],
)
def test_rejects_what_it_cannot_do(call, message):
    with pytest.raises(ValueError, match=message):
        call()
