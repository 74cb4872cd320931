"""Tests of writing voices."""

import os
import time

import numpy as np
import pytest
import soundfile

from zoo.data import audio
from zoo.inference import outputs


def write(tmp_path, voices, subtype="PCM_16"):
    """Writes voices one sample at a time."""
    files = outputs.voice_files(tmp_path / "out", "a/mix", len(voices))
    blocks = np.array(voices, "float32").T[..., np.newaxis]
    gain_db = outputs.write_voices(files, blocks, 8000, subtype)
    return gain_db, [soundfile.read(file)[0] for file in files]


def test_names_files_after_recording_and_voice():
    files = outputs.voice_files("out", "a/mix.v2", 3, ".flac")
    assert [file.as_posix() for file in files] == [
        "out/a/mix.v2_s1.flac",
        "out/a/mix.v2_s2.flac",
        "out/a/mix.v2_s3.flac",
    ]


@pytest.mark.parametrize("subtype", ["PCM_16", "PCM_24", "PCM_32"])
@pytest.mark.parametrize("peak", [1.0001, 3.0, 1e30])
def test_one_gain_brings_the_peak_to_full_scale(tmp_path, subtype, peak):
    gain_db, (loud, soft) = write(
        tmp_path, [[0, peak, -peak / 2], [0, peak / 4, 0]], subtype
    )
    largest = 1 - 2.0 ** (1 - int(subtype[-2:]))
    assert loud[1] == pytest.approx(largest, abs=2**-23) and loud.max() <= largest
    np.testing.assert_allclose(loud, [0, loud[1], -loud[1] / 2], atol=2**-15)
    np.testing.assert_allclose(soft, loud / 4 * [0, 1, 0], atol=2**-15)
    assert gain_db == pytest.approx(20 * np.log10(largest / peak), abs=1e-4)


def test_what_fits_is_not_scaled(tmp_path):
    voices = [[0.5, -0.25], [0.0, 32767 / 32768]]
    gain_db, written = write(tmp_path, voices)
    assert gain_db == 0
    np.testing.assert_array_equal(written, voices)


def test_float_needs_no_gain(tmp_path):
    gain_db, written = write(tmp_path, [[4.0, -8.0]], "FLOAT")
    assert gain_db == 0
    np.testing.assert_array_equal(written, [[4, -8]])


@pytest.mark.parametrize("voice", [np.nan, np.inf])
@pytest.mark.parametrize("order", [1, -1])
def test_a_voice_that_is_not_finite_is_refused(tmp_path, voice, order):
    with pytest.raises(ValueError, match="must be finite"):
        write(tmp_path, [[0.5, 2.0], [0.5, voice]][::order])
    assert not (tmp_path / "out").exists()


def test_voices_longer_than_a_block_are_whole(tmp_path):
    rng = np.random.default_rng(0)
    voices = rng.uniform(-1, 1, (2, 200_001)).astype("float32")
    files = outputs.voice_files(tmp_path, "mix", 2)
    outputs.write_voices(files, np.split(voices, [5, 150_000], 1), 8000, "FLOAT")
    written = [soundfile.read(file, dtype="float32")[0] for file in files]
    np.testing.assert_array_equal(written, voices)


def test_what_waits_has_no_name(tmp_path):
    """A process that is killed leaves nothing of it behind."""
    files = outputs.voice_files(tmp_path / "out", "mix", 2)

    def blocks():
        yield np.ones((2, 100), "float32")
        seen.extend(tmp_path.rglob("*"))
        raise OSError("the end")

    seen = []
    with pytest.raises(OSError, match="the end"):
        outputs.write_voices(files, blocks(), 8000, "PCM_16")
    assert seen == [tmp_path / "out"]
    assert not list(tmp_path.iterdir())


def test_no_voices_are_refused(tmp_path):
    files = outputs.voice_files(tmp_path / "out", "mix", 2)
    with pytest.raises(ValueError, match="must hold samples"):
        outputs.write_voices(files, [], 8000, "PCM_16")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("error", [OSError("full"), KeyboardInterrupt()])
def test_all_voices_are_written_or_none(tmp_path, monkeypatch, error):
    _, before = write(tmp_path, [[0.5], [0.25]])
    real, calls = audio.write_blocks, []

    def fail_the_second_time(*arguments):
        calls.append(arguments)
        if len(calls) == 2:
            raise error
        real(*arguments)

    monkeypatch.setattr(audio, "write_blocks", fail_the_second_time)
    with pytest.raises(type(error)):
        write(tmp_path, [[0.1], [0.1]])
    files = outputs.voice_files(tmp_path / "out", "a/mix", 2)
    assert sorted((tmp_path / "out/a").iterdir()) == files
    np.testing.assert_array_equal([soundfile.read(f)[0] for f in files], before)


def test_removes_what_a_killed_process_left(tmp_path):
    left = [".a_s1.99.partial.wav", "..a_s1.99.partial.wav.99.partial"]
    kept = ["a_s1.wav", ".a.partial", ".hidden.wav", "b_s1.99.partial.wav"]
    long_ago = time.time() - 86400
    for name in left + kept:
        (tmp_path / name).touch()
        os.utime(tmp_path / name, (long_ago, long_ago))
    # Another process is writing it.
    (tmp_path / ".c_s1.98.partial.wav").touch()
    outputs.remove_left_over(tmp_path)
    outputs.remove_left_over(tmp_path / "none")
    assert {p.name for p in tmp_path.iterdir()} == {*kept, ".c_s1.98.partial.wav"}


def test_knows_the_names_of_its_own_temporary_files(tmp_path, monkeypatch):
    seen = []
    real = soundfile.SoundFile

    def spy(*arguments, **options):
        seen.extend(entry.name for entry in tmp_path.rglob(".*"))
        return real(*arguments, **options)

    monkeypatch.setattr(soundfile, "SoundFile", spy)
    write(tmp_path, [[0.5], [0.25]])
    assert len(set(seen)) == 3
    assert all(outputs._PARTIAL.fullmatch(name) for name in seen)
