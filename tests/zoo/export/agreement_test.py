"""Tests of the check of exports."""

import keras
import numpy as np
import pytest

if keras.backend.backend() != "tensorflow":
    pytest.skip("Exports need TensorFlow.", allow_module_level=True)

from zoo.export import agreement, metadata


def test_snr_of_a_known_error():
    reference = np.random.default_rng(0).normal(size=(1, 2, 100))
    assert agreement.snr_db(reference, 1.001 * reference) == pytest.approx(60)


def test_signal_has_the_level_of_speech():
    signal = agreement.example_signal(16000, 8000)
    assert signal.shape == (1, 16000) and signal.dtype == "float32"
    assert np.std(signal) == pytest.approx(0.1, rel=0.01)


@pytest.mark.parametrize("snrs_db", [[100.0, 59.0], [100.0, float("nan")]])
def test_refuses_a_difference(snrs_db):
    with pytest.raises(ValueError, match=r"must agree with Keras to 60 dB.*'model'"):
        agreement.check("model", snrs_db)


def test_returns_the_worst():
    assert agreement.check("model", [100.0, 90.0]) == 90.0


def test_needs_keras_on_tensorflow(monkeypatch):
    monkeypatch.setattr(keras.backend, "backend", lambda: "jax")
    with pytest.raises(ValueError, match="Set KERAS_BACKEND=tensorflow"):
        metadata.require_tensorflow()
