"""Tests of splits of speakers."""

import json

import pytest

from zoo.data.corpora.splits import load_speakers, split_speakers


def _write(tmp_path, content):
    path = tmp_path / "splits"
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return path


def test_speakers_by_corpus(tmp_path):
    path = _write(
        tmp_path, {"train": {"a": ["1", 2], "b": ["1"]}, "test": {"a": ["3"]}}
    )
    assert load_speakers(path, "train") == {"a/1", "a/2", "b/1"}
    assert load_speakers(path, "train", "b") == {"b/1"}


@pytest.mark.parametrize(
    "content",
    [
        {"train": ["1", "2"], "test": ["3"]},
        "speaker,split\n1,train\n3,test\n2, train\n",
    ],
)
def test_speakers_without_corpus(tmp_path, content):
    assert load_speakers(_write(tmp_path, content), "train") == {"1", "2"}
    assert load_speakers(_write(tmp_path, content), "test", "a") == {"3"}


@pytest.mark.parametrize(
    "content, split, corpus, message",
    [
        ({"train": ["1"]}, "tain", None, r"train\. Received: split='tain'"),
        ({"train": {"a": ["1"]}}, "train", "b", r": a\. Received: corpus_name='b'"),
        ({"train": "1"}, "train", None, "A split file must be"),
        ("[1, 2]", "train", None, "A split file must be"),
        ('{"train": [', "train", None, "A split file must be"),
        ("1 train\n", "train", None, r"must be `speaker,split`\. Received: '1 train'"),
    ],
)
def test_unfit_files_are_refused(tmp_path, content, split, corpus, message):
    with pytest.raises(ValueError, match=message):
        load_speakers(_write(tmp_path, content), split, corpus)


def test_missing_file_is_refused(tmp_path):
    with pytest.raises(ValueError, match="split file must exist"):
        load_speakers(tmp_path / "missing", "train")


def test_shares_are_disjoint_complete_and_in_proportion():
    speakers = [f"c/{number}" for number in range(40)]
    shares = split_speakers(speakers, (0.5, 0.25, 0.25), seed=3)
    assert [len(share) for share in shares.values()] == [20, 10, 10]
    assert set.union(*shares.values()) == set(speakers)


def test_shares_depend_on_names_and_seed_only():
    speakers = [f"c/{number}" for number in range(40)]
    shares = split_speakers(speakers, seed=1)
    assert split_speakers(speakers[::-1], seed=1) == shares
    assert split_speakers(speakers, seed=2) != shares
    assert sorted(split_speakers(list("abcdef"), (0.5, 0.5, 0), 0)["train"]) == list(
        "cde"
    )


@pytest.mark.parametrize("proportions", [(0.5, 0.5), (0.5, 0.6, -0.1), (0.5, 0.2, 0.2)])
def test_unfit_proportions_are_refused(proportions):
    with pytest.raises(ValueError, match="with the sum 1"):
        split_speakers(["a"], proportions)
