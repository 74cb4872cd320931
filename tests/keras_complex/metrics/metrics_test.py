"""Tests of the metrics of waveforms, against their definitions in float64."""

import inspect
import itertools
import os

import keras
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keras_complex.metrics import SISDR, SNR, SISDRImprovement
from tests.contract import TWO_DEVICES
from tests.fuzzing import fuzz, signals

CASES = {
    "snr": (SNR, {"permutation_invariant": False}),
    "si_sdr": (SISDR, {"zero_mean": False, "permutation_invariant": False}),
    "improvement": (
        SISDRImprovement,
        {"mixture": "last", "zero_mean": False, "permutation_invariant": False},
    ),
}
SPEAKERS, SAMPLES = 3, 400


def each_metric(function):
    return pytest.mark.parametrize(
        ("cls", "arguments"), CASES.values(), ids=CASES.keys()
    )(function)


def result(metric, *arguments, **weights):
    metric.update_state(*arguments, **weights)
    return float(metric.result())


def snr_db(y, x):
    return 10 * np.log10(np.sum(y**2) / np.sum((x - y) ** 2))


def si_sdr_db(y, x):
    x, y = x - x.mean(), y - y.mean()
    target = np.dot(x, y) / np.dot(y, y) * y
    return 10 * np.log10(np.sum(target**2) / np.sum((x - target) ** 2))


def best_mean(ratio, references, estimates):
    speakers = range(len(references))
    return max(
        np.mean([ratio(references[s], estimates[order[s]]) for s in speakers])
        for order in itertools.permutations(speakers)
    )


def draw(rng, batch=4):
    """References and noisy estimates, which come in another order."""
    references = rng.normal(size=(batch, SPEAKERS, SAMPLES)) + 0.1
    noise = rng.normal(size=references.shape) * [[[0.1], [0.2], [0.3]]]
    return references, np.roll(0.9 * references + noise, 1, axis=1)


def y_true_of(metric, references):
    if getattr(metric, "mixture", "sum") == "sum":
        return references
    return np.concatenate([references, references.sum(1, keepdims=True)], axis=1)


def add_mask(y_true, valid):
    mask = np.zeros_like(y_true)
    mask[..., :valid] = 1
    return np.stack([y_true, mask], axis=-1)


@pytest.mark.parametrize(("cls", "ratio"), [(SNR, snr_db), (SISDR, si_sdr_db)])
def test_matches_the_definition_in_the_best_order(rng, cls, ratio):
    references, estimates = draw(rng)
    expected = np.mean(
        [best_mean(ratio, *p) for p in zip(references, estimates, strict=True)]
    )
    assert result(cls(), references, estimates) == pytest.approx(expected, abs=0.01)
    as_given = np.mean(
        [ratio(*p) for p in zip(references[:, 0], estimates[:, 0], strict=True)]
    )
    fixed = cls(permutation_invariant=False)
    value = result(fixed, references[:, 0], estimates[:, 0])
    assert value == pytest.approx(as_given, abs=0.01)


@pytest.mark.parametrize("mixture", ["sum", "last"])
def test_improvement_matches_the_definition(rng, mixture):
    references, estimates = draw(rng)
    metric = SISDRImprovement(mixture)
    mixtures = references.sum(axis=1)
    unprocessed = [
        [si_sdr_db(y, m) for y in ys]
        for ys, m in zip(references, mixtures, strict=True)
    ]
    best = [best_mean(si_sdr_db, *p) for p in zip(references, estimates, strict=True)]
    value = result(metric, y_true_of(metric, references), estimates)
    assert value == pytest.approx(np.mean(best) - np.mean(unprocessed), abs=0.02)


def test_improvement_of_the_mixture_is_none(rng):
    references, _ = draw(rng)
    estimates = np.repeat(references.sum(1, keepdims=True), SPEAKERS, axis=1)
    assert result(SISDRImprovement(), references, estimates) == pytest.approx(
        0, abs=1e-4
    )


def test_improvement_of_one_speaker_in_noise(rng):
    clean, noise = rng.normal(size=(2, 3, SAMPLES))
    y_true = np.stack([clean, clean + noise], axis=1)
    estimate = clean + 0.1 * noise
    expected = np.mean(
        [si_sdr_db(*p) for p in zip(clean, estimate, strict=True)]
    ) - np.mean([si_sdr_db(*p) for p in zip(clean, clean + noise, strict=True)])
    value = result(SISDRImprovement("last"), y_true, estimate)
    assert value == pytest.approx(expected, abs=0.01)


def test_si_sdr_ignores_a_gain_that_snr_does_not(rng):
    y = rng.normal(size=(2, SAMPLES))
    x = y + 0.1 * rng.normal(size=y.shape)
    assert result(SISDR(), y, 5 * x) == pytest.approx(result(SISDR(), y, x), abs=1e-3)
    assert result(SNR(), y, 5 * x) == pytest.approx(-12.0, abs=0.2)


@pytest.mark.parametrize("cls", [SNR, SISDR, SISDRImprovement])
def test_ignores_the_order_of_the_estimates(rng, cls):
    references, estimates = draw(rng)
    expected = result(cls(), references, estimates)
    for order in itertools.permutations(range(SPEAKERS)):
        value = result(cls(), references, estimates[:, list(order)])
        assert value == pytest.approx(expected, abs=1e-4)


@each_metric
def test_averages_over_examples_of_all_batches(rng, cls, arguments):
    references, estimates = draw(rng, batch=5)
    y_true = y_true_of(cls(**arguments), references)
    whole, parts = cls(**arguments), cls(**arguments)
    for batch in (slice(0, 1), slice(1, 5)):
        parts.update_state(y_true[batch], estimates[batch])
    expected = result(whole, y_true, estimates)
    assert float(parts.result()) == pytest.approx(expected, rel=1e-5)
    parts.reset_state()
    assert np.isnan(float(parts.result()))


@each_metric
def test_weighs_examples(rng, cls, arguments):
    references, estimates = draw(rng, batch=3)
    y_true = y_true_of(cls(**arguments), references)
    values = [
        result(cls(**arguments), y_true[i : i + 1], estimates[i : i + 1])
        for i in range(3)
    ]
    weights = np.array([0.5, 0.0, 2.0])
    expected = np.average(values, weights=weights)
    for shaped in (weights, weights[:, None]):
        value = result(cls(**arguments), y_true, estimates, sample_weight=shaped)
        assert value == pytest.approx(expected, rel=1e-4)


@each_metric
def test_padding_changes_nothing(rng, cls, arguments):
    references, estimates = draw(rng)
    y_true = y_true_of(cls(**arguments), references)
    widths = ((0, 0), (0, 0), (0, 7))
    expected = result(cls(**arguments), y_true, estimates)
    masked = add_mask(np.pad(y_true, widths, constant_values=3), SAMPLES)
    padded = np.pad(estimates, widths, constant_values=np.nan)
    value = result(cls(**arguments), masked, padded)
    assert value == pytest.approx(expected, rel=1e-5)
    # An example of padding alone has no speaker.
    masked[0, ..., 1] = 0
    metric = cls(**arguments)
    rest = result(cls(**arguments), y_true[1:], estimates[1:])
    assert result(metric, masked, padded) == pytest.approx(rest, rel=1e-5)
    assert float(metric.skipped) == SPEAKERS


@pytest.mark.parametrize("cls", [SNR, SISDR])
def test_leaves_silent_references_out(rng, cls):
    references, estimates = draw(rng, batch=2)
    references[0, 1] = 0
    metric = cls()
    value = result(metric, references, estimates)
    assert float(metric.skipped) == 1 and float(metric.count) == 2
    # Estimates come in the order 2, 0, 1: that of the silent reference is left.
    first = result(cls(), references[:1, [0, 2]], estimates[:1, [1, 0]])
    second = result(cls(), references[1:], estimates[1:])
    assert value == pytest.approx((first + second) / 2, abs=1e-3)


@pytest.mark.parametrize("cls", [SNR, SISDR, SISDRImprovement])
def test_has_no_value_for_silence_alone(rng, cls):
    references, estimates = draw(rng, batch=2)
    metric = cls()
    assert np.isnan(result(metric, 0 * references, estimates))
    assert float(metric.skipped) == 2 * SPEAKERS and float(metric.count) == 0


def test_silent_estimates_have_their_values(rng):
    y = rng.normal(size=(2, SAMPLES))
    assert result(SISDR(), y, 0 * y) == pytest.approx(-80, abs=1e-2)
    assert result(SNR(), y, 0 * y) == pytest.approx(0, abs=1e-4)


def test_is_limited_to_80_db(rng):
    y = rng.normal(size=(2, SAMPLES))
    assert result(SNR(), y, y) == pytest.approx(80, abs=0.01)
    assert result(SNR(), y, 1e6 * y) == pytest.approx(-80, abs=0.1)
    assert result(SISDR(), y, y) == pytest.approx(80, abs=0.1)


@each_metric
def test_round_trips_through_its_config(rng, cls, arguments):
    parameters = inspect.signature(cls).parameters.keys() - {"name", "dtype"}
    assert parameters == arguments.keys()
    metric = cls(**arguments, name="named")
    config = keras.saving.serialize_keras_object(metric)
    assert config["registered_name"] == f"keras_complex>{cls.__name__}"
    restored = keras.saving.deserialize_keras_object(config)
    assert restored.get_config() == metric.get_config()
    assert metric.get_config().items() >= {**arguments, "name": "named"}.items()
    references, estimates = draw(rng)
    y_true = y_true_of(metric, references)
    assert result(restored, y_true, estimates) == result(metric, y_true, estimates)


class Identity(keras.layers.Layer):
    """Adds a weight, 0, so that there is something to distribute."""

    def build(self, input_shape):
        self.shift = self.add_weight(shape=(), initializer="zeros")

    def call(self, inputs):
        return inputs + self.shift


def identity_model(**compile_arguments):
    inputs = keras.Input((SPEAKERS, SAMPLES))
    model = keras.Model(inputs, Identity()(inputs))
    model.compile("sgd", "mse", metrics=[SNR(), SISDR(), SISDRImprovement()])
    return model


def fit_once(model, references, estimates):
    # A batch that the devices do not share evenly.
    return model.evaluate(
        estimates, references, batch_size=2, verbose=0, return_dict=True
    )


def test_contract_in_fit_and_on_two_devices(rng):
    references, estimates = (x.astype("float32") for x in draw(rng, batch=6))
    references[0, 0] = 0
    if os.environ.get(TWO_DEVICES):
        if keras.backend.backend() != "tensorflow":
            pytest.skip("MirroredStrategy is TensorFlow's.")
        from tests.deployment import two_devices

        with two_devices().scope():
            model = identity_model()
    else:
        model = identity_model()
    logs = fit_once(model, references, estimates)
    for metric in (SNR(), SISDR(), SISDRImprovement()):
        expected = result(metric, references, estimates)
        assert logs[metric.name] == pytest.approx(expected, rel=1e-4)


def test_computes_half_precision_in_float32(rng):
    references, estimates = draw(rng)
    half = [keras.ops.cast(100 * x, "float16") for x in (references, estimates)]
    for cls in (SNR, SISDR, SISDRImprovement):
        metric = cls(dtype="float16")
        value = result(metric, *half)
        assert {v.dtype for v in metric.variables} == {"float32"}
        assert value == pytest.approx(result(cls(), references, estimates), abs=0.1)


@fuzz
@given(data=st.data())
def test_is_finite_on_extreme_signals(data):
    references = data.draw(signals(3))
    estimates = data.draw(st.sampled_from([1.0, -1.0, 0.5, 0.0])) * references
    for cls in (SNR, SISDR):
        metric = cls(permutation_invariant=False)
        x = references[:, :2], estimates[:, :2]
        value = result(metric, *x)
        total = x[0].shape[0] * x[0].shape[1]
        assert np.isfinite(value) or float(metric.skipped) == total


@pytest.mark.parametrize(
    ("metric", "shapes", "message"),
    [
        (SNR(), [(2, 9), (2, 8)], "must have the shape of `y_pred`"),
        (SISDR(), [(2, 3, 9), (2, 2, 9)], "same, known number of speakers"),
        (SNR(), [(9,), (9,)], "must hold waveforms"),
        (SISDR(), [(2, 1, 2, 9, 2)] * 2, "must hold waveforms"),
        (SISDRImprovement(), [(2, 9), (2, 9)], "mixture of two speakers or more"),
        (SISDRImprovement("last"), [(2, 2, 9)] * 2, "known number of speakers"),
    ],
)
def test_rejects_shapes_that_differ(metric, shapes, message):
    y_true, y_pred = (np.ones(shape, "float32") for shape in shapes)
    with pytest.raises(ValueError, match=message):
        metric.update_state(y_true, y_pred)


def test_rejects_other_arguments():
    with pytest.raises(ValueError, match='`mixture` must be "sum" or "last"'):
        SISDRImprovement("first")
    x = np.ones((2, 9))
    with pytest.raises(ValueError, match="`sample_weight` must have the shape"):
        SNR().update_state(x, x, sample_weight=x)
