"""Names that the examples of the docstrings use, and how many cases a run takes."""

import keras
import numpy as np
import pytest


def pytest_addoption(parser):
    parser.addoption(
        "--one-case",
        action="store_true",
        help="Take the first case of each test; contracts keep all of theirs.",
    )


def pytest_collection_modifyitems(config, items):
    if not config.getoption("--one-case"):
        return
    seen, kept, left_out = set(), [], []
    for item in items:
        test = item.nodeid.partition("[")[0]
        again = test in seen and "contract" not in test
        (left_out if again else kept).append(item)
        seen.add(test)
    config.hook.pytest_deselected(items=left_out)
    items[:] = kept


@pytest.fixture(autouse=True)
def _names_of_examples(doctest_namespace):
    keras.utils.set_random_seed(0)
    doctest_namespace.update(keras=keras, np=np)
