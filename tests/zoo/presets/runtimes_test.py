"""Tests of the choice of what runs a separator."""

import json
import os
import shutil

import numpy as np
import pytest

from zoo import separate
from zoo.export.agreement import snr_db
from zoo.inference.separator import Separator
from zoo.presets import preset_file, runtimes

NAME = "complex_unet_small_8k"
PRESET = preset_file(NAME)


@pytest.fixture(autouse=True)
def _no_backend_is_named(monkeypatch):
    monkeypatch.delenv("KERAS_BACKEND", raising=False)


@pytest.fixture(scope="module")
def both():
    return [runtimes.load_for(runtime, NAME) for runtime in ("litert", "keras")]


@pytest.fixture
def trained(tmp_path):
    """A folder of a training, with the LiteRT file of its model."""
    for suffix in (".keras", ".tflite", ".tflite.json"):
        shutil.copy(
            PRESET.with_suffix("").as_posix() + suffix, tmp_path / f"best{suffix}"
        )
    return tmp_path


def runs_on_keras(separator):
    return isinstance(separator, Separator) or hasattr(separator.run, "__self__")


def mixture_of(seconds, rate, channels, rng):
    noise = rng.normal(size=(round(seconds * rate) or 1, channels))
    envelope = 0.1 * np.abs(np.cos(np.arange(len(noise)) * 9 / rate))
    return noise * envelope[:, np.newaxis]


@pytest.mark.one_fast_case
@pytest.mark.parametrize(
    ("seconds", "rate", "channels"),
    [
        (3.5, 44100, 2),
        (0, 8000, 1),
        (0.3, 8000, 1),
        (3.5, 8000, 1),
        (40, 8000, 1),
    ],
)
def test_both_give_the_same(both, rng, seconds, rate, channels):
    mixture = mixture_of(seconds, rate, channels, rng)
    litert, keras = (separator.separate(mixture, rate) for separator in both)
    assert litert.shape == (2, len(mixture))
    assert snr_db(keras, litert) > 60


def test_both_keep_silence(both):
    for separator in both:
        assert not separator.separate(np.zeros(4000), 8000).any()


def test_auto_takes_litert_for_the_preset_unless_a_backend_is_named(monkeypatch):
    assert not runs_on_keras(runtimes.load_for("auto", NAME))
    monkeypatch.setenv("KERAS_BACKEND", "tensorflow")
    assert runs_on_keras(runtimes.load_for("auto", NAME))


def test_auto_takes_keras_where_litert_is_not_installed(monkeypatch):
    monkeypatch.setattr(runtimes.importlib.util, "find_spec", lambda name: None)
    assert runs_on_keras(runtimes.load_for("auto", NAME))


def test_auto_takes_the_file_of_a_training_if_it_is_not_older(trained):
    file = trained / "best.tflite"
    os.utime(file)
    assert not runs_on_keras(runtimes.load_for("auto", trained))
    os.utime(file, (0, 0))
    assert isinstance(runtimes.load_for("auto", trained), Separator)
    assert not runs_on_keras(runtimes.load_for("litert", trained))


def test_auto_leaves_files_of_short_lengths_alone(trained):
    os.utime(trained / "best.tflite")
    words = trained / "best.tflite.json"
    metadata = json.loads(words.read_text())
    del metadata["signatures"]["serve_240000"]
    words.write_text(json.dumps(metadata))
    assert isinstance(runtimes.load_for("auto", trained), Separator)


def test_a_litert_file_can_be_named(trained):
    file = trained / "best.tflite"
    assert not runs_on_keras(runtimes.load_for("auto", file))
    with pytest.raises(ValueError, match=r"runs on LiteRT alone"):
        runtimes.load_for("keras", file)


def test_a_model_without_a_file_says_how_to_export_one(trained):
    (trained / "best.tflite").unlink()
    with pytest.raises(ValueError, match=r"must exist.*python -m zoo.export"):
        runtimes.load_for("litert", trained)


def test_there_are_three_runtimes():
    with pytest.raises(ValueError, match=r"one of auto, litert, keras.*'torch'"):
        runtimes.load_for("torch", NAME)


def test_the_command_takes_a_runtime(tmp_path, run_command, trained):
    import soundfile

    soundfile.write(tmp_path / "mix.wav", np.ones(800), 8000)
    arguments = tmp_path / "mix.wav", f"--output_dir={tmp_path}", "--runtime=litert"
    status, out, err = run_command(
        separate, *arguments, f"--model={trained}", "--threads=1"
    )
    assert (status, err) == (0, "") and "mix_s1.wav" in out
    (trained / "best.tflite").unlink()
    status, _, err = run_command(
        separate, *arguments, f"--model={trained}", "--overwrite"
    )
    assert status == 1 and "python -m zoo.export" in err
