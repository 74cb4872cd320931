"""Tests of activations by name."""

import keras
import pytest

from keras_complex import activations


def test_finds_names_files_and_functions():
    assert activations.get("zrelu") is activations.zrelu
    config = keras.activations.serialize(activations.zrelu)
    assert activations.get(config) is activations.zrelu
    assert activations.get(activations.split) is activations.split


def test_rejects_unknown_names():
    with pytest.raises(ValueError, match=r"one of cardioid, .*activation='tanh'"):
        activations.get("tanh")


def test_rejects_what_is_no_function():
    with pytest.raises(ValueError, match="must be a name or a function"):
        activations.get(3)
