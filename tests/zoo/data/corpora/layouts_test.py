"""Tests of where the corpora keep their speakers and splits."""

import json

import numpy as np
import pytest
import soundfile

from tests.zoo.data.audio.sphere_files import write_wsj0
from zoo.data.corpora import layouts
from zoo.data.corpora.splits import SPLITS


def _touch(root, *names):
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        soundfile.write(path, np.full(800, 0.1), 16000)
    return root


@pytest.fixture
def librispeech(tmp_path):
    return _touch(
        tmp_path / "LibriSpeech",
        *(
            f"{subset}/{speaker}/{chapter}/{speaker}-{chapter}-000{k}.flac"
            for subset, speaker in (
                ("train-clean-100", 103),
                ("train-clean-100", 104),
                ("train-other-500", 900),
                ("dev-clean", 84),
                ("test-clean", 61),
            )
            for chapter in (1240, 1241)
            for k in range(2)
        ),
    )


@pytest.fixture
def vctk(tmp_path):
    return _touch(
        tmp_path / "VCTK-Corpus",
        *(
            f"wav48_silence_trimmed/p{speaker}/p{speaker}_001_mic{mic}.flac"
            for speaker in range(225, 235)
            for mic in (1, 2)
        ),
        "wav48/p225/p225_001.wav",
    )


def _split(root, layout, **options):
    found = layouts.find_utterances(root, layout)
    return layouts.split_corpus(found, layout, SPLITS, **options)


def test_wsj0_is_found_at_any_depth_and_in_any_case(tmp_path):
    root = write_wsj0(tmp_path / "discs", count=5)
    assert layouts.detect_layout(root) == "wsj0"
    found = {
        utterance.name: (part, utterance)
        for part, utterance in layouts.find_utterances(root, "wsj0")
    }
    assert len(found) == 7 * 5
    part, utterance = found["wsj0/si_tr_s/209/209c0203.wv1"]
    assert (part, utterance.speaker) == ("train", "wsj0/209")
    assert utterance.path.endswith("/11-2.1/WSJ0/SI_TR_S/209/209C0203.WV1")
    assert found["wsj0/si_et_05/441/441c0200.wv1"][0] == "test"
    assert not any("sd_tr_s" in name or "wv2" in name for name in found)


def test_wsj0_may_be_named_by_its_inner_folder(tmp_path):
    root = write_wsj0(tmp_path / "discs", count=1)
    found = layouts.find_utterances(root / "11-1.1/wsj0/si_tr_s", "wsj0")
    assert [u.name for _, u in found] == [
        "wsj0/si_tr_s/011/011c0200.wv1",
        "wsj0/si_tr_s/01a/01ac0200.wv1",
    ]


def test_wsj0_converted_beside_is_taken_once_as_wav(tmp_path):
    root = write_wsj0(tmp_path / "discs", count=1)
    _touch(root, "11-1.1/wsj0/si_tr_s/011/011c0200.wav")
    found = layouts.find_utterances(root, "wsj0")
    names = [u.name for _, u in found if "011c0200" in u.name]
    assert names == ["wsj0/si_tr_s/011/011c0200.wav"]


def test_wsj0_validation_has_other_utterances_of_the_same_speakers(tmp_path):
    root = write_wsj0(tmp_path / "discs", count=5)
    splits = _split(root, "wsj0")
    names = {
        split: {u.name for u in corpus.utterances} for split, corpus in splits.items()
    }
    assert {split: len(own) for split, own in names.items()} == {
        "train": 16,
        "valid": 4,
        "test": 15,
    }
    assert not names["train"] & names["valid"]
    assert splits["train"].speakers == splits["valid"].speakers
    assert not set(splits["train"].speakers) & set(splits["test"].speakers)
    assert (
        _split(root, "wsj0", seed=1)["valid"].utterances != splits["valid"].utterances
    )
    again = _split(root, "wsj0")["valid"].utterances
    assert again == splits["valid"].utterances


def test_librispeech_has_its_own_splits(librispeech):
    assert layouts.detect_layout(librispeech) == "librispeech"
    assert layouts.detect_layout(librispeech.parent) == "librispeech"
    splits = _split(librispeech, "librispeech")
    assert splits["train"].speakers == ["LibriSpeech/103", "LibriSpeech/104"]
    assert splits["valid"].speakers == ["LibriSpeech/84"]
    assert len(splits["test"]) == 4
    name = "LibriSpeech/test-clean/61/1240/61-1240-0000.flac"
    assert splits["test"].utterances[0].name == name


def test_other_subsets_of_librispeech_can_be_named(librispeech):
    found = layouts.find_utterances(librispeech, "librispeech", ["train-other-500"])
    assert {utterance.speaker for _, utterance in found} == {"LibriSpeech/900"}
    with pytest.raises(ValueError, match=r"there are dev-clean, .*'train-clean-360'"):
        layouts.find_utterances(librispeech, "librispeech", ["train-clean-360"])


def test_first_microphone_of_vctk_is_taken(vctk):
    assert layouts.detect_layout(vctk) == "vctk"
    splits = _split(vctk, "vctk")
    assert {split: len(corpus) for split, corpus in splits.items()} == {
        "train": 8,
        "valid": 1,
        "test": 1,
    }
    for corpus in splits.values():
        for utterance in corpus.utterances:
            assert utterance.path.endswith("_mic1.flac")
            assert utterance.speaker == f"VCTK-Corpus/{utterance.name[34:38]}"


def test_older_vctk_has_one_microphone(tmp_path):
    root = _touch(
        tmp_path / "VCTK", "wav48/p225/p225_001.wav", "wav48/p226/p226_002.wav"
    )
    found = layouts.find_utterances(root, layouts.detect_layout(root))
    assert {u.speaker for _, u in found} == {"VCTK/p225", "VCTK/p226"}


def test_any_other_folder_holds_speakers(tmp_path):
    root = _touch(
        tmp_path / "own", "anna/day/0.wav", "ben/1.flac", ".git/2.wav", "x.wav"
    )
    assert layouts.detect_layout(root) == "speakers"
    found = layouts.find_utterances(root, "speakers")
    names = [(u.name, u.speaker) for _, u in found]
    assert names == [("own/anna/day/0.wav", "own/anna"), ("own/ben/1.flac", "own/ben")]


def test_split_file_says_who_is_where(tmp_path):
    root = _touch(tmp_path / "own", *(f"{name}/0.wav" for name in "abc"))
    path = tmp_path / "splits.json"
    path.write_text(
        json.dumps({"train": ["b"], "valid": ["c"], "test": {"own": ["a"]}})
    )
    splits = _split(root, "speakers", split_file=str(path))
    assert [splits[split].speakers for split in SPLITS] == [
        ["own/b"],
        ["own/c"],
        ["own/a"],
    ]
    with pytest.raises(ValueError, match=r"has splits of its own.*Leave it out"):
        _split(write_wsj0(tmp_path / "w", 1), "wsj0", split_file=str(path))


@pytest.mark.parametrize("layout", ["wsj0", "vctk", "speakers"])
def test_folder_without_recordings_is_refused(tmp_path, layout):
    for folders in ((), ("wav48/p225",)):
        tmp_path.joinpath(*folders).mkdir(parents=True, exist_ok=True)
        with pytest.raises(ValueError, match=rf"si_tr_s.*any of layout '{layout}'"):
            layouts.find_utterances(tmp_path, layout)


def test_missing_folder_is_refused(tmp_path):
    with pytest.raises(ValueError, match=r"must be a folder\. Received: .*none'"):
        layouts.detect_layout(tmp_path / "none")


def test_empty_split_is_refused(tmp_path):
    root = write_wsj0(tmp_path / "w", count=5)
    found = layouts.find_utterances(root / "11-1.1", "wsj0")
    with pytest.raises(ValueError, match=r"none for 'test' in layout 'wsj0'"):
        layouts.split_corpus(found, "wsj0", SPLITS)
