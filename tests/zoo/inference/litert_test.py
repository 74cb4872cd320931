"""Tests of separators from LiteRT files, on the file that ships."""

import json
import shutil

import numpy as np
import pytest

from zoo.inference import litert
from zoo.presets import preset_file

PRESET = preset_file("complex_unet_small_8k").with_suffix(".tflite")


@pytest.fixture
def copy(tmp_path):
    """A copy of the file and of its metadata, to be spoilt."""
    shutil.copy(f"{PRESET}.json", tmp_path / "model.tflite.json")
    return shutil.copy(PRESET, tmp_path / "model.tflite")


def test_takes_rate_speakers_and_lengths_from_the_metadata():
    separator = litert.load_litert(PRESET, threads=1)
    assert (separator.sample_rate, separator.num_speakers) == (8000, 2)
    assert separator.lengths == (16000, 32000, 80000, 240_000)


def test_two_recordings_in_turns_give_what_each_gives(rng):
    """Nothing of the last run is left in the memory of the runtime."""
    separator = litert.load_litert(PRESET, threads=1)
    one, two = rng.normal(size=(2, 12_000)).astype("float32")
    first = separator.separate(one, 8000)
    second = separator.separate(two, 8000)
    np.testing.assert_array_equal(separator.separate(one, 8000), first)
    np.testing.assert_array_equal(separator.separate(two, 8000), second)
    assert first.shape == (2, 12_000) and np.abs(first - second).max() > 0.1


def test_the_runtime_is_silent(capfd):
    litert.load_litert(PRESET, threads=1).separate(np.ones(100), 8000)
    assert capfd.readouterr() == ("", "")


def test_a_missing_file_says_how_to_make_one(tmp_path):
    with pytest.raises(ValueError, match=r"must exist.*python -m zoo.export"):
        litert.load_litert(tmp_path / "model.tflite")


@pytest.mark.parametrize("text", [None, "{", "[]", "{}"])
def test_metadata_must_be_there(copy, text):
    words = f"{copy}.json"
    if text is None:
        shutil.move(words, f"{words}.gone")
    else:
        with open(words, "w") as file:
            file.write(text)
    with pytest.raises(
        ValueError, match=r"must have its metadata.*model\.tflite\.json"
    ):
        litert.load_litert(copy)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"format": "streaming_litert"}, "of whole mixtures.*streaming_litert"),
        ({"input": {"shape": [1, None]}, "signatures": {"serve": {}}}, "fixed lengths"),
        ({"signatures": {"other": {"samples": 5}}}, "signatures.*without other"),
    ],
)
def test_other_files_are_refused(copy, changes, message):
    with open(f"{copy}.json") as file:
        metadata = json.load(file)
    with open(f"{copy}.json", "w") as file:
        json.dump(metadata | changes, file)
    with pytest.raises(ValueError, match=message):
        litert.load_litert(copy)


def test_a_damaged_file_is_refused(copy):
    with open(copy, "wb") as file:
        file.write(b"no model")
    with pytest.raises(ValueError, match=r"must be whole"):
        litert.load_litert(copy)


def test_files_without_lengths_of_signatures_have_that_of_the_input():
    metadata = {"input": {"shape": [1, 16000]}, "signatures": {"serve": {"inputs": []}}}
    assert litert.fixed_lengths(metadata) == {16000: "serve"}
