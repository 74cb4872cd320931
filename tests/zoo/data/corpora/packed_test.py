"""Tests of packed audio."""

import numpy as np
import pytest
import soundfile

from zoo.data import audio
from zoo.data.audio.levels import active_speech_level_db
from zoo.data.corpora.corpus import scan
from zoo.data.corpora.packed import PackedAudio, write_packed


@pytest.mark.parametrize("dtype", ["int16", "float32"])
def test_file_and_memory_hold_the_recordings(make_corpus, tmp_path, dtype):
    corpus = scan(make_corpus())
    in_memory = PackedAudio.from_corpus(corpus, dtype=dtype)
    write_packed(tmp_path / "x.pack", corpus, dtype=dtype)
    in_file = PackedAudio.open(tmp_path / "x.pack")
    assert isinstance(in_file.samples, np.memmap)
    assert in_file.utterances == in_memory.utterances
    assert list(in_file.by_speaker) == corpus.speakers
    for packed in (in_memory, in_file):
        assert (packed.sample_rate, packed.samples.dtype) == (8000, dtype)
        for utterance, entry in zip(corpus.utterances, packed.utterances, strict=True):
            expected, _ = audio.read(utterance.path)
            waveform = packed.waveform(entry)
            assert waveform.dtype == np.float32
            np.testing.assert_array_equal(waveform, expected)
            np.testing.assert_array_equal(
                packed.waveform(entry, 100, 10**9), expected[100:]
            )
            level_db = active_speech_level_db(expected, 8000)
            assert entry.level_db == pytest.approx(level_db, abs=1e-9)


def test_recordings_are_resampled_when_asked(make_corpus):
    corpus = scan([make_corpus("one", sample_rate=16000), make_corpus("two")])
    packed = PackedAudio.from_corpus(corpus, sample_rate=8000)
    expected, _ = audio.read(corpus.utterances[0].path, 8000, resample=True)
    waveform = packed.waveform(packed.utterances[0])
    np.testing.assert_allclose(waveform, expected, atol=2**-16)
    with pytest.raises(ValueError, match="Received: 8000, 16000 Hz"):
        PackedAudio.from_corpus(corpus)


def test_recording_beyond_full_scale_is_scaled_and_its_level_with_it(make_corpus):
    folder = make_corpus()
    loud = 4 * np.sin(np.arange(4000.0))
    soundfile.write(folder / "anna" / "000.wav", loud, 8000, subtype="FLOAT")
    packed = PackedAudio.from_corpus(scan(folder))
    waveform = packed.waveform(packed.utterances[0])
    np.testing.assert_allclose(waveform, loud / np.abs(loud).max(), atol=1e-4)
    assert packed.utterances[0].level_db == pytest.approx(
        active_speech_level_db(waveform, 8000), abs=1e-3
    )


def test_bytes_are_little_endian_on_every_platform(make_corpus, tmp_path):
    corpus = scan(make_corpus(speakers=("anna",), count=1))
    write_packed(tmp_path / "x.pack", corpus)
    content = (tmp_path / "x.pack").read_bytes()
    pcm, _ = soundfile.read(corpus.utterances[0].path, dtype="int16")
    assert content[:8] == b"ZOOAUDIO"
    end = int.from_bytes(content[8:16], "little")
    assert content[64:end] == pcm.astype("<i2").tobytes()


def test_silent_recording_is_named_and_leaves_no_file(make_corpus, tmp_path):
    folder = make_corpus()
    soundfile.write(folder / "ben" / "000.wav", np.zeros(800), 8000)
    with pytest.raises(ValueError, match=r"Received: path='.*000.wav', silent"):
        write_packed(tmp_path / "x.pack", scan(folder))
    assert [path.name for path in tmp_path.iterdir()] == ["corpus"]


def test_unfit_files_are_refused(make_corpus, tmp_path):
    write_packed(tmp_path / "x.pack", scan(make_corpus()))
    content = (tmp_path / "x.pack").read_bytes()
    for name, wrong in (
        ("cut", content[:-9]),
        ("audio_only", content[:1000]),
        ("other", b"RIFF" + content[4:]),
        ("short", b"ZOO"),
        ("empty", b""),
    ):
        (tmp_path / name).write_bytes(wrong)
        with pytest.raises(ValueError, match=rf"must be complete.*{name}'"):
            PackedAudio.open(tmp_path / name)
    with pytest.raises(ValueError, match="must exist"):
        PackedAudio.open(tmp_path / "missing")


def test_unknown_dtype_is_refused(make_corpus):
    with pytest.raises(ValueError, match="Received: dtype='int8'"):
        PackedAudio.from_corpus(scan(make_corpus()), dtype="int8")
