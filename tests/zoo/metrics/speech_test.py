"""Tests of STOI and PESQ: known values, monotony, and signals without value."""

import itertools
import sys

import numpy as np
import pytest

from zoo import metrics
from zoo.metrics.speech import LOWEST_PESQ

RATE = 16000


@pytest.fixture
def speech():
    """Two seconds of noise bursts, three in a second, as syllables are."""
    rng = np.random.default_rng(0)
    time = np.arange(2 * RATE) / RATE
    bursts = np.sin(2 * np.pi * 3 * time) > 0
    return 0.1 * bursts * np.sin(600 * np.pi * time) * rng.normal(size=len(time))


@pytest.fixture
def noise():
    return 0.01 * np.random.default_rng(1).normal(size=2 * RATE)


def test_stoi_falls_with_noise(speech, noise):
    pytest.importorskip("pystoi")
    for extended in (False, True):
        values = [
            metrics.stoi(speech, speech + gain * noise, RATE, extended)
            for gain in (0, 1, 3, 10)
        ]
        assert values[0] == pytest.approx(1, abs=1e-3)
        assert all(a > b for a, b in itertools.pairwise(values))


def test_stoi_of_a_known_gain_and_rate(speech, noise):
    pytest.importorskip("pystoi")
    expected = metrics.stoi(speech, speech + noise, RATE)
    assert metrics.stoi(speech, 3 * (speech + noise), RATE) == pytest.approx(expected)
    # The same samples at another rate are another sound.
    assert metrics.stoi(speech, speech + noise, 8000) != pytest.approx(expected)


def test_stoi_without_speech_has_no_value(speech, noise):
    pytest.importorskip("pystoi")
    assert np.isnan(metrics.stoi(0 * speech, speech, RATE))
    assert np.isnan(metrics.stoi(speech[:100], speech[:100], RATE))
    # Longer than 0.4 s, but most of it is silence.
    mostly_silent = np.where(np.arange(len(speech)) < 2000, speech, 0)
    assert np.isnan(metrics.stoi(mostly_silent, speech, RATE))
    assert metrics.stoi(speech, 0 * speech, RATE) == 0
    assert metrics.stoi(speech, 0 * speech, RATE, extended=True) == 0


@pytest.mark.parametrize(
    ("rate", "mode", "best"), [(8000, "nb", 4.5486), (16000, "wb", 4.6439)]
)
def test_pesq_lies_between_its_limits(speech, noise, rate, mode, best):
    pytest.importorskip("pesq")
    values = [
        metrics.pesq(speech, speech + gain * noise, rate, mode) for gain in (0, 1, 10)
    ]
    # The highest raw score, 4.5, on the scale of P.862.1 and P.862.2.
    assert values[0] == pytest.approx(best, abs=1e-3)
    assert values[0] > values[1] > values[2] > LOWEST_PESQ[mode]
    assert metrics.pesq(speech, 0 * speech, rate, mode) == LOWEST_PESQ[mode]


def test_lowest_pesq_is_that_of_the_scale():
    assert LOWEST_PESQ["nb"] == pytest.approx(1.0169, abs=1e-4)
    assert LOWEST_PESQ["wb"] == pytest.approx(1.0427, abs=1e-4)


def test_pesq_without_speech_has_no_value(speech):
    pytest.importorskip("pesq")
    assert np.isnan(metrics.pesq(0 * speech, speech, RATE, "wb"))
    assert np.isnan(metrics.pesq(0 * speech, 0 * speech, RATE, "wb"))
    assert np.isnan(metrics.pesq(speech[:1000], speech[:1000], RATE, "wb"))


@pytest.mark.parametrize(
    ("rate", "mode", "message"),
    [
        (8000, "wb", "must be 16000 Hz for PESQ with mode='wb'"),
        (44100, "nb", "must be 8000 or 16000 Hz"),
        (16000, "swb", '`mode` must be "nb" or "wb"'),
    ],
)
def test_pesq_rejects_other_rates(speech, rate, mode, message):
    with pytest.raises(ValueError, match=message):
        metrics.pesq(speech, speech, rate, mode)
    with pytest.raises(ValueError, match=message):
        metrics.PESQ(rate, mode)


def test_rejects_what_cannot_be_compared(speech):
    for package, measure in (
        ("pystoi", lambda x, y: metrics.stoi(x, y, RATE)),
        ("pesq", lambda x, y: metrics.pesq(x, y, RATE, "wb")),
    ):
        pytest.importorskip(package)
        with pytest.raises(ValueError, match=r"must both be \(samples,\)"):
            measure(speech, speech[1:])
        with pytest.raises(ValueError, match="must be finite"):
            measure(speech, np.nan * speech)
    with pytest.raises(ValueError, match="positive number of Hz"):
        metrics.stoi(speech, speech, 0)


@pytest.mark.parametrize("package", ["pystoi", "pesq"])
def test_names_the_extra_of_a_missing_package(speech, monkeypatch, package):
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(ImportError, match=rf"`{package}` .*keras-complex-zoo\[met"):
        if package == "pesq":
            metrics.pesq(speech, speech, RATE, "wb")
        else:
            metrics.stoi(speech, speech, RATE)
