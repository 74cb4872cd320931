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


def pytest_collection_modifyitems(config, items):
    if not config.getoption("--one-case"):
        return
    seen, kept, left_out = set(), [], []
    for item in items:
        test = item.nodeid.partition("[")[0]
        whole = "contract" in test or item.get_closest_marker("every_case")
        again = test in seen and not whole
        (left_out if again else kept).append(item)
        seen.add(test)
    config.hook.pytest_deselected(items=left_out)
    items[:] = kept


@pytest.fixture(autouse=True)
def _names_of_examples(doctest_namespace):
    keras.utils.set_random_seed(0)
    doctest_namespace.update(keras=keras, np=np)
