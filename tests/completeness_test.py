"""Tests that all that is public has tests, a page and, where it applies, a config."""

import inspect
import re
import sys
from pathlib import Path

import keras
import pytest

import zoo.metrics
from configs import leaderboard
from keras_complex import losses, metrics
from tests.configs_test import CONFIGS, get_config
from tests.keras_complex.losses.cases import CASES as LOSS_CASES
from tests.keras_complex.metrics.metrics_test import CASES as METRIC_CASES
from zoo.models import MODELS

ROOT = Path(__file__).parents[1]
PAGES = {path: path.read_text("utf-8") for path in (ROOT / "docs").rglob("*.md")}


def classes(package, base):
    """Returns the public classes of a package that are of a kind."""
    public = [getattr(package, name) for name in package.__all__]
    return {cls for cls in public if inspect.isclass(cls) and issubclass(cls, base)}


def file_of_tests(cls):
    """Returns where the tests of a class lie: the file mirrors that of the class."""
    source = Path(sys.modules[cls.__module__].__file__).relative_to(ROOT)
    return ROOT / "tests" / source.with_name(f"{source.stem}_test.py")


def mentioned_in_docs(name):
    return any(name in text for text in PAGES.values())


def test_every_loss_honours_the_contract():
    assert {case[0] for case in LOSS_CASES.values()} == classes(
        losses, keras.losses.Loss
    )


@pytest.mark.parametrize("name", losses.__all__)
def test_every_loss_has_tests_of_its_own(name):
    assert name in file_of_tests(getattr(losses, name)).read_text("utf-8")


def test_every_metric_honours_the_contract():
    assert {case[0] for case in METRIC_CASES.values()} == classes(
        metrics, keras.metrics.Metric
    )


def test_every_measure_of_the_zoo_has_tests():
    tests = (ROOT / "tests/zoo/metrics").glob("*_test.py")
    text = " ".join(path.read_text("utf-8") for path in tests)
    public = {name: getattr(zoo.metrics, name) for name in zoo.metrics.__all__}
    measures = classes(zoo.metrics, keras.metrics.Metric) | {
        thing for thing in public.values() if inspect.isfunction(thing)
    }
    missing = {measure.__name__ for measure in measures} - set(re.findall(r"\w+", text))
    assert not missing


@pytest.mark.parametrize("name", losses.__all__ + metrics.__all__ + list(MODELS))
def test_every_loss_metric_and_model_is_on_a_page(name):
    assert mentioned_in_docs(name)


@pytest.mark.parametrize("page", ["losses", "metrics", "zoo"])
def test_the_reference_lists_packages_and_so_whatever_they_export(page):
    package = "zoo.models" if page == "zoo" else f"keras_complex.{page}"
    assert f"::: {package}\n" in PAGES[ROOT / f"docs/api/{page}.md"]


@pytest.mark.parametrize("name", MODELS)
def test_every_model_has_tests_of_its_own(name):
    assert name in file_of_tests(MODELS[name]).read_text("utf-8")


def test_every_model_takes_the_ways_that_all_take():
    """`tests/zoo/every_model_test.py` has each row of the leaderboard."""
    rows = [leaderboard.get_config(row) for row in leaderboard.ROWS]
    assert {config.model.name for config in rows} == set(MODELS)


def test_every_model_has_a_configuration_beside_the_leaderboard():
    files = [path for path in CONFIGS if path.stem != "leaderboard"]
    assert {get_config(path).model.name for path in files} == set(MODELS)
