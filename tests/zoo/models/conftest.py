"""Fixtures for tests of models."""

import keras
import pytest


@pytest.fixture
def zeros_for_orthogonal(monkeypatch):
    """Leaves out the decompositions, which take JAX a minute for wide layers."""
    zeros = keras.initializers.Zeros()
    monkeypatch.setattr(
        keras.initializers.Orthogonal,
        "__call__",
        lambda self, shape, dtype=None: zeros(shape, dtype),
    )
