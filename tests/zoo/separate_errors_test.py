"""Tests of what `python -m zoo.separate` says when something is wrong."""

import errno
import io
import os
import re
import signal

import numpy as np
import pytest
import soundfile

from tests.zoo.recordings import tones, write
from zoo import files, separate
from zoo.data.audio import reading, writing


@pytest.fixture
def model(tmp_path, make_band_separator):
    path = tmp_path / "model.keras"
    make_band_separator().save(path)
    return path


def test_goes_on_after_a_broken_file(tmp_path, model, run_command):
    good = [
        write(tmp_path / f"good{i}.wav", tones(0.1, 8000).sum(axis=0)) for i in (1, 2)
    ]
    (tmp_path / "broken.wav").write_bytes(b"no audio")
    status, _, err = run_command(
        separate,
        good[0],
        tmp_path / "broken.wav",
        good[1],
        f"--model={model}",
        f"--output_dir={tmp_path / 'out'}",
    )
    assert status == 1
    assert [line for line in err.splitlines() if line.startswith("error:")] == [
        line for line in err.splitlines() if "broken.wav" in line
    ]
    written = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert written == ["good1_s1.wav", "good1_s2.wav", "good2_s1.wav", "good2_s2.wav"]


def make_missing(path):
    pass


def make_empty(path):
    path.write_bytes(b"")


def make_text(path):
    path.write_text("not a sound")


def make_nan(path):
    write(path, np.array([0.1, np.nan, 0.2]), subtype="FLOAT")


def make_infinite(path):
    write(path, np.array([0.1, np.inf, 0.2]), subtype="FLOAT")


def make_zero_length(path):
    write(path, np.zeros(0))


def make_truncated(path):
    write(path, np.zeros(800))
    path.write_bytes(path.read_bytes()[:1000])


def make_truncated_flac(path):
    noise = np.random.default_rng(0).uniform(-1, 1, 80000)
    soundfile.write(path, noise, 8000, format="FLAC")
    path.write_bytes(path.read_bytes()[:50000])


def make_stream(path):
    """FLAC whose header leaves the number of samples open."""
    soundfile.write(path, np.zeros(800), 8000, format="FLAC")
    data = bytearray(path.read_bytes())
    data[21] &= 0xF0
    data[22:26] = bytes(4)
    path.write_bytes(data)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (make_missing, "must exist"),
        (make_empty, "an empty file"),
        (make_text, "must be audio"),
        (make_nan, "must be finite"),
        (make_infinite, "must be finite"),
        (make_zero_length, "zero length"),
        (make_truncated, "with 956 of 1600 bytes, truncated"),
        (make_truncated_flac, "flac decoder lost sync"),
        (make_stream, "must tell its length"),
    ],
)
def test_broken_file_ends_in_one_line_and_status_1(
    tmp_path, model, run_command, make, message
):
    make(tmp_path / "input.wav")
    status, out, err = run_command(
        separate,
        tmp_path / "input.wav",
        f"--model={model}",
        f"--output_dir={tmp_path / 'out'}",
    )
    assert status == 1
    assert re.fullmatch(r"0 files, 0\.0 s .*, 0 skipped, 1 failed\n", out)
    assert err.startswith("error: ") and err.count("\n") == 1
    assert message in err and "input.wav" in err
    assert not (tmp_path / "out").exists()


def test_an_error_after_many_chunks_leaves_no_folder(
    tmp_path, run_command, make_band_separator
):
    make_band_separator(sample_rate=1000, cutoff_hz=200).save(tmp_path / "m.keras")
    late = np.full(400_000, 0.1)
    late[-1] = np.nan
    path = write(tmp_path / "mix.wav", late, 1000, subtype="FLOAT")
    status, _, err = run_command(
        separate, path, f"--model={tmp_path}/m.keras", f"--output_dir={tmp_path}/a/b"
    )
    assert status == 1
    assert "mix.wav' with NaN" in err and err.count("\n") == 1
    assert sorted(os.listdir(tmp_path)) == ["m.keras", "mix.wav"]


def fail_to_open(*arguments):
    raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), arguments[0])


def test_names_a_file_that_may_not_be_read(tmp_path, model, run_command, monkeypatch):
    path = write(tmp_path / "mix.wav", np.zeros(100))
    monkeypatch.setattr(reading, "open", fail_to_open, raising=False)
    status, _, err = run_command(
        separate, path, f"--model={model}", f"--output_dir={tmp_path}"
    )
    assert status == 1
    assert err == (
        f"error: The file must be readable. Received: path='{path}' "
        "(Permission denied).\n"
    )


@pytest.mark.parametrize("output_dir", ["file", "file/below", "forbidden/below"])
def test_refuses_a_folder_that_cannot_be_written_to(
    tmp_path, model, run_command, monkeypatch, output_dir
):
    path = write(tmp_path / "mix.wav", np.zeros(100))
    (tmp_path / "file").touch()
    (tmp_path / "forbidden").mkdir()
    # Nothing is forbidden to root.
    monkeypatch.setattr(os, "access", lambda path, mode: "forbidden" not in str(path))
    status, out, err = run_command(
        separate, path, f"--model={model}", f"--output_dir={tmp_path / output_dir}"
    )
    assert (status, out) == (1, "")
    assert err.startswith("error: --output_dir must be a folder that can be written")
    assert str(tmp_path / output_dir) in err and err.count("\n") == 1


class FullDisk(io.FileIO):
    """A file on a disk that is full after 1000 bytes."""

    def write(self, data):
        if self.tell() + len(data) > 1000:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return super().write(data)


def test_a_full_disk_ends_in_one_line_and_no_file(
    tmp_path, model, run_command, monkeypatch
):
    paths = [
        write(tmp_path / f"{name}.wav", tones(seconds, 8000).sum(axis=0))
        for name, seconds in (("long", 1.0), ("short", 0.01))
    ]

    monkeypatch.setattr(files, "open", FullDisk, raising=False)
    status, out, err = run_command(
        separate, *paths, f"--model={model}", f"--output_dir={tmp_path / 'out'}"
    )
    assert status == 1
    assert err.startswith(f"error: {paths[0]}: No space left on device")
    assert err.count("\n") == 1
    assert "1 file, 0.0 s of audio" in out and "1 failed" in out
    assert sorted(os.listdir(tmp_path / "out")) == ["short_s1.wav", "short_s2.wav"]


@pytest.fixture
def ctrl_c():
    """Lets SIGINT through: what a shell starts in the background ignores it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("ctrl_c")
@pytest.mark.parametrize("calls", [1, 2])
def test_an_interruption_leaves_no_half_written_files(
    tmp_path, model, run_command, monkeypatch, calls
):
    path = write(tmp_path / "mix.wav", tones(0.1, 8000).sum(axis=0))
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mix_s1.wav").write_text("old")
    real, seen = writing.to_int16, []

    def interrupted(waveform):
        seen.append(1)
        if len(seen) == calls:
            signal.raise_signal(signal.SIGINT)
        return real(waveform)

    monkeypatch.setattr(writing, "to_int16", interrupted)
    status, _, err = run_command(
        separate,
        path,
        f"--model={model}",
        f"--output_dir={tmp_path / 'out'}",
        "--overwrite",
    )
    assert (status, err) == (130, "error: interrupted.\n")
    assert os.listdir(tmp_path / "out") == ["mix_s1.wav"]
    assert (tmp_path / "out" / "mix_s1.wav").read_text() == "old"
