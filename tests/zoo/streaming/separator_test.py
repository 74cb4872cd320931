"""Tests of StreamingSeparator."""

import keras
import numpy as np
import pytest

import zoo
from tests.complex_numpy import run
from zoo.models import CausalComplexUNet, ConvTasNet, TasNet

# Network, frame length and step, frames of a step, and latency in samples.
CASES = {
    # A third of the frames are between the windows' halves; none divides the others.
    "complex_unet": (CausalComplexUNet(2, 2, 0, 1, seed=0), 30, 10, 2, 40),
    "complex_unet_looks_ahead": (CausalComplexUNet(2, 2, 0, 1, 2), 32, 8, 3, 64),
    "tasnet": (TasNet(3, 8, 20, 4, 4, causal=True, seed=0), 0, 0, 1, 20),
    "conv_tasnet": (
        ConvTasNet(2, 8, 16, 4, 6, 4, 3, 2, 2, "cumulative", causal=True, seed=0),
        0,
        0,
        3,
        32,
    ),
    "conv_tasnet_without_skips": (
        ConvTasNet(2, 8, 16, 4, 6, 0, 3, 2, 1, "batch", causal=True, seed=0),
        0,
        0,
        1,
        16,
    ),
}


@pytest.fixture(scope="module")
def make_stream():
    """Returns a function that makes a separator and its stream, once for each case."""
    made = {}

    def make(name):
        if name not in made:
            network, frame_length, frame_step, frames_per_step, _ = CASES[name]
            rng = np.random.default_rng(1)
            for weight in network.weights:
                # Biases and shifts too; variances stay positive.
                value = keras.ops.convert_to_numpy(weight)
                weight.assign(value + 0.1 * np.abs(rng.normal(size=value.shape)))
            separator = zoo.Separator(
                network, 8000, frame_length, frame_step, level=None
            )
            made[name] = separator, zoo.StreamingSeparator(separator, frames_per_step)
        return made[name]

    return make


@pytest.mark.parametrize("name", CASES)
def test_blocks_give_what_the_whole_file_does(make_stream, rng, name):
    separator, stream = make_stream(name)
    x = rng.normal(scale=0.1, size=801).astype("float32")
    expected = run(separator, x[np.newaxis])[0]
    # Streams one after the other, in blocks of other sizes, empty ones too.
    for size in (1, 37, 900):
        blocks = np.split(x, range(size, len(x), size))
        blocks.insert(1, x[:0])
        parts = [stream.push(block) for block in blocks]
        actual = np.concatenate([*parts, stream.flush()], axis=1)
        assert actual.shape == expected.shape
        np.testing.assert_allclose(
            actual, expected, atol=1e-5 * np.abs(expected).max(), err_msg=f"{size=}"
        )


@pytest.mark.parametrize("name", CASES)
def test_no_sample_waits_longer_than_the_latency(make_stream, rng, name):
    """And some wait as long: it is what was computed from the parts."""
    _, stream = make_stream(name)
    latency = CASES[name][-1]
    assert stream.latency_samples == latency
    assert stream.latency_ms == latency / 8
    longest = waiting = 0
    for sample in rng.normal(size=300):
        # The one that waits longest has come with `waiting` samples before this one.
        waiting += 1
        longest = max(longest, waiting)
        waiting -= stream.push(np.array([sample])).shape[1]
    stream.reset()
    assert longest == latency


@pytest.mark.parametrize("name", CASES)
def test_an_estimate_sees_no_sample_behind_the_latency(make_stream, rng, name):
    separator, stream = make_stream(name)
    x = rng.normal(size=(2, 400)).astype("float32")
    x[1, :200] = x[0, :200]
    y, changed = (run(separator, signal[np.newaxis])[0] for signal in x)
    (moved,) = np.nonzero(np.abs(changed - y).max(axis=0) > 1e-6 * np.abs(y).max())
    assert moved[0] > 200 - stream.latency_samples


def test_states_stay_as_large_as_they_are(make_stream, rng):
    _, stream = make_stream("conv_tasnet")

    def size():
        return sum(state.nbytes for state in stream._states.values())

    before = size()
    for _ in range(3):
        stream.push(rng.normal(size=500))
    assert size() == before
    assert len(stream._buffer) < stream.latency_samples
    stream.reset()
    assert not any(np.any(state) for state in stream._states.values())


def test_a_stream_of_nothing_gives_nothing(make_stream):
    _, stream = make_stream("tasnet")
    assert stream.flush().shape == (3, 0)
    assert stream.push(np.zeros(0)).shape == (3, 0)


@pytest.mark.parametrize(
    ("block", "rate", "message"),
    [
        (np.zeros(4), 16000, "`sample_rate` must be that of the model, 8000 Hz.*16000"),
        (np.zeros((4, 2)), None, r"`block` must hold real samples .*shape=\(4, 2\)"),
        (np.zeros(4, complex), 8000, "`block` must hold real samples .*complex128"),
        (np.array([0.0, np.nan]), 8000, "`block` must be finite.* 1 of 2"),
    ],
)
def test_refuses_what_is_no_block(make_stream, block, rate, message):
    _, stream = make_stream("tasnet")
    with pytest.raises(ValueError, match=message):
        stream.push(block, rate)
    assert stream.push(np.zeros(3)).shape == (3, 0)
    stream.reset()
