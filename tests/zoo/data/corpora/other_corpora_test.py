"""Tests of `python -m zoo.mix` with corpora other than WSJ0."""

import shutil

import numpy as np
import pytest

from tests.zoo.conftest import babble
from tests.zoo.data.made_sets import contents, rows_of, write_list
from zoo.data import audio
from zoo.data.mixtures.folder import MixtureFolder


def _speech(path, seed, seconds=0.6, rate=16000, gain=0.5):
    generator = np.random.default_rng(seed)
    waveform = gain * babble(seconds, rate, generator)
    audio.write(path, waveform, rate, "PCM_16")
    return audio.read(path)[0]


@pytest.fixture
def librispeech(tmp_path):
    root = tmp_path / "LibriSpeech"
    for subset, speakers in (
        ("train-clean-100", (103, 104, 105)),
        ("dev-clean", (84, 85)),
        ("test-clean", (61, 62)),
    ):
        for speaker in speakers:
            for k in range(2):
                name = f"{subset}/{speaker}/7/{speaker}-7-000{k}.flac"
                _speech(root / name, [speaker, k], 0.5 + k / 4)
    return root


def test_librispeech_makes_a_set(run, librispeech, tmp_path):
    printed = run(librispeech, num_mixtures="3,2,2", mode="min", sample_rate=8000)
    assert "Layout: librispeech." in printed
    folder = MixtureFolder(tmp_path / "out/2speakers/wav8k/min/tt")
    assert all(name.startswith(("61-7-000", "62-7-000")) for name in folder.names)
    # Splits that are not asked for need no folder.
    shutil.rmtree(librispeech / "train-clean-100")
    run(librispeech, "two", num_mixtures="2,2", split="valid,test")


METADATA = (
    "mixture_ID,source_1_path,source_1_gain,source_2_path,source_2_gain,"
    "noise_path,noise_gain\n"
    "61-7-0000_62-7-0001,test-clean/61/7/61-7-0000.flac,0.75,"
    "test-clean/62/7/62-7-0001.flac,0.5,tt/n.wav,0.25\n"
)


@pytest.mark.parametrize("mode, samples", [("min", 8000), ("max", 12000)])
@pytest.mark.parametrize("noisy", [False, True])
def test_librimix_is_its_gains_times_its_files(
    run, librispeech, tmp_path, mode, samples, noisy
):
    lists = tmp_path / "metadata"
    write_list(lists / "libri2mix_test-clean.csv", METADATA.rstrip())
    noise = _speech(tmp_path / "wham/tt/n.wav", 5, 0.6)
    printed = run(
        librispeech,
        lists=lists,
        split="test",
        mode=mode,
        noise_dir=tmp_path / "wham" if noisy else None,
    )
    assert "Layout: librimix." in printed
    folder = tmp_path / f"out/2speakers/wav16k/{mode}/tt"
    (example,) = MixtureFolder(folder)
    assert (example.name, example.mixture.shape) == (
        "61-7-0000_62-7-0001",
        (samples,),
    )
    total = np.zeros(samples)
    for k, (name, gain) in enumerate(
        (("61/7/61-7-0000", 0.75), ("62/7/62-7-0001", 0.5))
    ):
        waveform = audio.read(librispeech / f"test-clean/{name}.flac")[0][:samples]
        expected = np.zeros(samples)
        expected[: len(waveform)] = gain * waveform
        np.testing.assert_allclose(example.sources[k], expected, atol=2**-16)
        total += expected
    assert (folder / "noise").exists() == noisy
    if noisy:
        written = audio.read(folder / "noise" / f"{example.name}.wav")[0]
        start = min(samples, 9600 - 8000)
        np.testing.assert_allclose(written[:start], 0.25 * noise[:start], atol=2**-16)
        sources = [*example.sources, written]
        np.testing.assert_array_equal(example.mixture, sum(sources))
    else:
        np.testing.assert_allclose(example.mixture, total, atol=2**-15)
    row = rows_of(folder)[example.name]
    assert (row["snr_db"], row["s1_gain"]) == ("", "0.75")


def test_vctk_and_folders_of_speakers_make_sets(run, tmp_path):
    for speaker in range(225, 231):
        name = f"p{speaker}/p{speaker}_001"
        vctk = tmp_path / "VCTK/wav48_silence_trimmed"
        for mic in (1, 2):
            _speech(vctk / f"{name}_mic{mic}.flac", speaker, rate=48000)
        _speech(tmp_path / f"own/{speaker}/0.wav", speaker, rate=8000)
    options = {
        "split_proportions": "0.34,0.33,0.33",
        "num_mixtures": "2,2,2",
        "mode": "max",
        "sample_rate": "16000",
    }
    printed = run(tmp_path / "VCTK", "vctk", **options)
    assert "Layout: vctk." in printed and "6 recordings of 6 speakers" in printed
    printed = run(tmp_path / "own", "own_out", **options)
    assert "Layout: speakers." in printed
    for name in ("vctk", "own_out"):
        folder = MixtureFolder(tmp_path / name / "2speakers/wav16k/max/cv")
        assert (len(folder), folder.sample_rate) == (2, 16000)
    # The lists lead back to the files, though all are called 0.wav.
    lists = tmp_path / "own_out/2speakers/lists"
    run(tmp_path / "own", "again", lists=lists, mode="max", sample_rate=16000)
    again = contents(tmp_path / "again")
    own = contents(tmp_path / "own_out")
    assert again == {path: own[path] for path in again}
