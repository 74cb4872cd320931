"""Tests of decoding in graphs; they need TensorFlow, and no JAX."""

import keras
import numpy as np
import pytest
import soundfile

from zoo.data import audio

tf = pytest.importorskip("tensorflow")
if keras.backend.backend() != "tensorflow":
    pytest.skip("The graph is TensorFlow's.", allow_module_level=True)

from zoo.data.audio import decoding  # noqa: E402

FORMATS = [
    ("WAV", "PCM_16", True),
    ("WAVEX", "PCM_16", True),
    ("WAV", "FLOAT", True),
    ("FLAC", "PCM_16", True),
    ("FLAC", "PCM_24", True),
    ("WAV", "PCM_24", False),
    ("WAV", "PCM_U8", False),
    ("WAV", "PCM_32", False),
    ("WAV", "DOUBLE", False),
    ("FLAC", "PCM_S8", False),
    ("OGG", "VORBIS", False),
]


def _write(path, audio_format, subtype, samples, channels=1):
    noise = np.random.default_rng(0).uniform(-0.9, 0.9, (samples, channels))
    soundfile.write(path, noise, 8000, format=audio_format, subtype=subtype)


def _decode_in_graph(paths, resample=False):
    def load(path, decoder):
        return decoding.decode(path, decoder, 8000, resample)

    names = [str(path) for path in paths]
    decoders = np.array([decoding.decoder_of(path, 8000) for path in paths], "int32")
    dataset = tf.data.Dataset.from_tensor_slices((names, decoders)).map(load)
    return list(dataset.as_numpy_iterator())


@pytest.mark.parametrize("samples", [1, 8001, 30000])
def test_samples_equal_those_of_soundfile(tmp_path, samples):
    paths = [tmp_path / f"{f}_{subtype}" for f, subtype, _ in FORMATS]
    for path, (audio_format, subtype, native) in zip(paths, FORMATS, strict=True):
        _write(path, audio_format, subtype, samples)
        assert (decoding.decoder_of(path, 8000) != decoding.SOUNDFILE) == native
    for path, waveform in zip(paths, _decode_in_graph(paths), strict=True):
        expected, _ = soundfile.read(path, dtype="float32")
        np.testing.assert_array_equal(waveform, expected, err_msg=path.name)
        np.testing.assert_array_equal(audio.read(path)[0], expected)


@pytest.mark.parametrize("available", [True, False])
def test_both_ways_give_the_same(tmp_path, monkeypatch, available):
    if not available:
        monkeypatch.setattr(decoding, "tensorflow_io_audio", lambda: None)
    elif decoding.tensorflow_io_audio() is None:
        pytest.skip("The operations of tensorflow-io do not load here.")
    _write(tmp_path / "x.flac", "FLAC", "PCM_16", 5000)
    (waveform,) = _decode_in_graph([tmp_path / "x.flac"])
    np.testing.assert_array_equal(waveform, audio.read(tmp_path / "x.flac")[0])


def test_operations_load_up_to_tensorflow_2_17():
    io = pytest.importorskip("tensorflow_io")
    if tuple(map(int, tf.__version__.split(".")[:2])) > (2, 17):
        pytest.skip("tensorflow-io was built for TensorFlow 2.17 at most.")
    assert decoding.tensorflow_io_audio() is io.audio


def test_several_channels_and_other_rates_go_the_general_way(tmp_path):
    _write(tmp_path / "two.wav", "WAV", "PCM_16", 800, channels=2)
    soundfile.write(tmp_path / "fast.wav", np.sin(np.arange(900.0)), 16000)
    paths = [tmp_path / "two.wav", tmp_path / "fast.wav"]
    for path, waveform in zip(paths, _decode_in_graph(paths, True), strict=True):
        expected, _ = audio.read(path, 8000, resample=True)
        np.testing.assert_array_equal(waveform, expected)


def test_samples_that_are_not_finite_are_refused(tmp_path):
    nan = np.array([0, np.nan], "float32")
    soundfile.write(tmp_path / "nan.wav", nan, 8000, subtype="FLOAT")
    with pytest.raises(tf.errors.OpError, match="must be finite"):
        _decode_in_graph([tmp_path / "nan.wav"])
