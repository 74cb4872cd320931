"""Tests of folders of mixtures."""

import numpy as np
import pytest

from zoo.data import audio
from zoo.data.mixtures.folder import MixtureFolder


def _write(folder, parts, names=("b", "a"), samples=100, sample_rate=8000):
    for k, part in enumerate(parts):
        for n, name in enumerate(names):
            level = (k + 1 + 10 * n) / 64
            waveform = np.full(samples, level)
            audio.write(folder / part / f"{name}.wav", waveform, sample_rate)


@pytest.mark.parametrize("parts", [("mix", "s1", "s2"), ("mix", "s1", "s2", "s3")])
def test_examples_come_sorted_with_their_sources(tmp_path, parts):
    _write(tmp_path, parts)
    (tmp_path / "mixtures.csv").write_text("ignored")
    folder = MixtureFolder(tmp_path)
    assert (len(folder), folder.num_speakers) == (2, len(parts) - 1)
    assert (folder.names, folder.sample_rate) == (["a", "b"], 8000)
    b = list(folder)[1]
    assert (b.name, b.sample_rate) == ("b", 8000)
    np.testing.assert_array_equal(b.mixture, np.full(100, 1 / 64, "float32"))
    np.testing.assert_array_equal(b.sources[:, 0] * 64, np.arange(2, len(parts) + 1))


def test_files_are_resampled_when_asked(tmp_path):
    _write(tmp_path, ("mix", "s1", "s2"), sample_rate=16000)
    example = MixtureFolder(tmp_path, sample_rate=8000, resample=True)[0]
    assert (example.mixture.shape, example.sources.shape) == ((50,), (2, 50))
    with pytest.raises(ValueError, match="must be 8000 Hz"):
        MixtureFolder(tmp_path, sample_rate=8000)[0]


def test_parent_folder_is_refused_with_a_hint(tmp_path):
    _write(tmp_path / "tt", ("mix", "s1", "s2"))
    _write(tmp_path / "cv", ("mix", "s1", "s2"))
    with pytest.raises(ValueError, match=r"must hold 'mix'.*Choose one of cv, tt"):
        MixtureFolder(tmp_path)


def test_missing_source_folder_is_refused(tmp_path):
    _write(tmp_path, ("mix", "s1"))
    with pytest.raises(ValueError, match="must hold 's2'"):
        MixtureFolder(tmp_path)


def test_empty_folder_is_refused(tmp_path):
    (tmp_path / "mix").mkdir()
    with pytest.raises(ValueError, match=r"must hold \.wav, \.flac, \.ogg files"):
        MixtureFolder(tmp_path)


def test_different_names_are_refused(tmp_path):
    _write(tmp_path, ("mix", "s1", "s2"))
    (tmp_path / "s2" / "a.wav").unlink()
    with pytest.raises(ValueError, match="`mix` and `s2` differ in 1, such as 'a'"):
        MixtureFolder(tmp_path)


def test_different_lengths_are_refused(tmp_path):
    _write(tmp_path, ("mix", "s1"))
    _write(tmp_path, ("s2",), samples=99)
    with pytest.raises(ValueError, match=r"same length\. Received: \[100, 100, 99\]"):
        MixtureFolder(tmp_path)[0]
