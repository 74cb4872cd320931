"""Tests of the files of a mixture and the table of them."""

import csv

import numpy as np
import pytest

from zoo.data import audio
from zoo.data.corpora.corpus import Utterance
from zoo.data.mixtures import mixture_files
from zoo.data.mixtures.mixing import mix_at_gains


@pytest.fixture
def mixture():
    generator = np.random.default_rng(0)
    waveforms = [generator.uniform(-1, 1, length) for length in (300, 200, 250)]
    return mix_at_gains(waveforms, (1.0, 0.5, 0.25), "max")


@pytest.mark.parametrize("subtype", ["PCM_16", "FLOAT"])
def test_mixture_is_the_sum_of_its_files(tmp_path, mixture, subtype):
    mixture_files.write_mixture(tmp_path, "x", mixture, 8000, subtype, noise=True)
    parts = [audio.read(tmp_path / part / "x.wav")[0] for part in ("s1", "s2", "noise")]
    whole = audio.read(tmp_path / "mix" / "x.wav")[0]
    np.testing.assert_array_equal(whole, np.sum(parts, axis=0, dtype="float32"))
    np.testing.assert_allclose(parts, mixture.sources, atol=2**-16)
    assert not (tmp_path / "s3").exists()


def test_table_says_what_was_mixed(tmp_path, mixture):
    people = [Utterance("", f"c/{k}/a,b.wav", f"c/{k}", 0, 0) for k in range(3)]
    row = mixture_files.table_row(
        "x", people, (), (300, 200, 250), mixture, 8000, noise=True
    )
    mixture_files.write_table(tmp_path, [row, {**row, "name": "y"}])
    with open(tmp_path / "mixtures.csv", newline="") as file:
        first, second = csv.DictReader(file)
    assert (first, second["name"]) == (row, "y")
    assert (row["s2_stop"], row["noise_stop"], row["snr_db"]) == ("200", "250", "")
    assert float(row["s1_gain"]) / float(row["s2_gain"]) == pytest.approx(2)


def test_no_table_without_mixtures(tmp_path):
    mixture_files.write_table(tmp_path, [])
    assert not list(tmp_path.iterdir())


def test_old_files_are_audio_alone(tmp_path):
    for name in ("mix/x.wav", "s1/.x.wav.partial", "s12/x.wav", "noise/x.wav"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "mix" / "notes.txt").touch()
    (tmp_path / "x.wav").touch()
    assert len(list(mixture_files.old_files(tmp_path))) == 4
