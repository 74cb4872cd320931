"""Names that the examples of the docstrings use."""

import keras
import numpy as np
import pytest


@pytest.fixture(autouse=True)
def _names_of_examples(doctest_namespace):
    keras.utils.set_random_seed(0)
    doctest_namespace.update(keras=keras, np=np)
