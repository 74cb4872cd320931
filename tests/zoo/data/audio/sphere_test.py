"""Tests of the reading of SPHERE files."""

import os
import shutil
import stat

import numpy as np
import pytest
import soundfile

from tests.zoo.data.audio.sphere_files import write_sphere
from zoo.data.audio import sphere


@pytest.fixture
def waveform():
    return np.random.default_rng(0).integers(-3000, 3000, 5000) / 32767


@pytest.fixture
def decoders(tmp_path, monkeypatch):
    """Returns a function that makes a program and leaves it alone on the PATH."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))

    def make(name, body):
        path = folder / name
        path.write_text(f"#!/bin/sh\n{body}\n")
        path.chmod(path.stat().st_mode | stat.S_IEXEC)
        return str(path)

    return make


def _header_bytes(path, change):
    text = path.read_bytes()
    path.write_bytes(change(text[:1024].rstrip()).ljust(1024) + text[1024:])


@pytest.mark.parametrize("endian", ["LITTLE", "BIG"])
@pytest.mark.parametrize("subtype", ["PCM_16", "PCM_32", "ULAW", "ALAW"])
def test_reads_what_soundfile_wrote(tmp_path, waveform, subtype, endian):
    path = tmp_path / "x.wv1"
    soundfile.write(
        path, waveform, 16000, format="NIST", subtype=subtype, endian=endian
    )
    assert sphere.is_sphere(path)
    result, rate = sphere.read(path)
    assert (result.dtype, rate) == ("float32", 16000)
    tolerance = 4e-2 * np.abs(waveform).max() if "LAW" in subtype else 2**-15
    np.testing.assert_allclose(result, waveform, atol=tolerance)


def test_header_says_what_is_inside(tmp_path, waveform):
    write_sphere(tmp_path / "x.wv1", waveform, 8000, compressed=True)
    header = sphere.read_header(tmp_path / "x.wv1")
    assert header == sphere.Header(1024, 8000, 5000, 1, 2, "pcm,embedded-shorten-v2.00")


def test_samples_beyond_the_count_are_left_out(tmp_path, waveform):
    path = tmp_path / "x.wv1"
    write_sphere(path, waveform)
    path.write_bytes(path.read_bytes() + b"\x11" * 300)
    assert len(sphere.read(path)[0]) == 5000


@pytest.mark.parametrize(
    "spoil, message",
    [
        (lambda b: b[:-500], r"truncated: 9500 bytes of samples of 10000"),
        (lambda b: b[:1024], r"truncated: 0 bytes of samples of 10000"),
        (lambda b: b[:100], r"one without `end_head`"),
        (lambda b: b[:10], r"start with a SPHERE header"),
        (lambda b: b"RIFF" + b[4:], r"start with a SPHERE header"),
        (lambda b: b"", r"start with a SPHERE header"),
        (lambda b: b.replace(b"rate -i 16000", b"rate -i 16kHz"), r"whole numbers"),
        (lambda b: b.replace(b"sample_rate", b"sample_raet"), r"'sample_rate'"),
        (lambda b: b.replace(b"count -i 1\n", b"count -i 2\n"), r"\(2 channels\)"),
    ],
)
def test_broken_file_is_named_with_its_reason(tmp_path, waveform, spoil, message):
    path = tmp_path / "x.wv1"
    write_sphere(path, waveform)
    path.write_bytes(spoil(path.read_bytes()))
    with pytest.raises(ValueError, match=message) as caught:
        sphere.read(path)
    assert f"Received: path={str(path)!r}" in str(caught.value)


def test_libsndfile_alone_would_not_notice_that_a_file_is_cut(tmp_path, waveform):
    path = tmp_path / "x.wv1"
    write_sphere(path, waveform)
    path.write_bytes(path.read_bytes()[:-500])
    assert len(soundfile.read(path)[0]) == 4750


def test_compressed_file_needs_a_program(tmp_path, waveform, decoders):
    path = tmp_path / "x.wv1"
    write_sphere(path, waveform, compressed=True)
    assert sphere.find_decoder() is None
    with pytest.raises(ValueError, match=r"embedded-shorten.*x.wv1.*Install ffmpeg"):
        sphere.read(path, sphere.find_decoder())


def test_sph2pipe_is_asked_for_a_wav(tmp_path, waveform, decoders):
    path = tmp_path / "it's x.wv1"
    write_sphere(path, waveform, compressed=True)
    soundfile.write(tmp_path / "x.wav", waveform, 16000, subtype="PCM_16")
    decoders("ffmpeg", "exit 3")
    arguments = '[ "$1 $2 $3" = "-p -f wav" ] && [ -f "$4" ]'
    program = decoders("sph2pipe", f"{arguments} && /bin/cat {tmp_path}/x.wav")
    assert sphere.find_decoder() == program
    result, rate = sphere.read(path, program)
    assert rate == 16000
    np.testing.assert_allclose(result, waveform, atol=2**-15)


def test_ffmpeg_is_next(tmp_path, waveform, decoders):
    path = tmp_path / "x.wv1"
    write_sphere(path, waveform, compressed=True)
    samples = np.rint(waveform * 32767).astype("<i2")
    (tmp_path / "x.raw").write_bytes(samples.tobytes())
    program = decoders("ffmpeg", f"/bin/cat {tmp_path}/x.raw")
    assert sphere.find_decoder() == program
    result, _ = sphere.read(path, program)
    np.testing.assert_array_equal(np.rint(result * 32768), samples)


@pytest.mark.parametrize(
    "body, message",
    [
        ("echo no such coding >&2; exit 1", r"be read by sph2pipe.*no such coding"),
        (f"echo {'word ' * 99}>&2; exit 1", r"word \.\.\.\)"),
        ("exit 0", r"no samples, and exit status 0"),
        ("echo garbage", r"be read by sph2pipe"),
    ],
)
def test_failure_of_the_program_names_the_file(
    tmp_path, waveform, decoders, body, message
):
    write_sphere(tmp_path / "x.wv1", waveform, compressed=True)
    program = decoders("sph2pipe", body)
    with pytest.raises(ValueError, match=message) as caught:
        sphere.read(tmp_path / "x.wv1", program)
    assert "x.wv1" in str(caught.value) and len(str(caught.value)) < 500


def test_cut_compressed_file_is_truncated(tmp_path, waveform, decoders):
    """sph2pipe and ffmpeg end with status 0 on what they could decode."""
    write_sphere(tmp_path / "x.wv1", waveform, compressed=True)
    (tmp_path / "x.raw").write_bytes(bytes(2 * 4000))
    program = decoders("ffmpeg", f"/bin/cat {tmp_path}/x.raw")
    with pytest.raises(ValueError, match="truncated: 4000 samples of 5000"):
        sphere.read(tmp_path / "x.wv1", program)


def test_program_must_exist(tmp_path):
    with pytest.raises(ValueError, match="Received: sph2pipe='/no/where'"):
        sphere.find_decoder("/no/where")


@pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="ffmpeg is not installed")
def test_the_real_ffmpeg_decompresses(tmp_path, waveform):
    path = tmp_path / "x.wv1"
    write_sphere(path, waveform, compressed=True)
    result, rate = sphere.read(path, shutil.which("ffmpeg"))
    assert rate == 16000
    np.testing.assert_array_equal(np.rint(result * 32768), np.rint(waveform * 32767))
    path.write_bytes(path.read_bytes()[: os.path.getsize(path) // 2])
    with pytest.raises(ValueError, match="truncated"):
        sphere.read(path, shutil.which("ffmpeg"))
