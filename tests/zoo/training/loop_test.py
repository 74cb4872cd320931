import contextlib
import csv
import json

import numpy as np
import pytest
from ml_collections import ConfigDict

import zoo
from keras_complex.metrics import SISDR
from zoo import metrics
from zoo.training import callbacks, loop, sources, train
from zoo.training.event_log import EventLog
from zoo.training.schedules import plateau
from zoo.training.trainer import WaveformTrainer

CLOCK = {"cpu_minutes", "minutes", "steps_per_second"}


def read_history(directory):
    with open(directory / "history.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    return [{k: float(v) for k, v in row.items() if k not in CLOCK} for row in rows]


def assert_same_end(one, two):
    assert read_history(one) == read_history(two)
    with np.load(one / "checkpoint.npz") as a, np.load(two / "checkpoint.npz") as b:
        assert a.files == b.files
        for name in set(a.files) - {"progress"}:
            np.testing.assert_array_equal(a[name], b[name])


def si_sdr_db(estimate, reference):
    """By its definition (Le Roux et al., 2019), on zero-mean signals."""
    estimate, reference = estimate - estimate.mean(), reference - reference.mean()
    target = reference * (estimate @ reference) / (reference @ reference)
    return 10 * np.log10(np.sum(target**2) / np.sum((estimate - target) ** 2))


def estimates_of_best(directory, mixtures):
    """Returns what the saved network makes of mixtures at its level."""
    separator = zoo.load_separator(directory)
    estimates = separator.network(separator.domain.encode(mixtures))
    return np.asarray(separator.domain.decode(estimates, mixtures.shape[-1]))


def score_of_best(config, directory):
    mixtures, (sources_, lengths) = sources.validation_arrays(config)
    estimates = estimates_of_best(directory, mixtures)
    metric = SISDR()
    for y, x, n in zip(sources_, estimates, lengths, strict=True):
        metric.update_state(y[None, :, :n], x[None, :, :n])
    return float(metric.result())


@pytest.fixture(scope="module")
def finished(make_config, tmp_path_factory):
    """Returns the configuration, the directory and the last row of a run."""
    # With averages: those are what is validated and saved.
    config = make_config(
        epochs=3, optimizer__use_ema=True, data__validation_sdr_mixtures=3
    )
    directory = tmp_path_factory.mktemp("training") / "run"
    return config, directory, train(config, directory)


def test_writes_history_and_configuration(finished):
    config, directory, last = finished
    history = read_history(directory)
    assert [row["epoch"] for row in history] == [1, 2, 3]
    assert history[-1]["si_sdr"] == pytest.approx(last["si_sdr"])
    assert all(np.isfinite(list(row.values())).all() for row in history)
    assert history[0]["learning_rate"] == pytest.approx(0.01)
    assert history[0]["gradient_norm"] > 0
    written = json.loads((directory / "config.json").read_text())
    assert written["model"] == config.model.to_dict()
    assert written["data"]["corpora"] == list(config.data.corpora)


def test_the_best_model_scores_as_validated(finished):
    config, directory, _ = finished
    best = max(row["si_sdr"] for row in read_history(directory))
    assert score_of_best(config, directory) == pytest.approx(best, abs=1e-4)


def test_the_best_model_separates_waveforms(finished):
    separator = zoo.load_separator(finished[1])
    assert separator.sample_rate == 8000
    assert separator.level == 0.1
    mixture = np.random.default_rng(0).normal(size=4000)
    assert separator.separate(mixture, 8000).shape == (2, 4000)


def test_improvement_counts_from_the_mixture(finished):
    config, _, row = finished
    mixtures, parts, lengths = sources.DynamicMixtures(
        sources._speech(config, "valid"),
        segment_seconds=config.data.validation_seconds,
        batch_size=config.data.validation_mixtures,
        seed=config.data.validation_seed,
    ).batch(0, 0)
    scores = [
        si_sdr_db(mixture[:n], source[:n])
        for mixture, pair, n in zip(mixtures, parts, lengths, strict=True)
        for source in pair
    ]
    improvement = row["si_sdr"] - np.mean(scores)
    assert row["si_sdr_improvement"] == pytest.approx(improvement, abs=1e-3)


def mean_sdr(config, directory, count):
    """Returns the SDR of the best model on the first validation mixtures, in dB."""
    mixtures, (sources_, lengths) = sources.validation_arrays(config)
    estimates = estimates_of_best(directory, mixtures)
    scores = [
        metrics.score_separation(sources_[i, :, :n], estimates[i, :, :n]).sdr
        for i, n in enumerate(lengths[:count])
    ]
    return np.mean(scores)


def test_history_holds_the_sdr_of_the_first_mixtures(finished):
    config, directory, _ = finished
    best = max(read_history(directory), key=lambda row: row["si_sdr"])
    expected = mean_sdr(config, directory, 3)
    assert best["sdr"] == pytest.approx(expected, abs=1e-3)


def test_a_run_that_ended_is_left_as_it_is(finished):
    config, directory, last = finished
    assert train(config, directory) == last


def test_refuses_to_go_on_with_another_configuration(finished, make_config):
    with pytest.raises(ValueError, match=r"other values of loss.name\. Use another"):
        changes = {"data__validation_sdr_mixtures": 3, "loss__name": "si_sdr"}
        train(
            make_config(epochs=3, optimizer__use_ema=True, **changes),
            finished[1],
        )


def test_tensorboard_shows_numbers_sound_and_pictures(finished):
    accumulators = pytest.importorskip(
        "tensorboard.backend.event_processing.event_accumulator"
    )
    tags = accumulators.EventAccumulator(str(finished[1]), {}).Reload().Tags()
    assert {"train/loss", "train/gradient_norm", "validation/si_sdr"} < set(
        tags["scalars"]
    )
    signals = {"mixture", "reference_0", "reference_1", "estimate_0", "estimate_1"}
    assert set(tags["audio"]) == {f"audio/{name}" for name in signals}
    assert set(tags["images"]) == {
        f"{kind}/{name}" for kind in ("magnitude", "phase") for name in signals
    }


def test_a_run_that_died_ends_as_one_that_did_not(finished, tmp_path, monkeypatch):
    config, straight, _ = finished
    write = EventLog.on_epoch_end

    def die(self, epoch, logs=None):
        if epoch == 1:
            raise KeyboardInterrupt
        write(self, epoch, logs)

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(EventLog, "on_epoch_end", die)
        train(config, tmp_path / "run")
    train(config, tmp_path / "run")
    assert_same_end(straight, tmp_path / "run")


@pytest.fixture(scope="module")
def finished_waveform(make_config, tmp_path_factory):
    """Returns the same for a network of waveforms."""
    config = make_config(
        epochs=3,
        stft__frame_length=0,
        loss__name="si_sdr",
        data__validation_sdr_mixtures=3,
        schedule=ConfigDict(PLATEAU),
        model=ConfigDict(WAVEFORM_MODEL),
    )
    directory = tmp_path_factory.mktemp("training") / "waveform"
    return config, directory, train(config, directory)


PLATEAU = {"name": "plateau", "learning_rate": 0.01, "patience": 1, "factor": 0.5}
WAVEFORM_MODEL = {
    "name": "ConvTasNet",
    "num_speakers": 2,
    "filters": 8,
    "bottleneck_filters": 4,
    "hidden_filters": 6,
    "skip_filters": 4,
    "num_blocks": 2,
    "num_repeats": 1,
}


def test_trains_a_network_of_waveforms(finished_waveform):
    config, directory, last = finished_waveform
    history = read_history(directory)
    assert np.isfinite(last["loss"]) and last["skipped_steps"] == 0
    best = max(row["si_sdr"] for row in history)
    assert score_of_best(config, directory) == pytest.approx(best, abs=1e-4)
    separator = zoo.load_separator(directory)
    assert (separator.sample_rate, separator.frame_length) == (8000, 0)
    (row,) = (row for row in history if row["si_sdr"] == best)
    assert row["sdr"] == pytest.approx(mean_sdr(config, directory, 3), abs=1e-3)
    assert separator.fit_level
    mixture = np.random.default_rng(0).normal(size=4000)
    assert separator.separate(mixture, 8000).shape == (2, 4000)
    for epoch, row in enumerate(history):
        rate = plateau(history[:epoch], 0.01, 1, 0.5)
        assert row["learning_rate"] == pytest.approx(rate)


@pytest.mark.slow
def test_goes_on_after_a_plateau_as_if_never_stopped(finished_waveform, tmp_path):
    config, straight, _ = finished_waveform
    for minutes in (1e-9, 0.0):
        part = config.copy_and_resolve_references()
        part.max_minutes = minutes
        train(part, tmp_path / "run")
    assert_same_end(straight, tmp_path / "run")


@pytest.mark.parametrize("patience", [1, 2])
def test_lowers_the_learning_rate_on_a_plateau(
    make_config, tmp_path, monkeypatch, patience
):
    scores = iter([1.0, 3.0, 2.0, 2.5, 2.0])
    monkeypatch.setattr(
        callbacks.Progress,
        "validate",
        lambda progress: {"loss": 0.0, "si_sdr": next(scores)},
    )
    schedule = ConfigDict(PLATEAU | {"patience": patience})
    config = make_config(epochs=5, preview_every_epochs=0, schedule=schedule)
    train(config, tmp_path / "run")
    rates = [row["learning_rate"] for row in read_history(tmp_path / "run")]
    expected = {1: [0.01, 0.01, 0.01, 0.005, 0.0025], 2: [0.01] * 4 + [0.005]}
    assert rates == pytest.approx(expected[patience])


def test_refuses_a_batch_that_devices_cannot_share(make_config, tmp_path, monkeypatch):
    monkeypatch.setattr(loop.distribution, "scope", lambda: contextlib.nullcontext(4))
    with pytest.raises(ValueError, match=r"multiple of the 4 devices. .*batch_size=2"):
        train(make_config(), tmp_path / "run")


def test_several_steps_per_execution_train_alike(make_config, tmp_path):
    scores = [
        train(make_config(epochs=1, steps_per_execution=steps), tmp_path / str(steps))
        for steps in (1, 3)
    ]
    assert scores[0]["si_sdr"] == pytest.approx(scores[1]["si_sdr"], abs=1e-4)


@pytest.mark.parametrize(
    ("changes", "epochs"),
    [({"patience": 2}, 4), ({"max_minutes": 1e-9}, 1), ({}, 5)],
)
def test_ends_when_patience_or_minutes_are_used_up(
    make_config, tmp_path, monkeypatch, changes, epochs
):
    scores = iter([1.0, 3.0, 2.0, 2.5, 2.0])
    monkeypatch.setattr(
        callbacks.Progress,
        "validate",
        lambda progress: {"loss": 0.0, "si_sdr": next(scores)},
    )
    config = make_config(epochs=5, preview_every_epochs=0, **changes)
    last = train(config, tmp_path / "run")
    assert last["epoch"] == epochs
    # And is not begun again, whatever it ended by.
    monkeypatch.setattr(WaveformTrainer, "fit", None)
    assert train(config, tmp_path / "run") == last


def test_a_budget_of_time_ends_the_training_and_lowers_the_rate(
    make_config, tmp_path, monkeypatch
):
    monkeypatch.setattr(callbacks, "time", Clock())
    monkeypatch.setattr(
        callbacks.Progress, "validate", lambda progress: {"loss": 0, "si_sdr": 0}
    )
    schedule = ConfigDict(
        {
            "name": "cpu_budget",
            "cpu_minutes": 4.0,
            "learning_rate": 0.01,
            "warmup_share": 0.5,
        }
    )
    config = make_config(epochs=99, preview_every_epochs=0, schedule=schedule)
    # An epoch takes a minute of it; after the first, it is stopped and goes on.
    for minutes in (1e-9, 0.0):
        config.max_minutes = minutes
        last = train(config, tmp_path / "run")
    assert last["cpu_minutes"] == pytest.approx(4.0, rel=1e-3)
    rates = [row["learning_rate"] for row in read_history(tmp_path / "run")]
    assert rates == pytest.approx([0.001, 0.0055, 0.01, 0.005], rel=1e-3)


class Clock:
    """Gives a minute of computing to all that lies between two looks."""

    def __init__(self):
        self.seconds = 0.0

    def monotonic(self):
        self.seconds += 1e-3
        return self.seconds

    def process_time(self):
        self.seconds += 60.0
        return self.seconds


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("loss__name", "l3", r"`loss.name` must be one of .*si_sdr.*loss.name='l3'"),
        ("model__name", "x", r"`model.name` must be one of .*model.name='x'"),
        ("optimizer__name", "x", r"`optimizer.name` must be .*adam, sgd.*='x'"),
        ("schedule__name", "x", r"`schedule.name` must be .*cosine.*='x'"),
        ("loss__power", 2, r"`loss` must hold arguments of 'l2' only.*'power'"),
        ("model__depth", 2, r"`model` must hold arguments of 'tiny' only.*'depth'"),
        ("data__validation_mixtures", 3, r"must be a multiple of `batch_size`.*=3"),
        ("data__corpora", (), r"`data` must name what to train on"),
        ("data__mixtures", "/nowhere", r"/nowhere"),
        ("sample_rate", 16000, r"or more, 16000 Hz. Received: .* 8000 Hz in"),
    ],
)
def test_refuses_what_it_cannot_run(make_config, tmp_path, key, value, message):
    config = make_config(**{key: value})
    with pytest.raises(ValueError, match=message):
        train(config, tmp_path / "run")
    assert not (tmp_path / "run").exists()
