"""Tests of the example of a TensorFlow pipeline."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest
import soundfile

from zoo.data import audio
from zoo.inference.recordings import find_recordings

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples/separate_to_tfrecords.py"


@pytest.fixture(scope="module")
def example():
    spec = importlib.util.spec_from_file_location("separate_to_tfrecords", EXAMPLE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def recordings(tmp_path, rng):
    """Three of them, of several formats, rates and numbers of channels."""
    folder = tmp_path / "recordings"
    for name, shape, rate, subtype in (
        ("a.wav", (8000,), 8000, "PCM_16"),
        ("b.flac", (5001,), 8000, "PCM_24"),
        ("deep/c.wav", (2, 44100), 44100, "FLOAT"),
    ):
        audio.write(folder / name, 0.1 * rng.normal(size=shape), rate, subtype)
    return folder


def run(*arguments):
    return subprocess.run(
        [sys.executable, EXAMPLE, *map(str, arguments)],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


def test_records_hold_what_the_model_makes_of_the_recordings(
    example, recordings, make_band_separator, tmp_path
):
    separator = make_band_separator()
    separator.save(tmp_path / "model.keras")
    done = run(
        f"--model={tmp_path / 'model.keras'}",
        f"--input_dir={recordings}",
        f"--output_dir={tmp_path / 'records'}",
        "--num_shards=2",
    )
    assert done.returncode == 0, done.stderr
    assert "3 of 3 recordings in 2 files" in done.stdout
    files = sorted(str(file) for file in (tmp_path / "records").iterdir())
    assert [os.path.basename(file) for file in files] == [
        "voices-00000-of-00002.tfrecord",
        "voices-00001-of-00002.tfrecord",
    ]
    records = {r["name"].numpy().decode(): r for r in example.read_records(files)}
    assert sorted(records) == ["a", "b", "deep/c"]
    for name, record in records.items():
        (path,) = recordings.glob(f"{name}.*")
        mixture, _ = audio.read(path, 8000, resample=True)
        np.testing.assert_allclose(record["mixture"], mixture, atol=1e-6)
        voices = keras.ops.convert_to_numpy(separator(mixture[np.newaxis]))[0]
        np.testing.assert_allclose(record["voices"], voices, atol=1e-5)
        assert record["sample_rate"] == 8000


def test_leaves_no_half_records(example, recordings, make_band_separator, tmp_path):
    found = find_recordings([recordings])
    dataset = example.separated_recordings(make_band_separator(), found)

    def broken():
        yield from dataset.take(2)
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        example.write_records(broken(), tmp_path / "records", 8000, 2)
    assert list((tmp_path / "records").iterdir()) == []


def test_names_a_folder_without_recordings(
    example, make_band_separator, run_command, tmp_path
):
    make_band_separator().save(tmp_path / "model.keras")
    (tmp_path / "empty").mkdir()
    status, _, err = run_command(
        example,
        f"--model={tmp_path / 'model.keras'}",
        f"--input_dir={tmp_path / 'empty'}",
        f"--output_dir={tmp_path / 'records'}",
    )
    assert status == 1
    assert err.startswith("error: A folder or pattern must")


def test_leaves_out_what_cannot_be_decoded(
    example, recordings, make_band_separator, run_command, tmp_path
):
    make_band_separator().save(tmp_path / "model.keras")
    (recordings / "text.wav").write_text("no sound")
    soundfile.write(recordings / "nan.wav", [np.nan] * 9, 8000, subtype="FLOAT")
    status, out, err = run_command(
        example,
        f"--model={tmp_path / 'model.keras'}",
        f"--input_dir={recordings}",
        f"--output_dir={tmp_path / 'records'}",
    )
    assert status == 1
    assert "3 of 5 recordings" in out
    assert "text.wav" in err
