"""Tests of `python -m zoo.separate`."""

import subprocess
import sys

import numpy as np
import pytest
import soundfile

from zoo import separate


@pytest.fixture
def model(tmp_path, make_band_separator):
    path = tmp_path / "model.keras"
    make_band_separator().save(path)
    return path


def tones(seconds, sample_rate):
    time = np.arange(round(seconds * sample_rate)) / sample_rate
    envelope = 0.4 * np.sin(np.pi * time / seconds)
    return envelope * np.sin(2 * np.pi * np.array([[440.0], [2600.0]]) * time)


def write(path, waveform, sample_rate=8000, subtype=None):
    soundfile.write(path, waveform, sample_rate, subtype=subtype)
    return path


@pytest.mark.parametrize(("sample_rate", "channels"), [(8000, 1), (44100, 2)])
def test_writes_one_file_per_speaker(
    tmp_path, model, run_command, sample_rate, channels
):
    sources = tones(0.5, sample_rate)
    waveform = np.repeat(sources.sum(axis=0)[:, None], channels, axis=1)
    path = write(tmp_path / "mix.flac", waveform, sample_rate)
    status, out, err = run_command(
        separate, path, f"--model={model}", f"--output_dir={tmp_path / 'out'}"
    )
    assert status == 0, err
    assert "mix_s1.wav" in out and "mix_s2.wav" in out
    for speaker, source in enumerate(sources):
        estimate, rate = soundfile.read(tmp_path / "out" / f"mix_s{speaker + 1}.wav")
        assert rate == sample_rate
        np.testing.assert_allclose(estimate, source, atol=5e-3)


def test_scales_what_would_clip_with_one_gain(
    tmp_path, run_command, make_band_separator
):
    make_band_separator(gains=(4.0, 2.0)).save(tmp_path / "loud.keras")
    sources = tones(0.5, 8000)
    path = write(tmp_path / "mix.wav", sources.sum(axis=0))
    run_command(
        separate, path, f"--model={tmp_path}/loud.keras", f"--output_dir={tmp_path}"
    )
    low, _ = soundfile.read(tmp_path / "mix_s1.wav")
    high, _ = soundfile.read(tmp_path / "mix_s2.wav")
    assert np.abs(low).max() == pytest.approx(1, abs=1e-3)
    np.testing.assert_allclose(low, sources[0] / 0.4, atol=1e-2)
    np.testing.assert_allclose(high, sources[1] / 0.8, atol=1e-2)


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


def make_zero_length(path):
    write(path, np.zeros(0))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (make_missing, "must exist"),
        (make_empty, "an empty file"),
        (make_text, "must be audio"),
        (make_nan, "must be finite"),
        (make_zero_length, "zero length"),
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
    assert (status, out) == (1, "")
    assert err.startswith("error: ") and err.count("\n") == 1
    assert message in err and "input.wav" in err
    assert not (tmp_path / "out").exists()


def test_refuses_another_rate_on_demand(tmp_path, model, run_command):
    path = write(tmp_path / "mix.wav", np.zeros(100), 16000)
    status, _, err = run_command(separate, path, f"--model={model}", "--noresample")
    assert status == 1
    assert "must be that of the model, 8000 Hz" in err and "16000 Hz" in err


def test_keeps_existing_results_on_demand(tmp_path, model, run_command):
    path = write(tmp_path / "mix.wav", np.zeros(100))
    arguments = [path, f"--model={model}", f"--output_dir={tmp_path}"]
    assert run_command(separate, *arguments)[0] == 0
    assert run_command(separate, *arguments)[0] == 0
    before = (tmp_path / "mix_s1.wav").stat().st_mtime_ns
    status, _, err = run_command(separate, *arguments, "--nooverwrite")
    assert status == 1 and "no result may exist" in err
    assert (tmp_path / "mix_s1.wav").stat().st_mtime_ns == before


def test_unknown_model_ends_in_one_line(tmp_path, run_command):
    path = write(tmp_path / "mix.wav", np.zeros(100))
    status, _, err = run_command(separate, path, "--model=no_such_preset")
    assert status == 1
    assert err.startswith("error: A model must be") and err.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "No file was given"),
        (["a/mix.wav", "b/mix.flac"], "2 files called 'mix'"),
        (["mix.wav", "--modle=x"], "Unknown command line flag 'modle'"),
    ],
)
def test_wrong_arguments_end_with_status_2(model, run_command, arguments, message):
    status, _, err = run_command(separate, f"--model={model}", *arguments)
    assert status == 2
    assert message in err and err.count("\n") == 1


def test_runs_as_a_program(tmp_path, model):
    path = write(tmp_path / "mix.wav", tones(0.1, 8000).sum(axis=0))
    program = [sys.executable, "-m", "zoo.separate", path, f"--model={model}"]
    result = subprocess.run(
        [*program, f"--output_dir={tmp_path}"], capture_output=True, text=True
    )
    assert result.returncode == 0, result.stderr
    assert (tmp_path / "mix_s2.wav").is_file()
