"""Tests of finding recordings."""

import os

import pytest

from zoo.inference.recordings import find_recordings

TREE = ("a/mix.wav", "a/b/mix.FLAC", "c.v2.ogg", "d/x.mp3", "d/notes.txt", ".h/y.wav")


@pytest.fixture
def folder(tmp_path):
    for name in (*TREE, "d/.hidden.wav"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    return tmp_path


def names(*arguments, **options):
    return [recording.name for recording in find_recordings(*arguments, **options)]


def test_a_folder_is_searched_at_any_depth(folder):
    recordings = find_recordings([folder])
    found = {recording.name: recording.path for recording in recordings}
    assert found == {
        "a/b/mix": folder / "a/b/mix.FLAC",
        "a/mix": folder / "a/mix.wav",
        "c.v2": folder / "c.v2.ogg",
        "d/x": folder / "d/x.mp3",
    }
    assert list(found.values()) == sorted(found.values())


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("*/*", ["a/mix", "d/x"]),
        ("**", ["a/b/mix", "a/mix", "c.v2", "d/x"]),
        ("a/**/*.[wF]*", ["b/mix", "mix"]),
        ("?/mix.wav", ["a/mix"]),
        ("c*", ["c.v2"]),
    ],
)
def test_patterns_keep_the_structure_below_their_fixed_part(folder, pattern, expected):
    assert sorted(names([folder / pattern])) == expected


def test_patterns_may_be_relative(folder, monkeypatch):
    monkeypatch.chdir(folder)
    assert names(["*.ogg", "./d/*"]) == ["c.v2", "x"]


def test_files_are_named_after_their_stem_whatever_their_suffix(folder):
    given = [folder / "d/notes.txt", folder / "missing.wav", folder / "d/.hidden.wav"]
    assert names(given) == ["notes", "missing", ".hidden"]


def test_a_file_with_wildcards_in_its_name_is_a_file(folder):
    (folder / "live [1].wav").touch()
    assert names([folder / "live [1].wav"]) == ["live [1]"]


def test_each_file_is_taken_once(folder):
    given = [folder / "d", folder / "d" / "*.mp3", folder / "a" / ".." / "d" / "x.mp3"]
    assert names(given) == ["x"]


def test_the_folder_of_results_is_left_out(folder, monkeypatch):
    monkeypatch.chdir(folder)
    assert names(["."], leave_out=folder / "a") == ["c.v2", "d/x"]
    assert names(["a"], leave_out="a") == ["b/mix", "mix"]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (["d/*.txt"], r"must give \.wav.*d/\*\.txt', which gives none"),
        (["none/*.wav"], "which gives none"),
        (["empty"], "empty', which gives none"),
        (["a/mix.wav", "a/b/mix.FLAC"], "must differ.*2 files called 'mix'"),
        (["a", "a/b/mix.FLAC", "d", "d2"], "2 files called 'x'. Name the folder"),
    ],
)
def test_refuses_what_gives_nothing_or_the_same_names(folder, given, message):
    (folder / "empty").mkdir()
    (folder / "d2").mkdir()
    (folder / "d2/x.wav").touch()
    with pytest.raises(ValueError, match=message):
        find_recordings([folder / name for name in given])


def test_names_that_differ_in_the_suffix_alone_collide(folder):
    (folder / "a/mix.mp3").touch()
    with pytest.raises(ValueError, match="2 files called 'a/mix'"):
        find_recordings([folder])


def test_a_folder_that_cannot_be_searched_is_an_error(folder, monkeypatch):
    """It used to be left out without a word."""
    real = os.scandir

    def scandir(path):
        if str(path).endswith("b"):
            raise PermissionError(13, "Permission denied", str(path))
        return real(path)

    monkeypatch.setattr(os, "scandir", scandir)
    with pytest.raises(PermissionError, match=r"Permission denied.*/a/b"):
        find_recordings([folder])
