"""Tests of the Keras metrics that NumPy computes."""

import inspect

import keras
import numpy as np
import pytest

from zoo import metrics

RATIOS = {"sdr": metrics.SDR, "sir": metrics.SIR, "sar": metrics.SAR}


@pytest.fixture
def batch():
    """References and estimates of three mixtures, in changing order."""
    rng = np.random.default_rng(0)
    references = rng.normal(size=(3, 2, 9000)).astype("float32")
    noise = 0.1 * rng.normal(size=references.shape)
    estimates = references + 0.3 * references[:, ::-1] + noise
    estimates[1] = estimates[1, ::-1]
    return references, estimates.astype("float32")


def result(metric, *arguments, **weights):
    metric.update_state(*arguments, **weights)
    return float(metric.result())


@pytest.mark.parametrize("name", RATIOS)
def test_ratios_are_means_of_bss_eval(batch, name):
    references, estimates = batch
    metric = RATIOS[name](filter_length=16)
    index = list(RATIOS).index(name)
    values = [
        np.mean(metrics.bss_eval(*pair, filter_length=16)[index])
        for pair in zip(references, estimates, strict=True)
    ]
    assert metric.name == name
    assert result(metric, references, estimates) == pytest.approx(np.mean(values))
    weights = np.array([1.0, 0.0, 3.0])
    metric.reset_state()
    value = result(metric, references, estimates, sample_weight=weights)
    assert value == pytest.approx(np.average(values, weights=weights))


def speech_measures():
    return [
        ("pystoi", "stoi", metrics.STOI(16000)),
        ("pystoi", "estoi", metrics.STOI(16000, extended=True)),
        ("pesq", "pesq_nb", metrics.PESQ(8000, "nb")),
        ("pesq", "pesq_wb", metrics.PESQ(16000, "wb")),
    ]


@pytest.mark.parametrize(("package", "name", "metric"), speech_measures())
def test_measures_of_speech_are_means_in_the_best_order(batch, package, name, metric):
    pytest.importorskip(package)
    references, estimates = batch
    assert metric.name == name
    if package == "pystoi":
        extended = metric.extended

        def measure(y, x):
            return metrics.stoi(y, x, 16000, extended)
    else:

        def measure(y, x):
            return metrics.pesq(y, x, metric.sample_rate, metric.mode)

    values = []
    for i, (ys, xs) in enumerate(zip(references, estimates, strict=True)):
        xs = xs[::-1] if i == 1 else xs
        values += [measure(y, x) for y, x in zip(ys, xs, strict=True)]
    value = result(metric, references, estimates)
    assert value == pytest.approx(np.mean(values), abs=1e-4)


def test_leaves_silence_out_and_counts_it(batch):
    references, estimates = batch
    references[0, 1] = 0
    metric = metrics.SDR(filter_length=4)
    value = result(metric, references, estimates)
    expected = [
        np.nanmean(metrics.bss_eval(*p, 4)[0]) for p in zip(*batch, strict=True)
    ]
    assert value == pytest.approx(np.mean(expected), rel=1e-5)
    assert float(metric.skipped) == 1
    # One speaker alone has no interference.
    alone = metrics.SIR(filter_length=4)
    assert np.isnan(result(alone, references[:, 0], estimates[:, 0]))
    assert float(alone.skipped) == 3 and float(alone.count) == 0


def test_padding_changes_nothing(batch):
    references, estimates = batch
    mask = np.ones_like(references)
    y_true = np.stack([references, mask], axis=-1)
    y_true = np.pad(y_true, ((0, 0), (0, 0), (0, 9), (0, 0)))
    y_true[..., -9:, 0] = 7
    y_pred = np.pad(estimates, ((0, 0), (0, 0), (0, 9)), constant_values=np.nan)
    expected = result(metrics.SDR(filter_length=4), references, estimates)
    assert result(metrics.SDR(filter_length=4), y_true, y_pred) == expected


def test_runs_in_evaluate_eagerly_only(batch):
    references, estimates = batch
    inputs = keras.Input((2, 9000))
    model = keras.Model(inputs, keras.layers.Identity()(inputs))
    expected = result(metrics.SDR(filter_length=4), references, estimates)
    arguments = {"loss": "mse", "metrics": [metrics.SDR(filter_length=4)]}
    model.compile(run_eagerly=True, **arguments)
    options = {"batch_size": 2, "verbose": 0, "return_dict": True}
    logs = model.evaluate(estimates, references, **options)
    assert logs["sdr"] == pytest.approx(expected, rel=1e-5)
    if keras.backend.backend() != "torch":
        model.compile(run_eagerly=False, **arguments)
        with pytest.raises(ValueError, match="Pass `run_eagerly=True`"):
            model.evaluate(estimates, references, **options)


@pytest.mark.parametrize(
    ("cls", "arguments"),
    [
        (metrics.SDR, {"filter_length": 8}),
        (metrics.SIR, {"filter_length": 8}),
        (metrics.SAR, {"filter_length": 8}),
        (metrics.STOI, {"sample_rate": 8000, "extended": True}),
        (metrics.PESQ, {"sample_rate": 8000, "mode": "nb"}),
    ],
)
def test_round_trips_through_its_config(cls, arguments):
    parameters = inspect.signature(cls).parameters.keys() - {"name", "dtype"}
    assert parameters == arguments.keys()
    metric = cls(**arguments, name="named")
    config = keras.saving.serialize_keras_object(metric)
    assert config["registered_name"] == f"zoo>{cls.__name__}"
    restored = keras.saving.deserialize_keras_object(config)
    assert restored.get_config() == metric.get_config()
    assert metric.get_config().items() >= {**arguments, "name": "named"}.items()


def test_rejects_other_shapes_and_rates():
    with pytest.raises(ValueError, match="Waveforms must be"):
        metrics.SDR().update_state(np.ones((2, 9)), np.ones((2, 8)))
    with pytest.raises(ValueError, match="`sample_rate` must be a positive"):
        metrics.STOI(0)
