"""Tests of reading and writing audio."""

import numpy as np
import pytest
import soundfile

from zoo.data import audio

RATE = 8000


def _noise(samples=801, seed=0):
    return np.random.default_rng(seed).uniform(-0.9, 0.9, samples).astype("float32")


@pytest.mark.parametrize("suffix", [".wav", ".flac"])
def test_16_bit_audio_comes_back_as_it_went_in(tmp_path, suffix):
    grid = np.arange(-32768, 32768, 7).astype("float32") / 32768
    audio.write(tmp_path / f"x{suffix}", grid, RATE, subtype="PCM_16")
    waveform, rate = audio.read(tmp_path / f"x{suffix}")
    np.testing.assert_array_equal(waveform, grid)
    assert (rate, waveform.dtype) == (RATE, np.float32)


@pytest.mark.parametrize("suffix", [".wav", ".flac"])
def test_16_bit_audio_is_rounded_to_the_nearest(tmp_path, suffix):
    audio.write(tmp_path / f"x{suffix}", _noise(), RATE, subtype="PCM_16")
    error = audio.read(tmp_path / f"x{suffix}")[0] - _noise()
    assert np.abs(error).max() <= 2**-16


def test_float_audio_beyond_full_scale_comes_back_as_it_went_in(tmp_path):
    audio.write(tmp_path / "x.wav", 3 * _noise(), RATE)
    np.testing.assert_array_equal(audio.read(tmp_path / "x.wav")[0], 3 * _noise())


def test_ogg_is_read(tmp_path):
    tone = (0.5 * np.sin(np.arange(8000) * 0.3)).astype("float32")
    audio.write(tmp_path / "x.ogg", tone, RATE, subtype="VORBIS")
    np.testing.assert_allclose(audio.read(tmp_path / "x.ogg")[0], tone, atol=0.05)


def test_channels_are_averaged_or_kept(tmp_path):
    channels = np.stack([_noise(), _noise(seed=1)])
    audio.write(tmp_path / "x.wav", channels, RATE)
    mono, _ = audio.read(tmp_path / "x.wav")
    np.testing.assert_allclose(mono, channels.mean(axis=0), atol=1e-7)
    both, _ = audio.read(tmp_path / "x.wav", mono=False)
    np.testing.assert_array_equal(both, channels)


def test_resampling_keeps_time_and_level_of_a_tone(tmp_path):
    def tone(rate):
        return 0.5 * np.sin(2 * np.pi * 3400 * np.arange(rate) / rate)

    audio.write(tmp_path / "x.wav", tone(16000), 16000)
    waveform, rate = audio.read(tmp_path / "x.wav", 8000, resample=True)
    assert (rate, waveform.shape) == (8000, (8000,))
    middle = slice(1000, -1000)
    np.testing.assert_allclose(waveform[middle], tone(8000)[middle], atol=1e-4)


def test_other_rate_is_refused_unless_resampling_is_asked_for(tmp_path):
    audio.write(tmp_path / "x.wav", _noise(), 16000)
    with pytest.raises(ValueError, match=r"must be 8000 Hz\. Received: .* 16000 Hz"):
        audio.read(tmp_path / "x.wav", sample_rate=8000)


def test_broken_files_are_named(tmp_path):
    (tmp_path / "empty.wav").touch()
    (tmp_path / "text.wav").write_text("not audio, though long enough to look at")
    soundfile.write(tmp_path / "short.wav", np.zeros(0), RATE)
    nan = np.array([0, np.nan, 0], "float32")
    soundfile.write(tmp_path / "nan.wav", nan, RATE, subtype="FLOAT")
    for name, message in (
        ("missing.wav", r"must exist\. Received: path='.*missing.wav'"),
        ("empty.wav", "empty.wav', an empty file"),
        ("text.wav", r"libsndfile reads\. Received: path='.*text.wav'"),
        ("short.wav", "short.wav', of zero length"),
        ("nan.wav", "nan.wav' with NaN"),
    ):
        with pytest.raises(ValueError, match=message):
            audio.read(tmp_path / name)


@pytest.mark.parametrize(
    "waveform, options, message",
    [
        (
            [0.0, 1.5],
            {"subtype": "PCM_16"},
            r"within -1 and 1\. Received: a peak of 1.5",
        ),
        ([0.0, np.nan], {}, "finite"),
        ([], {}, r"shape \(samples,\)"),
        ([[[0.0]]], {}, r"Received: waveform.shape=\(1, 1, 1\)"),
    ],
)
def test_unfit_waveform_is_refused(tmp_path, waveform, options, message):
    with pytest.raises(ValueError, match=message):
        audio.write(tmp_path / "x.wav", np.array(waveform), RATE, **options)
    assert not list(tmp_path.iterdir())


def test_unknown_format_is_refused(tmp_path):
    with pytest.raises(ValueError, match=r"must end in one of \.wav, \.flac, \.ogg"):
        audio.write(tmp_path / "x.mp3", _noise(), RATE)


def test_interrupted_write_leaves_the_old_file(tmp_path):
    path = tmp_path / "folder" / "x.txt"
    with audio.atomic_file(path) as file:
        file.write(b"old")
    with pytest.raises(KeyboardInterrupt), audio.atomic_file(path) as file:
        file.write(b"half of the n")
        raise KeyboardInterrupt
    assert path.read_bytes() == b"old"
    assert [file.name for file in path.parent.iterdir()] == ["x.txt"]
