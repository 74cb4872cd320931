"""Tests of reading and writing audio."""

import io

import numpy as np
import pytest
import soundfile

from zoo import files
from zoo.data import audio
from zoo.files import atomic_file

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


@pytest.mark.parametrize(
    ("suffix", "subtype", "bits"),
    [(".wav", "PCM_24", 24), (".flac", "PCM_24", 24), (".wav", "PCM_32", 32)],
)
def test_audio_of_more_bits_is_rounded_to_the_nearest(tmp_path, suffix, subtype, bits):
    x = _noise().astype("float64")
    audio.write(tmp_path / f"x{suffix}", x, RATE, subtype)
    y, _ = soundfile.read(tmp_path / f"x{suffix}", dtype="float64")
    np.testing.assert_allclose(y, np.rint(x * 2 ** (bits - 1)) / 2 ** (bits - 1), 0, 0)
    assert np.abs(x - y).max() <= 2.0**-bits


@pytest.mark.parametrize("suffix", [".wav", ".flac", ".ogg", ".mp3"])
def test_every_subtype_that_is_offered_keeps_length_and_level(tmp_path, suffix):
    tone = 0.5 * np.sin(np.arange(70001) * 0.3)
    for subtype in audio.SUBTYPES[suffix]:
        assert audio.check_writable(suffix, subtype, RATE) == subtype
        audio.write(tmp_path / f"x{suffix}", tone, RATE, subtype)
        waveform, rate = audio.read(tmp_path / f"x{suffix}")
        assert (rate, len(waveform)) == (RATE, len(tone))
        assert soundfile.info(tmp_path / f"x{suffix}").subtype == subtype
        # Opus comes a fraction of a sample late. Blocks leave no trace.
        atol = {"OPUS": 0.1, "VORBIS": 0.02, "MPEG_LAYER_III": 0.02}.get(
            subtype, 2**-16
        )
        np.testing.assert_allclose(waveform[999:-999], tone[999:-999], 0, atol)


def test_long_vorbis_is_written(tmp_path):
    """libsndfile used to end the process with a segmentation fault."""
    audio.write(tmp_path / "x.ogg", np.zeros(5_000_000, "float32"), 44100, "VORBIS")
    assert soundfile.info(tmp_path / "x.ogg").frames == 5_000_000


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("samples", [65535, 65536, 65537])
def test_blocks_join(tmp_path, samples, channels):
    waveform = np.stack([_noise(samples, seed) for seed in range(channels)])
    audio.write(tmp_path / "x.wav", waveform, RATE)
    both, _ = audio.read(tmp_path / "x.wav", mono=False)
    np.testing.assert_array_equal(both, waveform)
    mono, _ = audio.read(tmp_path / "x.wav")
    np.testing.assert_allclose(mono, waveform.mean(axis=0), atol=1e-7)


@pytest.mark.parametrize("suffix", [".wav", ".flac", ".ogg", ".mp3"])
def test_blocks_are_what_one_reading_gives(tmp_path, suffix):
    """soundfile seeks between two blocks, and the decoders of MP3 and Ogg click."""
    stereo = np.stack([_noise(150_000), _noise(150_000, seed=1)])
    subtype = audio.SUBTYPES[suffix][0]
    audio.write(tmp_path / f"x{suffix}", stereo, RATE, subtype)
    whole, _ = soundfile.read(tmp_path / f"x{suffix}", dtype="float32")
    blocks = list(audio.read_blocks(tmp_path / f"x{suffix}"))
    assert max(map(len, blocks)) <= 65536
    # The decoder of MP3 rounds as the alignment of the memory wants it.
    atol = 1e-6 if suffix == ".mp3" else 0
    np.testing.assert_allclose(np.concatenate(blocks), whole, 0, atol)


def test_blocks_before_a_broken_sample_are_read(tmp_path):
    x = _noise(70_000)
    x[69_000] = np.nan
    soundfile.write(tmp_path / "x.wav", x, RATE, subtype="FLOAT")
    blocks = audio.read_blocks(tmp_path / "x.wav")
    np.testing.assert_array_equal(next(blocks)[:, 0], x[:65536])
    with pytest.raises(ValueError, match=r"x\.wav' with NaN"):
        next(blocks)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((".aac",), r"must end in one of \.wav, \.flac, \.ogg, \.mp3\. .*'\.aac'"),
        ((".wav", "GSM610"), "must be one of PCM_16, PCM_24, PCM_32, FLOAT"),
        ((".flac", "FLOAT"), "must be one of PCM_16, PCM_24"),
        ((".flac", None, 700_000), "at 700000 Hz .flac does not support"),
        ((".ogg", None, 200_001), r"Vorbis ends at 200000 Hz.*WAV takes any"),
        ((".ogg", "OPUS", 44100), "Opus only supports"),
        ((".mp3", None, 96000), "MPEG.* only supports"),
        ((".wav", None, 8000, 2**31), r"shorter than 4 GB.*4\.3 GB of PCM_16"),
        ((".wav", "FLOAT", 8000, 2**30), "shorter than 4 GB"),
    ],
)
def test_what_cannot_be_written_is_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        audio.check_writable(*arguments)


def test_usual_subtypes():
    usual = [audio.check_writable(suffix) for suffix in audio.SUBTYPES]
    assert usual == ["PCM_16", "PCM_16", "VORBIS", "MPEG_LAYER_III"]


@pytest.mark.parametrize(
    ("subtype", "largest"),
    [
        ("PCM_16", 32767 / 32768),
        ("PCM_24", 1 - 2**-23),
        ("FLOAT", np.inf),
        ("VORBIS", 1),
    ],
)
def test_full_scale(subtype, largest):
    assert audio.full_scale(subtype) == largest


@pytest.mark.parametrize("suffix", [".wav", ".aiff"])
def test_cut_files_are_found(tmp_path, suffix):
    path = tmp_path / f"x{suffix}"
    soundfile.write(path, _noise(), RATE)
    audio.check_whole(path)
    path.write_bytes(path.read_bytes()[:-2])
    with pytest.raises(ValueError, match=r"must be whole\..*bytes, truncated"):
        audio.check_whole(path)


class BrokenFile(io.BytesIO):
    """Raises when it is written to a second time."""

    def __init__(self, error):
        super().__init__()
        self.error = error
        self.writes = 0

    def write(self, data):
        self.writes += 1
        if self.writes > 1:
            raise self.error
        return super().write(data)


@pytest.mark.parametrize("error", [OSError("full"), KeyboardInterrupt()])
def test_what_fails_in_writing_comes_through(tmp_path, monkeypatch, capfd, error):
    """Python used to print it, and libsndfile went on."""

    def opened(path, mode):
        path.touch()
        return BrokenFile(error)

    monkeypatch.setattr(files, "open", opened, raising=False)
    with pytest.raises(type(error)) as caught:
        audio.write(tmp_path / "x.wav", _noise(), RATE)
    assert caught.value is error
    assert not list(tmp_path.iterdir())
    assert capfd.readouterr() == ("", "")


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
        audio.write(tmp_path / "x.aac", _noise(), RATE)
    with pytest.raises(ValueError, match=r"FLOAT in \.mp3 at 8000 Hz"):
        audio.write(tmp_path / "x.mp3", _noise(), RATE)


def test_interrupted_write_leaves_the_old_file(tmp_path):
    path = tmp_path / "folder" / "x.txt"
    with atomic_file(path) as file:
        file.write(b"old")
    with pytest.raises(KeyboardInterrupt), atomic_file(path) as file:
        file.write(b"half of the n")
        raise KeyboardInterrupt
    assert path.read_bytes() == b"old"
    assert [file.name for file in path.parent.iterdir()] == ["x.txt"]
