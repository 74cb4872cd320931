"""Tests of corpora."""

import shutil

import numpy as np
import pytest
import soundfile

from zoo.data.corpora.corpus import Corpus, scan


def test_equal_names_in_two_corpora_are_two_speakers(make_corpus):
    one, two = make_corpus("one"), make_corpus("two", suffix=".flac")
    corpus = scan([one, two])
    assert len(corpus) == 12
    assert corpus.speakers == [
        *("one/anna", "one/ben", "one/cleo"),
        *("two/anna", "two/ben", "two/cleo"),
    ]
    assert corpus.common_sample_rate() == 8000


def test_order_depends_on_names_only(make_corpus):
    one, two = make_corpus("one"), make_corpus("two")
    names = [utterance.name for utterance in scan([one, two]).utterances]
    assert names == sorted(names)
    assert [u.name for u in scan([two, one]).utterances] == names
    assert names[0] == "one/anna/000.wav"


def test_nested_and_hidden_files(make_corpus):
    folder = make_corpus(count=1)
    (folder / "anna" / "chapter" / "1").mkdir(parents=True)
    shutil.move(
        folder / "anna" / "000.wav", folder / "anna" / "chapter" / "1" / "x.WAV"
    )
    shutil.copy(folder / "ben" / "000.wav", folder / "ben" / ".000.wav")
    shutil.copytree(folder / "ben", folder / ".cache")
    (folder / "ben" / "000.txt").write_text("A transcript.")
    shutil.copy(folder / "ben" / "000.wav", folder / "of_nobody.wav")
    corpus = scan(folder)
    assert [utterance.name for utterance in corpus.utterances] == [
        "corpus/anna/chapter/1/x.WAV",
        "corpus/ben/000.wav",
        "corpus/cleo/000.wav",
    ]


def test_length_and_rate_are_those_of_the_file(make_corpus):
    for utterance in scan(make_corpus(sample_rate=16000)).utterances:
        info = soundfile.info(utterance.path)
        assert (utterance.samples, utterance.sample_rate) == (info.frames, 16000)


@pytest.mark.parametrize("speakers", [{"anna"}, {"corpus/anna"}, {"anna", "other/x"}])
def test_speakers_are_selected(make_corpus, speakers):
    assert scan(make_corpus(), speakers=speakers).speakers == ["corpus/anna"]


def test_files_of_other_speakers_are_not_opened(make_corpus):
    folder = make_corpus()
    (folder / "ben" / "000.wav").write_text("broken")
    assert scan(folder, speakers={"anna"}).speakers == ["corpus/anna"]


@pytest.mark.parametrize("speaker", ["dora", "corpus/dora"])
def test_missing_speaker_is_refused(make_corpus, speaker):
    with pytest.raises(ValueError, match=f"1 without, such as '{speaker}'"):
        scan(make_corpus(), speakers={"anna", speaker})


def test_corpus_without_the_speakers_is_refused(make_corpus):
    with pytest.raises(ValueError, match="of the speakers asked for"):
        scan(make_corpus(), speakers={"other/anna"})


def test_broken_file_is_named(make_corpus):
    folder = make_corpus()
    (folder / "ben" / "000.wav").write_text("broken")
    with pytest.raises(ValueError, match=r"libsndfile reads.*000\.wav"):
        scan(folder)


def test_broken_files_are_left_out_when_asked(make_corpus, caplog):
    folder = make_corpus()
    soundfile.write(folder / "anna" / "000.wav", np.zeros(100), 8000)
    (folder / "ben" / "000.wav").write_text("broken")
    nan = np.full(100, np.nan)
    soundfile.write(folder / "cleo" / "000.wav", nan, 8000, subtype="FLOAT")
    corpus = scan(folder, skip_broken=True)
    assert [utterance.name for utterance in corpus.utterances] == [
        "corpus/anna/001.wav",
        "corpus/ben/001.wav",
        "corpus/cleo/001.wav",
    ]


def test_other_sample_rate_is_refused(make_corpus):
    folder = make_corpus(count=1)
    soundfile.write(folder / "ben" / "000.wav", np.ones(100), 16000)
    with pytest.raises(ValueError, match=r"must have 8000 Hz\. Received: .* 16000 Hz"):
        scan(folder, sample_rate=8000)
    with pytest.raises(ValueError, match="Received: 8000, 16000 Hz"):
        scan(folder).common_sample_rate()


def test_unfit_folders_are_refused(make_corpus, tmp_path):
    folder = make_corpus()
    with pytest.raises(ValueError, match=r"must be a folder\. Received: .*missing"):
        scan(tmp_path / "missing")
    with pytest.raises(ValueError, match=r"must hold <speaker>"):
        scan(folder / "anna")
    with pytest.raises(ValueError, match="must have different names"):
        scan([folder, folder])
    with pytest.raises(ValueError, match="Received: none"):
        Corpus([])


def test_part_of_a_corpus(make_corpus):
    corpus = scan(make_corpus())
    part = corpus.of_speakers({"corpus/ben", "corpus/cleo"})
    assert part.speakers == ["corpus/ben", "corpus/cleo"]
    with pytest.raises(ValueError, match="must have a name of its own"):
        Corpus([corpus.utterances[0], corpus.utterances[0]])
