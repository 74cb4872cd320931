"""Tests of the lists that say what to mix."""

import pytest

from zoo.data.corpora.corpus import Utterance
from zoo.data.mixtures import lists
from zoo.data.mixtures.mixing import MixtureSpec

LINE = "wsj0/si_tr_s/011/011a0101.wav 0.97482 wsj0/si_tr_s/209/209a010p.wav -0.97482\n"


def _utterance(name):
    corpus, *_, speaker, _ = name.split("/")
    return Utterance(f"/discs/{name}", name, f"{corpus}/{speaker}", 0, 0)


UTTERANCES = [
    _utterance("wsj0/si_tr_s/011/011a0101.wv1"),
    _utterance("wsj0/si_tr_s/209/209a010p.wv1"),
]


def _write(path, text):
    path.write_text(text)
    return path


@pytest.mark.parametrize(
    "line",
    [
        LINE,
        LINE.replace("wsj0/", "/home/me/WSJ0/").replace("209a010p", "209A010P"),
        LINE.replace("wsj0/", "").replace("wav", "wv1").replace("\n", "\r\n\r\n"),
    ],
)
def test_published_line_finds_its_files(tmp_path, line):
    (spec,) = lists.read_list(_write(tmp_path / "x.txt", line), UTTERANCES)
    assert spec.name == "011a0101_0.97482_209a010p_-0.97482"
    assert spec.utterances == tuple(UTTERANCES)
    assert spec.levels_db == (0.97482, -0.97482)


def test_file_that_is_not_there_keeps_its_name(tmp_path):
    path = _write(tmp_path / "x.txt", LINE)
    (spec,) = lists.read_list(path, UTTERANCES[:1])
    assert spec.name == "011a0101_0.97482_209a010p_-0.97482"
    assert spec.utterances[1].path == "wsj0/si_tr_s/209/209a010p.wav"
    assert spec.utterances[1].speaker == "wsj0/209"
    (whole,) = lists.read_list(path, UTTERANCES)
    assert lists.fingerprint([spec]) == lists.fingerprint([whole])


def test_equal_file_names_of_other_speakers_are_not_mixed_up(tmp_path):
    there = [_utterance("own/anna/0.wav"), _utterance("own/ben/1.wav")]
    path = _write(tmp_path / "x.txt", "own/anna/0.wav 1 own/cleo/1.wav -1")
    (spec,) = lists.read_list(path, there)
    assert [u.path for u in spec.utterances] == [
        "/discs/own/anna/0.wav",
        "own/cleo/1.wav",
    ]


def test_levels_and_repeated_names_as_in_the_published_set():
    spec = MixtureSpec(tuple(UTTERANCES), (1.23456789, -1.23456789))
    first, second = lists.as_listed([spec, spec])
    assert first.levels_db == (1.2346, -1.2346)
    assert first.name == "011a0101_1.2346_209a010p_-1.2346"
    assert second.name == f"{first.name}_again"


def test_written_list_reads_back(tmp_path):
    specs = [MixtureSpec(tuple(UTTERANCES), (k / 7, -k / 7)) for k in range(5)]
    own = lists.as_listed(specs)
    lists.write_list(tmp_path / "x.txt", own)
    assert lists.read_list(tmp_path / "x.txt", UTTERANCES) == own
    assert LINE.split()[0] in (tmp_path / "x.txt").read_text()


def test_fingerprint_tells_sets_apart():
    specs = [MixtureSpec(tuple(UTTERANCES), (k, -k)) for k in (1.0, 2.0)]
    own = lists.as_listed(specs)
    prints = {lists.fingerprint(own) for own in (own, own[::-1], own[:1], [])}
    assert len(prints) == 4


def test_librimix_metadata_has_gains_and_noise(tmp_path):
    path = _write(
        tmp_path / "libri2mix_dev-clean.csv",
        "mixture_ID,source_1_path,source_1_gain,source_2_path,source_2_gain,"
        "noise_path,noise_gain\n"
        "84-1-0_61-2-0,dev-clean/84/1/84-1-0.flac,0.5,dev-clean/61/2/61-2-0.flac,1.5,"
        "cv/x.wav,0.25\n",
    )
    there = [
        Utterance("/a.flac", "LibriSpeech/dev-clean/84/1/84-1-0.flac", "L/84", 0, 0),
        Utterance("/b.flac", "LibriSpeech/dev-clean/61/2/61-2-0.flac", "L/61", 0, 0),
    ]
    (clean,) = lists.read_librimix(path, there)
    assert (clean.name, clean.gains) == ("84-1-0_61-2-0", (0.5, 1.5))
    assert (clean.utterances, clean.noise) == (tuple(there), False)
    (noisy,) = lists.read_librimix(path, there, noise_dir="/wham")
    assert noisy.gains == (0.5, 1.5, 0.25) and noisy.noise
    assert noisy.utterances[2].path == "/wham/cv/x.wav"


@pytest.mark.parametrize(
    "text, message",
    [
        ("a.wav 1 b.wav", r"Received: 'a.wav 1 b.wav' in line 1 of '.*x.txt'"),
        (LINE + "a 1 b 2 c 3", "in line 2 of"),
        ("a.wav b.wav 1 2", "a file and a level in dB for 2 speakers"),
        (" \n", "must have lines"),
    ],
)
def test_other_lists_are_refused(tmp_path, text, message):
    with pytest.raises(ValueError, match=message):
        lists.read_list(_write(tmp_path / "x.txt", text), UTTERANCES)


@pytest.mark.parametrize(
    "text, message",
    [
        ("mixture_ID,source_1_path\nx,y\n", "columns mixture_ID, source_1_path, s"),
        ("mixture_ID\n", "must have rows"),
        (
            "mixture_ID,source_1_path,source_1_gain,source_2_path,source_2_gain\n"
            "x,a,loud,b,1\n",
            "numbers for gains.*loud",
        ),
    ],
)
def test_other_metadata_is_refused(tmp_path, text, message):
    with pytest.raises(ValueError, match=message):
        lists.read_librimix(_write(tmp_path / "x.csv", text), UTTERANCES)


def test_missing_lists_are_named(tmp_path):
    with pytest.raises(ValueError, match=r"must exist. Received: '.*mix_2_spk_tt.txt'"):
        lists.read_lists(tmp_path, "wsj0", UTTERANCES, ["test"])
    with pytest.raises(
        ValueError, match=r"must exist. Received: '.*libri3mix_dev-clean"
    ):
        lists.read_lists(tmp_path, "librimix", UTTERANCES, ["valid"], 3, ["dev-clean"])
    with pytest.raises(ValueError, match=r"Received: dev-clean, none for 'test'"):
        lists.read_lists(tmp_path, "librimix", [], ["test"], 2, ["dev-clean"])
    with pytest.raises(ValueError, match=r"as MERL published them"):
        lists.detect_lists(tmp_path)


def test_lists_of_another_corpus_are_refused_at_once(tmp_path):
    _write(tmp_path / "mix_2_spk_tt.txt", LINE)
    other = [_utterance("own/anna/0.wav")]
    with pytest.raises(
        ValueError, match=r"'/discs/own/anna/0.wav'.*'wsj0/si_tr_s/011/"
    ):
        lists.read_lists(tmp_path, "wsj0", other, ["test"])
