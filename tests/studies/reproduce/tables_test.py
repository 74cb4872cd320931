"""Every row of the paper's tables, against the paper and its public code."""

import functools
import json
from pathlib import Path

import numpy as np
import pytest

from studies.reproduce.plan import rows_of_study, rows_of_table
from zoo.presets.building import build_network
from zoo.presets.objective import build_loss

GOLDEN = json.loads((Path(__file__).parents[2] / "golden/params.json").read_text())
LOSSES = {
    "L2freq": "l2",
    "CSimLoss": "csim",
    "L2time": "l2_time",
    "Costime": "cosine_time",
}
ROWS = [(table, row) for table in (1, 2, 3) for row in rows_of_table(table)]


def name_of(value):
    return value.name if hasattr(value, "name") else f"table{value}"


@functools.cache
def count_parameters(model):
    config = rows_of_table(1)[0].config
    with config.unlocked():
        config.model = dict(model)
    network = build_network(config)
    return sum(int(np.prod(v.shape)) for v in network.trainable_variables)


def published(table, row):
    """Returns what the paper's table and the public code have for a row."""
    model, loss = row.config.model, row.config.loss.name
    (found,) = (
        entry
        for entry in GOLDEN["rows"]
        if entry["table"] == table
        and entry["space"] == {"RealUNet": "real", "ComplexUNet": "complex"}[model.name]
        and (entry["start_fmaps"], entry["k"])
        == (model.start_filters, model.num_residual_blocks)
        and entry["transforms"] == model.get("num_transforms", 0)
        and entry["dropout"] == model.get("transform_dropout", 0)
        and LOSSES[entry["loss"]] == loss
    )
    return found


@pytest.mark.one_fast_case
@pytest.mark.parametrize(("table", "row"), ROWS, ids=name_of)
def test_row_is_that_of_the_paper(table, row):
    entry = published(table, row)
    assert row.published_sdr == entry["paper_test_sdr"]
    assert row.published_parameters == entry["paper_params_millions"]
    # The number of parameters does not depend on the dropout.
    model = row.config.model.to_dict() | {"seed": 0}
    model.pop("seed")
    if "transform_dropout" in model:
        model["transform_dropout"] = 0.0
    count = count_parameters(tuple(sorted(model.items())))
    print(
        f"{row.name}: {count:,} parameters; public code {entry['code_params']:,}, "
        f"paper {entry['paper_params_millions']} million"
    )
    assert count == entry["code_params"]


def test_tables_have_as_many_rows_as_in_the_paper():
    assert [len(rows_of_table(table)) for table in (1, 2, 3)] == [12, 20, 32]


@pytest.mark.parametrize(("table", "row"), ROWS, ids=name_of)
def test_protocol_is_the_published_one(table, row):
    config = row.config
    assert config.sample_rate == 8000
    assert config.stft.to_dict() == {"frame_length": 256, "frame_step": 128}
    optimizer = config.optimizer
    assert (optimizer.name, optimizer.momentum, optimizer.nesterov) == (
        "sgd",
        0.9,
        True,
    )
    assert (optimizer.max_norm, optimizer.l2_decay) == (1.0, 1e-4)
    assert config.schedule.boundaries == (10, 100, 120, 150)
    assert config.schedule.learning_rates == (0.01, 0.1, 0.01, 0.001, 0.0001)
    assert config.epochs == 200
    wide = config.model.start_filters == 44
    assert config.batch_size == (24 if wide else 40)
    assert config.level == 0
    assert config.data.segment_seconds == 0
    assert config.loss.assignment == "batch"
    if config.loss.name == "csim":
        assert (config.loss.real_weight, config.loss.imag_weight) == (1.0, 1e4)
    if config.model.name == "ComplexUNet":
        assert config.model.initializer_scale == "published"
        assert tuple(config.model.film_offset) == (1.0, 1.0)


def test_rows_of_the_same_name_are_the_same_training():
    configs = {}
    for _, row in ROWS:
        known = configs.setdefault(row.name, row.config)
        assert known.to_dict() == row.config.to_dict()


@pytest.mark.parametrize("scale", ["paper", "small"])
def test_every_difference_can_be_built(scale):
    rows = rows_of_study("differences", scale)
    assert rows[0].name == "published"
    settings = [json.dumps(row.config.to_dict(), sort_keys=True) for row in rows]
    assert len(set(settings)) == len(rows)
    for row in rows:
        row.config.model.start_filters = 2
        row.config.model.num_residual_blocks = 0
        build_network(row.config)
        build_loss(row.config)


def test_small_networks_have_equal_parameters_or_equal_multiplications():
    rows = {row.name: row for row in rows_of_table(1, "small")}
    networks = {
        name: build_network(rows[name].config)
        for name in ("complex_t0_l2", "real_14", "real_20")
    }
    counts = {
        name: sum(int(np.prod(v.shape)) for v in network.trainable_variables)
        for name, network in networks.items()
    }
    assert counts["real_14"] == pytest.approx(counts["complex_t0_l2"], rel=0.03)
    # A complex kernel of n numbers multiplies 2 n times at each place, a real one n.
    kernels = {
        name: sum(int(np.prod(v.shape)) for v in net.weights if v.name == "kernel")
        for name, net in networks.items()
    }
    assert kernels["real_20"] == pytest.approx(2 * kernels["complex_t0_l2"], rel=0.03)


def test_small_rows_name_the_rows_that_they_stand_for():
    for table in (1, 2, 3):
        for row in rows_of_table(table, "small"):
            if row.name in ("real_20_csim", "real_14_csim"):
                assert (row.stands_for, row.published_sdr) == (None, None)
                continue
            assert row.stands_for in {published_row.name for _, published_row in ROWS}
            assert row.published_sdr is not None
