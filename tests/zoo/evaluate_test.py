"""Tests of `python -m zoo.evaluate`."""

import json
import subprocess
import sys

import numpy as np
import pytest
import soundfile

from zoo import evaluate, metrics


@pytest.fixture
def model(tmp_path, make_band_separator):
    path = tmp_path / "model.keras"
    make_band_separator().save(path)
    return path


def band_noise(samples, sample_rate, band_hz, rng):
    spectrum = np.fft.rfft(rng.normal(size=samples))
    frequency = np.fft.rfftfreq(samples, 1 / sample_rate)
    spectrum[(frequency < band_hz[0]) | (frequency > band_hz[1])] = 0
    noise = np.fft.irfft(spectrum, samples)
    return 0.1 * noise / np.std(noise)


@pytest.fixture
def make_data(tmp_path):
    """Returns a function that writes mixtures of low and high noise."""

    def make(count=3, sample_rate=8000, speakers=2, silent=(), samples=4000):
        rng = np.random.default_rng(0)
        folder = tmp_path / "data" / "tt"
        for index in range(count):
            bands = [(100, 1300), (1700, 3900), (100, 3900)][:speakers]
            length = samples + 100 * index
            sources = [band_noise(length, sample_rate, band, rng) for band in bands]
            for speaker in silent if index == 0 else ():
                sources[speaker][:] = 0
            signals = {f"s{k + 1}": source for k, source in enumerate(sources)}
            for name, signal in {"mix": sum(sources), **signals}.items():
                (folder / name).mkdir(parents=True, exist_ok=True)
                path = folder / name / f"{index:03}.wav"
                soundfile.write(path, signal, sample_rate, subtype="FLOAT")
        return folder

    return make


def read_report(folder):
    return json.loads((folder / "metrics.json").read_text())


def test_scores_a_separator(tmp_path, model, make_data, run_command):
    folder = make_data()
    status, out, err = run_command(
        evaluate, f"--model={model}", f"--data={folder}", f"--output_dir={tmp_path}"
    )
    assert status == 0, err
    report = read_report(tmp_path)
    assert report["num_examples"] == 3 and report["sample_rate"] == 8000
    assert [example["name"] for example in report["examples"]] == ["000", "001", "002"]
    summary = report["summary"]
    assert summary["si_sdr"]["mean"] > 20
    assert summary["si_sdr"]["count"] == 3
    # Sources of equal level: the mixture has about 0 dB.
    assert summary["si_sdr_improvement"]["mean"] == pytest.approx(
        summary["si_sdr"]["mean"], abs=1
    )
    values = [example["sdr"] for example in report["examples"]]
    assert summary["sdr"]["mean"] == pytest.approx(np.mean(values))
    assert summary["sdr"]["std"] == pytest.approx(np.std(values))
    table = (tmp_path / "metrics.md").read_text()
    assert out in table
    assert "| SDR | SDRi | SIR | SIRi | SAR | SI-SDR | SI-SDRi |" in out
    assert f"{summary['sdr']['mean']:.2f} ± {summary['sdr']['std']:.2f}" in out


def test_values_are_those_of_the_metrics(tmp_path, model, make_data, run_command):
    folder = make_data(count=1)
    run_command(
        evaluate, "--model=mixture", f"--data={folder}", f"--output_dir={tmp_path}"
    )
    (example,) = read_report(tmp_path)["examples"]
    mixture, _ = soundfile.read(folder / "mix" / "000.wav", dtype="float32")
    references = [soundfile.read(folder / f"s{k}" / "000.wav")[0] for k in (1, 2)]
    scores = metrics.score_separation(np.stack(references), np.stack([mixture] * 2))
    assert [s["sdr"] for s in example["speakers"]] == pytest.approx(list(scores.sdr))
    assert example["si_sdr"] == pytest.approx(np.mean(scores.si_sdr))
    assert example["si_sdr_improvement"] == 0
    assert example["sdr_improvement"] == 0


def test_scores_the_measures_asked_for(tmp_path, make_data, run_command):
    pytest.importorskip("pystoi")
    pytest.importorskip("pesq")
    flags = [f"--metrics={name}" for name in ("si_sdr", "estoi", "pesq_nb")]
    folder = make_data(count=1, samples=9000)
    status, out, err = run_command(
        evaluate,
        "--model=mixture",
        f"--data={folder}",
        f"--output_dir={tmp_path}",
        *flags,
    )
    assert status == 0, err
    header = "| SI-SDR | SI-SDRi | ESTOI | ESTOIi | PESQ-NB | PESQ-NBi |"
    assert out.splitlines()[0] == header
    (example,) = read_report(tmp_path)["examples"]
    mixture = soundfile.read(folder / "mix" / "000.wav", dtype="float32")[0]
    source = soundfile.read(folder / "s1" / "000.wav", dtype="float32")[0]
    expected = metrics.pesq(source, mixture, 8000, "nb")
    assert example["speakers"][0]["pesq_nb"] == pytest.approx(expected, abs=1e-3)
    assert "sdr" not in example
    assert "MOS-LQO" in (tmp_path / "metrics.md").read_text()


def test_wide_band_needs_its_rate(tmp_path, make_data, run_command):
    status, _, err = run_command(
        evaluate,
        "--model=mixture",
        f"--data={make_data(count=1)}",
        f"--output_dir={tmp_path}",
        "--metrics=pesq_wb",
    )
    assert status == 1
    assert "`sample_rate` must be 16000 Hz" in err and "Traceback" not in err


def test_leaves_silent_references_out(tmp_path, model, make_data, run_command):
    folder = make_data(count=2, silent=(1,))
    status, _, err = run_command(
        evaluate, f"--model={model}", f"--data={folder}", f"--output_dir={tmp_path}"
    )
    assert status == 0, err
    report = read_report(tmp_path)
    first = report["examples"][0]
    assert first["note"] == "s2 silent: no values, and left out of the means"
    assert first["speakers"][1]["sdr"] is None
    assert first["sdr"] == first["speakers"][0]["sdr"]
    assert first["sir"] is None
    assert report["summary"]["sir"]["count"] == 1
    assert "note" not in report["examples"][1]


def test_takes_the_first_mixtures_only(tmp_path, model, make_data, run_command):
    run_command(
        evaluate,
        f"--model={model}",
        f"--data={make_data()}",
        f"--output_dir={tmp_path}",
        "--max_examples=2",
    )
    assert read_report(tmp_path)["num_examples"] == 2


def test_resamples_on_demand_only(tmp_path, model, make_data, run_command):
    arguments = [
        f"--model={model}",
        f"--data={make_data(sample_rate=16000)}",
        f"--output_dir={tmp_path}",
    ]
    status, _, err = run_command(evaluate, *arguments)
    assert status == 1
    assert "must have the model's sample rate, 8000 Hz" in err and "--resample" in err
    assert err.count("\n") == 1
    assert run_command(evaluate, *arguments, "--resample")[0] == 0
    report = read_report(tmp_path)
    assert report["sample_rate"] == 16000
    assert report["summary"]["si_sdr"]["mean"] > 20


def test_refuses_another_number_of_speakers(model, make_data, run_command):
    folder = make_data(speakers=3)
    status, _, err = run_command(evaluate, f"--model={model}", f"--data={folder}")
    assert status == 1
    assert "must have 2 speakers" in err and err.count("\n") == 1


def test_names_a_broken_file(tmp_path, model, make_data, run_command):
    folder = make_data()
    (folder / "s2" / "001.wav").write_bytes(b"no audio")
    status, _, err = run_command(
        evaluate, f"--model={model}", f"--data={folder}", f"--output_dir={tmp_path}"
    )
    assert status == 1
    assert err.splitlines()[-1].startswith("error: ") and "001.wav" in err
    assert "Traceback" not in err


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (["--data=no/such/folder"], 1, "no/such/folder"),
        (["--data=x", "more"], 2, "Only flags are taken"),
        (["--date=x"], 2, "Unknown command line flag 'date'"),
        ([], 2, "--data must have a value"),
        (["--data=x", "--max_examples=0"], 2, "max_examples"),
    ],
)
def test_wrong_arguments_end_in_a_line(model, run_command, arguments, status, message):
    result, _, err = run_command(evaluate, f"--model={model}", *arguments)
    assert result == status
    assert message in err and "Traceback" not in err


def test_runs_as_a_program(tmp_path, model, make_data):
    folder = make_data(count=1)
    program = [sys.executable, "-m", "zoo.evaluate", f"--model={model}"]
    result = subprocess.run(
        [*program, f"--data={folder}", f"--output_dir={tmp_path}"],
        capture_output=True,
        text=True,
    )
    assert result.returncode == 0, result.stderr
    assert (tmp_path / "metrics.json").is_file()
