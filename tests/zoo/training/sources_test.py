import json

import numpy as np
import pytest
import soundfile

from zoo.data import scan, split_speakers, to_spectrograms, to_waveforms, write_packed
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
    for a, b in zip(one, two, strict=True):
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
    inputs, targets = sources.validation_arrays(config)
    mixture = soundfile.read(f"{config.data.mixtures}/cv/mix/1.wav")[0][:3200]
    mixture *= 0.1 / np.sqrt(np.mean(mixture**2))
    expected, _ = to_spectrograms(mixture[None], mixture[None, None], None, 64, 32)
    np.testing.assert_allclose(inputs[1], expected[0], atol=1e-5)
    assert targets.shape == (4, 2, *inputs.shape[1:3], 3)


def test_streams_the_batches_of_the_epoch(make_config):
    config = make_config()
    source = sources.training_source(config)
    batches = list(sources.training_batches(config, source, epoch=3))
    assert len(batches) == config.steps_per_epoch
    for index, batch in enumerate(batches):
        assert_same(batch, to_spectrograms(*source.batch(3, index), 64, 32))


def test_streams_waveforms_to_networks_of_waveforms(make_config):
    config = make_config(stft__frame_length=0)
    source = sources.training_source(config)
    batches = list(sources.training_batches(config, source, epoch=3))
    for index, batch in enumerate(batches):
        assert_same(batch, to_waveforms(*source.batch(3, index)))
    inputs, targets = sources.validation_arrays(config)
    assert inputs.shape == (4, 3200)
    assert targets.shape == (4, 2, 3200, 2)


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
