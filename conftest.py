"""Names that the examples of the docstrings use, and how many cases a run takes."""

import keras
import numpy as np
import pytest


def pytest_addoption(parser):
    parser.addoption(
        "--one-case",
        action="store_true",
        help="Take one case of each test, but all of contracts and of `every_case`.",
    )


# Before `-m` leaves out what is slow.
@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config, items):
    seen = set()
    for item in items:
        if item.get_closest_marker("one_fast_case") and _test(item) in seen:
            item.add_marker(pytest.mark.slow)
        seen.add(_test(item))


@pytest.hookimpl(trylast=True, specname="pytest_collection_modifyitems")
def pytest_take_one_case(config, items):
    # After `-m`, so that a case is left where the first is of the other tier.
    if not config.getoption("--one-case"):
        return
    seen, kept, left_out = set(), [], []
    for item in items:
        test = _test(item)
        whole = "contract" in test or item.get_closest_marker("every_case")
        again = test in seen and not whole
        (left_out if again else kept).append(item)
        seen.add(test)
    config.hook.pytest_deselected(items=left_out)
    items[:] = kept


def _test(item):
    """Returns the name of the test of which an item is a case."""
    return item.nodeid.partition("[")[0]


@pytest.fixture(autouse=True)
def _names_of_examples(doctest_namespace):
    keras.utils.set_random_seed(0)
    doctest_namespace.update(keras=keras, np=np)
