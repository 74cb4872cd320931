"""Tests of `python -m zoo.separate`."""

import os
import re
import subprocess
import sys

import numpy as np
import pytest
import soundfile
import tqdm

from tests.zoo.recordings import tones, write
from zoo import separate


@pytest.fixture
def model(tmp_path, make_band_separator):
    path = tmp_path / "model.keras"
    make_band_separator().save(path)
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


def test_a_long_file_gives_what_its_samples_give(tmp_path, make_band_separator):
    """In blocks and chunks, of which the last is shorter, with one gain."""
    separator = make_band_separator(sample_rate=1000, cutoff_hz=200, gains=(1, 2))
    rng = np.random.default_rng(0)
    stereo = rng.uniform(-0.9, 0.9, (190_000, 2))
    path = write(tmp_path / "mix.flac", stereo, 1500)
    files = separate.separate_file(separator, path, tmp_path, mixture_consistency=True)
    mixture, _ = soundfile.read(path)
    voices = separator.separate(mixture, 1500, mixture_consistency=True)
    gain = (1 - 2**-15) / np.abs(voices).max()
    assert gain < 1
    for voice, file in zip(voices, files, strict=True):
        np.testing.assert_allclose(soundfile.read(file)[0], gain * voice, 0, 2**-16)


@pytest.mark.parametrize("subtype", ["PCM_16", "FLOAT"])
def test_scales_what_would_clip_with_one_gain(
    tmp_path, run_command, make_band_separator, subtype
):
    make_band_separator(gains=(4.0, 2.0)).save(tmp_path / "loud.keras")
    sources = tones(0.5, 8000)
    path = write(tmp_path / "mix.wav", sources.sum(axis=0))
    _, out, _ = run_command(
        separate,
        path,
        f"--model={tmp_path}/loud.keras",
        f"--output_dir={tmp_path}",
        f"--subtype={subtype}",
    )
    low, _ = soundfile.read(tmp_path / "mix_s1.wav")
    high, _ = soundfile.read(tmp_path / "mix_s2.wav")
    gain = 1 / 1.6 if subtype == "PCM_16" else 1
    assert np.abs(low).max() == pytest.approx(1.6 * gain, abs=2e-3)
    np.testing.assert_allclose(low, 4 * gain * sources[0], atol=1e-2)
    np.testing.assert_allclose(high, 2 * gain * sources[1], atol=1e-2)
    reported = re.search(r"gain (-[\d.]+) dB", out)
    if subtype == "FLOAT":
        assert reported is None
    else:
        assert float(reported[1]) == pytest.approx(-20 * np.log10(1.6), abs=0.06)


@pytest.mark.parametrize(
    ("options", "format", "subtype"),
    [
        (["--subtype=PCM_24"], "WAV", "PCM_24"),
        (["--format=flac", "--subtype=PCM_24"], "FLAC", "PCM_24"),
        (["--format=ogg"], "OGG", "VORBIS"),
        (["--format=mp3"], "MP3", "MPEG_LAYER_III"),
    ],
)
def test_writes_the_format_that_is_asked_for(
    tmp_path, model, run_command, options, format, subtype
):
    sources = tones(0.5, 8000)
    path = write(tmp_path / "mix.wav", sources.sum(axis=0))
    status, _, err = run_command(
        separate, path, f"--model={model}", f"--output_dir={tmp_path}", *options
    )
    assert status == 0, err
    file = tmp_path / f"mix_s2.{format.lower()}"
    info = soundfile.info(file)
    assert (info.format, info.subtype, info.frames) == (format, subtype, 4000)
    coding = 0.05 if format in ("OGG", "MP3") else 0
    np.testing.assert_allclose(soundfile.read(file)[0], sources[1], atol=5e-3 + coding)


def test_refuses_a_rate_that_the_format_does_not_know(tmp_path, model, run_command):
    path = write(tmp_path / "mix.wav", np.zeros(100), 96000)
    status, out, err = run_command(
        separate,
        path,
        f"--model={model}",
        f"--output_dir={tmp_path / 'out'}",
        "--format=mp3",
        "--dry_run",  # It is known before anything is computed.
    )
    assert status == 1 and out == "0 files, 0.0 s of audio, 0 skipped, 1 failed\n"
    assert f"{path}: libsndfile" in err and "MPEG_LAYER_III in .mp3 at 96000 Hz" in err
    assert not (tmp_path / "out").exists()


def test_takes_folders_and_keeps_their_structure(tmp_path, model, run_command):
    for name in ("a/mix.wav", "b/c/mix.flac", "b/mix.ogg", "mix.mp3"):
        (tmp_path / "in" / name).parent.mkdir(parents=True, exist_ok=True)
        write(tmp_path / "in" / name, tones(0.1, 8000).sum(axis=0))
    (tmp_path / "in" / "notes.txt").write_text("not taken")
    arguments = [tmp_path / "in", f"--output_dir={tmp_path}/in/out"]
    status, out, err = run_command(separate, *arguments, f"--model={model}")
    assert status == 0, err
    names = ("a/mix", "b/c/mix", "b/mix", "mix")
    expected = sorted(f"{name}_s{k}.wav" for name in names for k in (1, 2))
    written = (tmp_path / "in/out").rglob("*.wav")
    assert sorted(p.relative_to(tmp_path / "in/out").as_posix() for p in written) == (
        expected
    )
    # Separated voices are not taken for recordings the next time.
    _, out, _ = run_command(separate, *arguments, f"--model={model}")
    assert out == "0 files, 0.0 s of audio, 0.0 x real time, 4 skipped, 0 failed\n"


def make_one_sample(path):
    write(path, np.full(1, 0.5))


def make_constant(path):
    write(path, np.full(800, 0.5))


def make_silence(path):
    write(path, np.zeros(800))


def make_seven_channels(path):
    write(path, np.tile(tones(0.1, 8000).sum(axis=0)[:, None], 7))


def make_seven_channels_of_one_sample(path):
    write(path, np.full((1, 7), 0.5))


def make_192_khz(path):
    write(path, tones(0.1, 192000).sum(axis=0), 192000)


def make_8_bits(path):
    write(path, tones(0.1, 8000).sum(axis=0), subtype="PCM_U8")


def make_24_bits(path):
    write(path, tones(0.1, 8000).sum(axis=0), subtype="PCM_24")


def make_float(path):
    write(path, 3 * tones(0.1, 8000).sum(axis=0), subtype="FLOAT")


def make_unknown_size(path):
    """As a program writes that cannot go back and enter the size."""
    write(path, tones(0.1, 8000).sum(axis=0))
    data = bytearray(path.read_bytes())
    data[4:8] = data[40:44] = b"\xff" * 4
    path.write_bytes(data)


@pytest.mark.parametrize(
    "make",
    [
        make_one_sample,
        make_constant,
        make_silence,
        make_seven_channels,
        make_seven_channels_of_one_sample,
        make_192_khz,
        make_8_bits,
        make_24_bits,
        make_float,
        make_unknown_size,
    ],
)
def test_separates_what_is_odd_but_whole(tmp_path, model, run_command, make):
    make(tmp_path / "input.wav")
    status, _, err = run_command(
        separate,
        tmp_path / "input.wav",
        f"--model={model}",
        f"--output_dir={tmp_path}",
        "--mixture_consistency",
        "--subtype=FLOAT",
    )
    assert status == 0, err
    mixture, rate = soundfile.read(tmp_path / "input.wav", always_2d=True)
    files = (tmp_path / f"input_s{k}.wav" for k in (1, 2))
    voices, rates = zip(*map(soundfile.read, files), strict=True)
    assert set(rates) == {rate}
    np.testing.assert_allclose(sum(voices), mixture.mean(axis=1), atol=1e-6)


def test_takes_names_that_are_not_utf_8(tmp_path, model, run_command):
    path = os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.wav")
    try:
        write(tmp_path / "x.wav", np.zeros(100)).rename(path)
    except OSError:
        pytest.skip("The file system wants UTF-8.")
    status, out, err = run_command(
        separate, path, f"--model={model}", f"--output_dir={tmp_path}"
    )
    assert status == 0, err
    assert "caf\\udce9_s1.wav" in out
    assert os.path.exists(path.replace(".wav", "_s2.wav"))


def test_refuses_another_rate_on_demand(tmp_path, model, run_command):
    path = write(tmp_path / "mix.wav", np.zeros(100), 16000)
    status, _, err = run_command(separate, path, f"--model={model}", "--noresample")
    assert status == 1
    assert "must be that of the model, 8000 Hz" in err and "16000 Hz" in err


def test_keeps_existing_results_unless_told_otherwise(tmp_path, model, run_command):
    path = write(tmp_path / "mix.wav", np.zeros(100))
    arguments = [path, f"--model={model}", f"--output_dir={tmp_path}"]
    assert run_command(separate, *arguments)[0] == 0
    file = tmp_path / "mix_s1.wav"
    complete = file.read_bytes()
    file.write_text("kept")
    status, out, _ = run_command(separate, *arguments)
    assert (status, file.read_text()) == (0, "kept")
    assert out == "0 files, 0.0 s of audio, 0.0 x real time, 1 skipped, 0 failed\n"
    assert run_command(separate, *arguments, "--overwrite")[0] == 0
    assert file.read_bytes() == complete
    (tmp_path / "mix_s2.wav").unlink()
    status, _, err = run_command(separate, *arguments)
    assert status == 1 and f"'{file}' without the others" in err


def test_refuses_to_replace_an_input(tmp_path, model, run_command):
    for name in ("mix", "mix_s1"):
        write(tmp_path / f"{name}.wav", np.zeros(100))
    status, _, err = run_command(
        separate,
        tmp_path,
        f"--model={model}",
        f"--output_dir={tmp_path}",
        "--overwrite",
    )
    assert status == 2
    assert "No result may replace an input" in err and "mix_s1.wav" in err
    assert not (tmp_path / "mix_s2.wav").exists()


def test_a_dry_run_lists_and_writes_nothing(tmp_path, model, run_command):
    write(tmp_path / "mix.wav", np.zeros((66150, 2)), 44100)
    write(tmp_path / "done.wav", np.zeros(100))
    (tmp_path / "bad.wav").write_text("not a sound")
    (tmp_path / "out").mkdir()
    for voice in (1, 2):
        (tmp_path / "out" / f"done_s{voice}.wav").touch()
    status, out, err = run_command(
        separate,
        tmp_path,
        f"--model={model}",
        f"--output_dir={tmp_path / 'out'}",
        "--dry_run",
    )
    assert status == 1 and "bad.wav" in err and err.count("\n") == 1
    voices = ", ".join(str(tmp_path / "out" / f"mix_s{voice}.wav") for voice in (1, 2))
    assert out.splitlines() == [
        f"{tmp_path / 'mix.wav'}: 1.50 s, 44100 Hz, 2 channels -> {voices}",
        "1 file, 1.5 s of audio, 1 skipped, 1 failed",
    ]
    assert len(list((tmp_path / "out").iterdir())) == 2


def test_quiet_prints_errors_only(tmp_path, model, run_command):
    path = write(tmp_path / "mix.wav", np.zeros(100))
    arguments = [f"--model={model}", f"--output_dir={tmp_path}", "--quiet"]
    assert run_command(separate, path, *arguments) == (0, "", "")
    status, out, err = run_command(separate, tmp_path / "none.wav", *arguments)
    assert (status, out) == (1, "") and "none.wav" in err


def test_one_bar_counts_the_seconds_of_all_files(
    tmp_path, model, run_command, monkeypatch
):
    bars = []

    class Bar(tqdm.tqdm):
        def __init__(self, *arguments, **options):
            super().__init__(*arguments, **{**options, "disable": False})
            bars.append(self)

    monkeypatch.setattr(separate.tqdm, "tqdm", Bar)
    paths = [
        write(tmp_path / f"{seconds}.wav", np.zeros(round(8000 * seconds)))
        for seconds in (1.5, 0.25)
    ]
    write(tmp_path / "nan.wav", np.array([0.1, np.nan, 0.2]), subtype="FLOAT")
    _, out, err = run_command(
        separate,
        *paths,
        tmp_path / "nan.wav",
        f"--model={model}",
        f"--output_dir={tmp_path}",
    )
    bar = max(bars, key=lambda bar: bar.total or 0)
    assert bar.n == pytest.approx(1.75 + 3 / 8000) == bar.total
    assert re.search(r"1\.8/1\.8 s \[.*, [\d.]+ x real time\]", err)
    assert re.search(
        r"\n2 files, 1\.8 s of audio, [\d.]+ x real time, 0 skipped, 1 failed\n$", out
    )


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
        (["mix.wav", "--format=aac"], "<wav|flac|ogg|mp3>"),
        (["mix.wav", "--format=flac", "--subtype=FLOAT"], "must be one of PCM_16, PCM"),
        (["no/such/*.wav"], "'no/such/*.wav', which gives none"),
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


@pytest.mark.parametrize(
    "arguments", [["--overwrite"], ["--dry_run"], ["--help"], ["--format=mp4"]]
)
def test_runs_on_litert_without_keras(tmp_path, arguments):
    """In a process of its own; of two chunks, which are put in order, and resampled."""
    rng = np.random.default_rng(0)
    path = write(tmp_path / "mix.wav", rng.uniform(-0.1, 0.1, (35 * 8820, 2)), 8820)
    program = f"""
import runpy, sys
sys.argv = ["separate", {str(path)!r}, "--output_dir={tmp_path}", *{arguments!r}]
try:
    runpy.run_module("zoo.separate", run_name="__main__", alter_sys=True)
except SystemExit:
    pass
heavy = {{"jax", "keras", "scipy", "tensorflow", "torch"}}
print("imported:", *heavy.intersection(sys.modules))
"""
    environment = {k: v for k, v in os.environ.items() if k != "KERAS_BACKEND"}
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, env=environment
    )
    assert done.stdout.splitlines()[-1].strip() == "imported:"
    assert done.stderr == "" or "mp4" in done.stderr
    written = (tmp_path / "mix_s2.wav").exists()
    assert written == (arguments == ["--overwrite"])
