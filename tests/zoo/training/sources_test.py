import itertools
import json

import keras
import numpy as np
import pytest
import soundfile

from zoo.data import scan, split_speakers, write_packed
from zoo.training import sources


@pytest.fixture
def make_folder(tmp_path):
    """Returns a function that writes mixtures and returns their folder."""

    def make(speakers=2):
        generator = np.random.default_rng(0)
        for part, count in (("tr", 6), ("cv", 4)):
            for number in range(count):
                parts = generator.uniform(-0.2, 0.2, (speakers, 4000))
                signals = {f"s{k + 1}": part for k, part in enumerate(parts)}
                for name, signal in {"mix": parts.sum(axis=0), **signals}.items():
                    folder = tmp_path / "mixtures" / part / name
                    folder.mkdir(parents=True, exist_ok=True)
                    soundfile.write(folder / f"{number}.wav", signal, 8000, "FLOAT")
        return str(tmp_path / "mixtures")

    return make


def assert_same(one, two):
    for a, b in zip(*map(keras.tree.flatten, (one, two)), strict=True):
        np.testing.assert_array_equal(a, b)


def test_packed_audio_gives_the_mixtures_of_its_corpus(make_config, tmp_path):
    config = make_config()
    corpus = scan(config.data.corpora)
    speakers = split_speakers(corpus.speakers)
    packed = {}
    for split in ("train", "valid"):
        packed[f"data__{split}_packed"] = str(tmp_path / f"{split}.pack")
        part = corpus.of_speakers(speakers[split])
        write_packed(tmp_path / f"{split}.pack", part)
    other = make_config(data__corpora=(), **packed)
    batches = [sources.training_source(c).batch(2, 1) for c in (config, other)]
    assert_same(*batches)
    assert_same(*(sources.validation_arrays(c) for c in (config, other)))


def test_recordings_of_another_rate_are_resampled(make_config, monkeypatch):
    lines = []
    monkeypatch.setattr(sources.logging, "info", lambda *words: lines.append(words))
    audio = sources.training_source(make_config(sample_rate=4000)).audio
    assert [line % tuple(words) for line, *words in lines] == [
        "Recordings of 8000 Hz are resampled to 4000 Hz."
    ]
    assert audio.sample_rate == 4000
    same = sources.training_source(make_config()).audio
    halves = [-(-utterance.samples // 2) for utterance in same.utterances]
    assert [utterance.samples for utterance in audio.utterances] == halves


def test_a_split_file_chooses_the_speakers(make_config, tmp_path):
    path = tmp_path / "splits.json"
    path.write_text(json.dumps({"a": ["1", "2", "3"], "b": ["4", "5"]}))
    config = make_config(
        data__split_file=str(path), data__train_split="a", data__valid_split="b"
    )
    audio = sources.training_source(config).audio
    assert {name.rpartition("/")[2] for name in audio.by_speaker} == {"1", "2", "3"}


def test_a_folder_of_mixtures_trains_on_tr_and_validates_on_cv(
    make_config, make_folder
):
    config = make_config(data__mixtures=make_folder())
    source = sources.training_source(config)
    assert len(source.folder) == 6
    mixtures, (parts, lengths) = sources.validation_arrays(config)
    mixture = soundfile.read(f"{config.data.mixtures}/cv/mix/1.wav")[0][:3200]
    mixture *= 0.1 / np.sqrt(np.mean(mixture**2))
    np.testing.assert_allclose(mixtures[1], mixture, atol=1e-5)
    assert (mixtures.shape, parts.shape) == ((4, 3200), (4, 2, 3200))
    assert set(lengths) == {3200}


def test_streams_the_batches_from_an_epoch_on(make_config):
    config = make_config()
    source = sources.training_source(config)
    batches, callbacks = sources.training_batches(source, epoch=3)
    steps = config.steps_per_epoch
    # Other backends are told of each epoch.
    count = steps if callbacks else 2 * steps
    for number, batch in enumerate(itertools.islice(batches, count)):
        mixture, *targets = source.batch(3 + number // steps, number % steps)
        assert_same(batch, (mixture, tuple(targets)))
    for callback in callbacks:
        callback.on_epoch_begin(4)
        mixture, *targets = source.batch(4, 0)
        assert_same(batches[0], (mixture, tuple(targets)))


def test_refuses_mixtures_of_another_number_of_speakers(make_config, make_folder):
    config = make_config(data__mixtures=make_folder(speakers=3))
    with pytest.raises(ValueError, match=r"sources in the mixtures, 3\..*speakers=2"):
        sources.training_source(config)


def test_refuses_packed_audio_of_another_rate(make_config, tmp_path):
    config = make_config()
    write_packed(tmp_path / "train.pack", scan(config.data.corpora), 4000)
    config.data.train_packed = str(tmp_path / "train.pack")
    with pytest.raises(ValueError, match=r"8000 Hz. Received: .*train.pack, 4000 Hz"):
        sources.training_source(config)
