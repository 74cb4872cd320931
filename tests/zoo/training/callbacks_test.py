"""Tests of what ends a training and sets its rates; `loop_test.py` has the rest."""

import pytest
from ml_collections import ConfigDict

from zoo.training.callbacks import epoch_rates, finished


def make_config(**changes):
    schedule = changes.pop("schedule", {"name": "constant", "learning_rate": 1.0})
    config = {"epochs": 9, "max_minutes": 0.0, "patience": 0}
    return ConfigDict({**config, "schedule": schedule, **changes})


def make_history(*scores):
    return [
        {"si_sdr": score, "minutes": float(n), "cpu_minutes": 2.0 * n}
        for n, score in enumerate(scores, 1)
    ]


BUDGET = {"name": "cpu_budget", "cpu_minutes": 6.0, "learning_rate": 1.0}


@pytest.mark.parametrize(
    ("changes", "epochs"),
    [
        ({}, 9),
        ({"max_minutes": 3.5}, 4),
        ({"patience": 2}, 4),
        # The best is the first of equals.
        ({"patience": 3}, 5),
        ({"schedule": BUDGET}, 3),
    ],
)
def test_ends_with_the_epoch_that_uses_something_up(changes, epochs):
    config = make_config(**changes)
    scores = [1.0, 3.0, 2.0, 2.5, 3.0, 2.0, 2.0, 2.0, 2.0]
    ended = [finished(config, make_history(*scores[:n])) for n in range(10)]
    assert ended.index(True) == epochs
    assert not finished(config, [])


def test_only_schedules_that_look_back_are_asked_before_each_epoch():
    assert epoch_rates(make_config(), []) == []
    history = make_history(1.0)
    (callback,) = epoch_rates(make_config(schedule=BUDGET), history)
    assert callback.schedule(1, 0.0) == pytest.approx(0.75)
    history += make_history(1.0, 1.0, 1.0)[1:]
    assert callback.schedule(3, 0.0) == pytest.approx(0.0)
