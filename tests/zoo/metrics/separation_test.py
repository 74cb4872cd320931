"""Tests of the measures, against mir_eval's values and by their definition."""

import itertools
from pathlib import Path

import numpy as np
import pytest

from zoo import metrics

GOLDEN = Path(__file__).parents[2] / "golden" / "bss_eval.npz"


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@pytest.mark.parametrize("utterance", [0, 1])
def test_matches_mir_eval(utterance):
    # The estimates of the second utterance come in swapped order.
    golden = np.load(GOLDEN)
    references, estimates = golden[f"ref{utterance}"], golden[f"est{utterance}"]
    scores = metrics.score_separation(references, estimates)
    np.testing.assert_allclose(scores.sdr, golden[f"sdr{utterance}"], atol=1e-4)
    np.testing.assert_allclose(scores.sir, golden[f"sir{utterance}"], atol=1e-4)
    np.testing.assert_allclose(scores.sar, golden[f"sar{utterance}"], atol=1e-4)
    mixture = np.broadcast_to(references.sum(axis=0), references.shape)
    mixture = metrics.score_separation(references, mixture)
    np.testing.assert_allclose(mixture.sdr, golden[f"mix_sdr{utterance}"], atol=1e-4)


def test_mean_over_utterances_matches_mir_eval():
    golden = np.load(GOLDEN)
    scores = [metrics.bss_eval(golden[f"ref{i}"], golden[f"est{i}"]) for i in (0, 1)]
    np.testing.assert_allclose(
        np.mean(scores, axis=(0, 2)), golden["mean_sdr_sir_sar"], atol=1e-4
    )


def projection_ratios_db(references, estimate, taps, which):
    """BSS Eval of one estimate by least squares on explicit delays, in dB."""
    length = references.shape[1] + taps - 1

    def delays(signals):
        return np.stack(
            [
                np.pad(signal, (delay, length - delay - len(signal)))
                for signal in signals
                for delay in range(taps)
            ],
            axis=1,
        )

    def project(signals, padded):
        basis = delays(signals)
        return basis @ np.linalg.lstsq(basis, padded, rcond=None)[0]

    padded = np.pad(estimate, (0, length - len(estimate)))
    target = project(references[[which]], padded)
    explained = project(references, padded)

    def ratio(signal, error):
        return 10 * np.log10(np.sum(signal**2) / np.sum(error**2))

    return (
        ratio(target, padded - target),
        ratio(target, explained - target),
        ratio(explained, padded - explained),
    )


def test_matches_the_definition_for_three_speakers(rng):
    references = rng.normal(size=(3, 200))
    mixing = np.array([[1, 0.3, 0.1], [0.2, 1, 0.4], [0.3, 0.1, 1]])
    estimates = mixing @ references + 0.2 * rng.normal(size=(3, 200))
    expected = [projection_ratios_db(references, estimates[i], 4, i) for i in range(3)]
    for order in itertools.permutations(range(3)):
        values = metrics.bss_eval(references, estimates[list(order)], filter_length=4)
        np.testing.assert_allclose(np.transpose(values), expected, atol=1e-6)


def test_si_sdr_of_a_known_error(rng):
    reference = rng.normal(size=4000)
    reference -= reference.mean()
    error = rng.normal(size=4000)
    error -= error.mean()
    error -= np.dot(error, reference) / np.dot(reference, reference) * reference
    error *= np.linalg.norm(reference) / np.linalg.norm(error)
    for gain, offset in ((1.0, 0.0), (-5.0, 3.0)):
        estimate = gain * (reference + 0.1 * error) + offset
        assert metrics.si_sdr(reference, estimate) == pytest.approx(20.0, abs=1e-9)


def test_silent_references_have_no_say_in_the_order(rng):
    references = rng.normal(size=(3, 2000))
    references[1] = 0
    estimates = references[[2, 0, 1]] + 0.01 * rng.normal(size=(3, 2000))
    assert metrics.order_by_si_sdr(references, estimates) == [1, 2, 0]
    assert metrics.order_by_si_sdr(0 * references, estimates) == [0, 1, 2]


def test_si_sdr_finds_the_order(rng):
    references = rng.normal(size=(3, 1000))
    estimates = references + np.array([[0.1], [0.2], [0.3]]) * rng.normal(
        size=(3, 1000)
    )
    expected = [
        metrics.si_sdr(*pair) for pair in zip(references, estimates, strict=True)
    ]
    np.testing.assert_array_equal(
        metrics.permuted_si_sdr(references, estimates[[2, 0, 1]]), expected
    )


def test_silent_reference_has_no_value(rng):
    references = rng.normal(size=(2, 1000))
    noisy = references + 0.1 * rng.normal(size=(2, 1000))
    references[0] = 0
    scores = metrics.score_separation(references, noisy)
    for values in (scores.sdr, scores.sar, scores.si_sdr):
        assert np.isnan(values[0]) and values[1] > 15
    # There is no interference from a single speaker.
    assert np.all(np.isnan(scores.sir))
    silent = metrics.score_separation(np.zeros((2, 1000)), noisy)
    assert np.all(np.isnan([silent.sdr, silent.sir, silent.sar, silent.si_sdr]))


def test_silent_estimate_has_the_worst_value(rng):
    references = rng.normal(size=(2, 1000))
    estimates = references + 0.1 * rng.normal(size=(2, 1000))
    estimates[1] = 0
    scores = metrics.score_separation(references, estimates)
    for values in (scores.sdr, scores.sir, scores.sar, scores.si_sdr):
        assert values[0] > 15
        assert values[1] == pytest.approx(-100)


def test_perfect_estimate_is_clipped(rng):
    references = rng.normal(size=(2, 1000))
    scores = metrics.score_separation(references, references)
    np.testing.assert_allclose(scores.si_sdr, 100)
    assert np.all(scores.sdr <= 100) and np.all(scores.sdr > 80)


def test_equal_references_have_values(rng):
    signal = rng.normal(size=(1, 1000))
    scores = metrics.score_separation(
        np.repeat(signal, 2, axis=0), np.repeat(signal, 2, axis=0)
    )
    assert np.all(np.isfinite([scores.sdr, scores.sir, scores.sar]))


@pytest.mark.parametrize(
    ("estimates", "message"),
    [
        (np.ones((2, 99)), r"must both be \(speakers, samples\)"),
        (np.ones((3, 100)), r"must both be \(speakers, samples\)"),
        (np.full((2, 100), np.nan), "must be finite"),
    ],
)
def test_rejects_what_cannot_be_compared(estimates, message):
    with pytest.raises(ValueError, match=message):
        metrics.score_separation(np.ones((2, 100)), estimates)
