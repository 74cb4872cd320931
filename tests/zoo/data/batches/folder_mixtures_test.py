"""Tests of batches of a folder of mixtures."""

import numpy as np
import pytest

from zoo.data import audio
from zoo.data.batches.folder_mixtures import FolderMixtures
from zoo.data.mixtures.folder import MixtureFolder

RATE = 8000


@pytest.fixture
def folder(tmp_path):
    generator = np.random.default_rng(0)
    for number, samples in enumerate((500, 1200, 1500, 900, 2000)):
        sources = 0.1 * generator.normal(size=(2, samples))
        audio.write(tmp_path / "mix" / f"{number}.wav", sources.sum(axis=0), RATE)
        for k in range(2):
            audio.write(tmp_path / f"s{k + 1}" / f"{number}.wav", sources[k], RATE)
    return MixtureFolder(tmp_path)


def _options(**options):
    return {"segment_seconds": 0.1, "batch_size": 2, **options}


def test_batch_has_the_promised_form(folder):
    mixtures = FolderMixtures(folder, **_options(level=0.2))
    assert (mixtures.batches_per_epoch, mixtures.num_speakers) == (2, 2)
    mixture, sources, lengths = mixtures.batch(0, 1)
    assert (mixture.shape, sources.shape) == ((2, 800), (2, 2, 800))
    assert (mixture.dtype, sources.dtype, lengths.dtype) == ("f4", "f4", "i4")
    np.testing.assert_allclose(mixture, sources.sum(axis=1), atol=1e-6)
    rms = np.sqrt(np.sum(mixture**2, axis=1) / lengths)
    np.testing.assert_allclose(rms, 0.2, rtol=1e-5)


def test_level_0_leaves_the_level_of_the_files(folder):
    mixtures = FolderMixtures(folder, **_options(level=0.0, seed=None))
    mixture, sources, lengths = mixtures.batch(0, 0)
    for index, length in enumerate(lengths):
        example = folder[index]
        np.testing.assert_array_equal(mixture[index, :length], example.mixture[:length])
        np.testing.assert_array_equal(
            sources[index, :, :length], example.sources[:, :length]
        )


def test_short_mixtures_are_padded_and_lengths_say_so(folder):
    mixtures = FolderMixtures(folder, **_options(batch_size=5))
    mixture, _, lengths = mixtures.batch(0, 0)
    assert sorted(lengths) == [500, 800, 800, 800, 800]
    short = int(np.argmin(lengths))
    assert mixture[short, :500].all() and not mixture[short, 500:].any()


def test_without_a_segment_mixtures_stay_whole(folder):
    mixtures = FolderMixtures(folder, segment_seconds=0, batch_size=5, seed=None)
    mixture, sources, lengths = mixtures.batch(0, 0)
    # One second holds the longest.
    assert mixture.shape == (5, RATE)
    assert sources.shape == (5, 2, RATE)
    for index, length in enumerate(lengths):
        example = folder[index]
        assert length == len(example.mixture)
        gain = mixture[index, :length] / example.mixture
        np.testing.assert_allclose(gain, gain[0], rtol=1e-4)
        assert not mixture[index, length:].any()


def test_each_mixture_is_served_once_before_any_is_served_again(folder):
    mixtures = FolderMixtures(folder, **_options(batches_per_epoch=1))
    numbers = [mixtures.draw(position)[0] for position in range(20)]
    turns = [numbers[k : k + 5] for k in range(0, 20, 5)]
    assert all(sorted(turn) == [0, 1, 2, 3, 4] for turn in turns)
    assert len({tuple(turn) for turn in turns}) > 1


def test_batch_is_a_pure_function_of_seed_epoch_and_index(folder):
    batch = FolderMixtures(folder, **_options(seed=1)).batch(3, 1)
    again = FolderMixtures(folder, **_options(seed=1)).batch(3, 1)
    for one, two in zip(batch, again, strict=True):
        np.testing.assert_array_equal(one, two)
    other = FolderMixtures(folder, **_options(seed=2)).batch(3, 1)
    assert np.abs(batch[0] - other[0]).max() > 0.01


def test_without_seed_mixtures_come_by_name_from_their_beginning(folder):
    mixtures = FolderMixtures(folder, **_options(seed=None, batch_size=5))
    mixture, _, _ = mixtures.batch(0, 0)
    for row, example in zip(mixture, folder, strict=True):
        beginning = example.mixture[:800]
        scaled = beginning * (row[0] / beginning[0])
        np.testing.assert_allclose(row[: len(scaled)], scaled, atol=1e-6)


def test_silent_mixture_is_finite(folder):
    cut, sources, length = FolderMixtures(folder).cut(np.zeros((3, 70), "f4"), 0.5)
    assert not cut.any() and not sources.any() and length == 70


@pytest.mark.parametrize(
    "options",
    [
        {"segment_seconds": -0.5},
        {"batch_size": 0},
        {"batches_per_epoch": 0},
        {"level": -1},
        {"seed": -2},
    ],
)
def test_unfit_arguments_are_refused(folder, options):
    name, value = next(iter(options.items()))
    with pytest.raises(ValueError, match=f"Received: {name}={value}"):
        FolderMixtures(folder, **options)
