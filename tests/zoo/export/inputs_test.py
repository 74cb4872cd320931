"""Tests of the recordings that exports are compared on."""

import keras
import numpy as np
import pytest
import soundfile

if keras.backend.backend() != "tensorflow":
    pytest.skip("Exports need TensorFlow.", allow_module_level=True)

from zoo.export import inputs
from zoo.export.inputs import example_signal, load_inputs


def test_cuts_mixtures_and_their_sources_alike(make_mixtures, make_band_separator):
    folder = make_mixtures(2)
    found = load_inputs(make_band_separator(), folder, 500)
    assert found.origin == f"2 mixtures of {folder.name!r}"
    whole, _ = soundfile.read(folder / "mix" / "00.wav", dtype="float32")
    np.testing.assert_array_equal(found.compared[0].mixture, whole[200:700])
    for each in found.compared:
        np.testing.assert_allclose(each.sources.sum(0), each.mixture, atol=1e-6)
    (longer, _) = load_inputs(make_band_separator(), folder, 1000).compared
    np.testing.assert_array_equal(longer.mixture[:900], whole)
    assert longer.sources.shape == (2, 1000) and not longer.mixture[900:].any()


def test_calibrates_on_others_where_there_are_enough(
    make_mixtures, make_band_separator, monkeypatch
):
    monkeypatch.setattr(inputs, "COMPARED", 2)
    monkeypatch.setattr(inputs, "CALIBRATING", 4)
    separator, folder = make_band_separator(), make_mixtures(3)
    few = load_inputs(separator, folder, None)
    assert few.calibrating is few.compared and len(few.compared) == 2
    enough = load_inputs(separator, make_mixtures(4), None)
    assert len(enough.compared) == len(enough.calibrating) == 2
    assert not np.array_equal(enough.calibrating[0].mixture, enough.compared[0].mixture)


def test_takes_any_recordings_at_any_rate(tmp_path, make_band_separator):
    (tmp_path / "deep").mkdir()
    noise = 0.1 * np.random.default_rng(0).normal(size=1600)
    soundfile.write(tmp_path / "deep" / "a.flac", noise, 16000)
    (found,) = load_inputs(make_band_separator(), tmp_path, None).compared
    assert found.mixture.shape == (800,) and found.sources is None


def test_without_data_the_signal_is_synthetic(make_band_separator):
    found = load_inputs(make_band_separator(), None, 700)
    assert [len(each.mixture) for each in found.compared] == [700]
    assert found.origin == "a synthetic signal"


def test_refuses_what_does_not_fit(tmp_path, make_mixtures, make_band_separator):
    with pytest.raises(ValueError, match=r"must hold \.wav.*Received: data="):
        load_inputs(make_band_separator(), tmp_path, None)
    with pytest.raises(ValueError, match=r"must have 2 speakers.*Received: 3"):
        load_inputs(make_band_separator(), make_mixtures(1, sources=3), None)


def test_signal_has_the_level_of_speech():
    signal = example_signal(16000, 8000)
    assert signal.shape == (1, 16000) and signal.dtype == "float32"
    assert np.std(signal) == pytest.approx(0.1, rel=0.01)
