import math

import keras
import pytest

from zoo.training.schedules import (
    EPOCH_SCHEDULES,
    SCHEDULES,
    constant,
    cosine,
    cpu_budget,
    piecewise,
    plateau,
)


def rate(schedule, step):
    return float(keras.ops.convert_to_numpy(schedule(step)))


@pytest.mark.parametrize(
    ("epoch", "expected"),
    [
        *[(0, 0.01), (9, 0.01), (10, 0.1), (99, 0.1), (100, 0.01), (119, 0.01)],
        *[(120, 1e-3), (149, 1e-3), (150, 1e-4), (199, 1e-4), (500, 1e-4)],
    ],
)
def test_piecewise_gives_the_published_schedule(epoch, expected):
    rates = (0.01, 0.1, 0.01, 1e-3, 1e-4)
    schedule = piecewise(7, 200, (10, 100, 120, 150), rates)
    for step in (7 * epoch, 7 * epoch + 6):
        assert rate(schedule, step) == pytest.approx(expected)


def test_cosine_warms_up_and_ends_at_the_final_fraction():
    schedule = cosine(10, 6, 0.2, warmup_epochs=2, final_fraction=0.1)
    assert rate(schedule, 0) == 0.0
    assert rate(schedule, 10) == pytest.approx(0.1)
    assert rate(schedule, 20) == pytest.approx(0.2)
    half = 0.02 + 0.18 * (1 + math.cos(math.pi / 2)) / 2
    assert rate(schedule, 40) == pytest.approx(half)
    assert rate(schedule, 60) == pytest.approx(0.02)


def test_cosine_begins_at_the_peak_without_warm_up():
    assert rate(cosine(10, 6, 0.2), 0) == pytest.approx(0.2)


def test_constant_is_constant():
    assert constant(10, 5, 0.3) == 0.3


def test_plateau_halves_after_three_epochs_without_a_better_score():
    assert plateau([], 0.3, patience=3, factor=0.5) == 0.3
    scores = [1, 2, 2, 1, 1, 1.5, 3, 2, 3, 1, 0, 0, 0]
    rates = [1.0] * 5 + [0.5] * 5 + [0.25] * 3 + [0.125]
    history = [{"si_sdr": score} for score in scores]
    for epoch, expected in enumerate(rates):
        assert plateau(history[:epoch], 1.0, 3, 0.5) == expected


def test_a_budget_of_time_rises_in_a_line_and_falls_as_a_cosine():
    assert cpu_budget([], 3.0, 0.4, warmup_share=0.2) == pytest.approx(0.04)
    assert cpu_budget([], 3.0, 0.4) == 0.4
    rates = [
        cpu_budget([{"cpu_minutes": 3.0 * share}], 3.0, 0.4, 0.2, 0.1)
        for share in (0.1, 0.2, 0.6, 1.0, 1.3)
    ]
    half = 0.04 + 0.36 * (1 + math.cos(math.pi / 2)) / 2
    assert rates == pytest.approx([0.22, 0.4, half, 0.04, 0.04])


def test_all_are_listed():
    assert {*SCHEDULES.values(), *EPOCH_SCHEDULES.values()} == {
        constant,
        cosine,
        cpu_budget,
        piecewise,
        plateau,
    }


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: piecewise(1, 9, (1, 2), (0.1, 0.2)), "one value more.*Received"),
        (lambda: piecewise(1, 9, (2, 1), (1.0, 1.0, 1.0)), "must grow.*Received"),
        (lambda: plateau([], 0.1, 0, 0.5), "`patience` must.*patience=0"),
        (lambda: plateau([], 0.1, 1, 1.0), "`factor` between.*factor=1.0"),
        (lambda: cpu_budget([], 1.0, 0.1, 1.0), "`warmup_share` in.*share=1.0"),
        (lambda: cpu_budget([], 0.0, 0.1), "`cpu_minutes` must.*minutes=0.0"),
        (lambda: cosine(1, 3, 0.1, warmup_epochs=3), "`warmup_epochs` must.*=3"),
        (lambda: cosine(1, 3, 0.1, warmup_epochs=-1), "`warmup_epochs` must.*=-1"),
    ],
)
def test_refuses_wrong_arguments(make, message):
    with pytest.raises(ValueError, match=message):
        make()
