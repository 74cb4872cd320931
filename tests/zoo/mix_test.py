"""Tests of `python -m zoo.mix` and `python -m zoo.data.corpora.pack`."""

import csv
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile
from absl import app, flags

from zoo import mix
from zoo.data import audio
from zoo.data.audio.levels import active_speech_level_db
from zoo.data.corpora import pack
from zoo.data.corpora.corpus import scan
from zoo.data.corpora.packed import PackedAudio
from zoo.data.mixtures.folder import MixtureFolder
from zoo.data.mixtures.mixing import draw

ROOT = Path(__file__).parents[2]


@pytest.fixture
def run(monkeypatch):
    """Returns a function that runs a command in this process."""

    def run(command, *arguments):
        own = flags.FlagValues()
        monkeypatch.setattr(flags, "FLAGS", own)
        # Flags are defined in, and read from, `flags.FLAGS` by default.
        for kind in ("list", "string", "integer", "enum", "bool"):
            define = getattr(flags, f"DEFINE_{kind}")
            monkeypatch.setattr(
                command.flags,
                f"DEFINE_{kind}",
                lambda *args, _define=define, **kwargs: _define(
                    *args, **kwargs, flag_values=own
                ),
            )
        command.define_flags()
        monkeypatch.undo()
        monkeypatch.setattr(flags, "FLAGS", own)
        return command.main(own(["program", *map(str, arguments)]))

    return run


def _splits(tmp_path):
    path = tmp_path / "splits.json"
    speakers = {"train": ["anna", "ben"], "valid": ["cleo", "dora"]}
    splits = {split: {"corpus": names} for split, names in speakers.items()}
    path.write_text(json.dumps({**splits, "test": {"corpus": ["eva", "finn", "gus"]}}))
    return path


@pytest.fixture
def corpus(make_corpus):
    return make_corpus(speakers=("anna", "ben", "cleo", "dora", "eva", "finn", "gus"))


def _arguments(corpus, tmp_path, name="out", **options):
    options = {
        "corpus": corpus,
        "split_file": _splits(tmp_path),
        "output_dir": tmp_path / name,
        "num_mixtures": "4,2,3",
        **options,
    }
    return [f"--{flag}={value}" for flag, value in options.items() if value is not None]


def _contents(folder):
    return {
        path.relative_to(folder): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.mark.parametrize("num_speakers", [2, 3])
@pytest.mark.parametrize("subtype", ["PCM_16", "FLOAT"])
def test_mixtures_are_what_the_table_says(run, corpus, tmp_path, subtype, num_speakers):
    options = {"subtype": subtype, "num_speakers": num_speakers, "mode": "max"}
    if num_speakers == 3:
        options |= {"split": "test", "num_mixtures": 3}
    run(mix, *_arguments(corpus, tmp_path, **options))
    folder = MixtureFolder(tmp_path / "out" / "tt")
    assert (len(folder), folder.num_speakers) == (3, num_speakers)
    with open(tmp_path / "out" / "tt" / "mixtures.csv", newline="") as file:
        rows = {row["name"]: row for row in csv.DictReader(file)}
    assert rows.keys() == set(folder.names)
    for example in folder:
        np.testing.assert_array_equal(example.mixture, example.sources.sum(axis=0))
        row = rows[example.name]
        assert int(row["samples"]) == len(example.mixture)
        levels_db = []
        for k, source in enumerate(example.sources, start=1):
            path = tmp_path / row[f"s{k}_utterance"]
            assert row[f"s{k}_speaker"] == f"corpus/{path.parent.name}"
            used = slice(int(row[f"s{k}_start"]), int(row[f"s{k}_stop"]))
            expected = float(row[f"s{k}_gain"]) * audio.read(path)[0][used]
            np.testing.assert_allclose(source[: len(expected)], expected, atol=2**-15)
            assert not source[len(expected) :].any()
            levels_db.append(active_speech_level_db(source[: len(expected)], 8000))
        snr_db = float(row["snr_db"])
        assert levels_db[0] - levels_db[1] == pytest.approx(snr_db, abs=0.01)


def test_splits_share_no_speaker(run, corpus, tmp_path):
    run(mix, *_arguments(corpus, tmp_path))
    counts = {}
    for split, speakers in (("tr", "anna ben"), ("cv", "cleo dora")):
        folder = MixtureFolder(tmp_path / "out" / split)
        counts[split] = len(folder)
        for name in folder.names:
            assert all(speaker in name for speaker in speakers.split())
    assert counts == {"tr": 4, "cv": 2}


def test_seed_decides(run, corpus, tmp_path):
    for name, seed in (("one", 1), ("two", 1), ("other", 2)):
        run(mix, *_arguments(corpus, tmp_path, name, seed=seed))
    one = _contents(tmp_path / "one")
    # With the table, the request and the list of each split.
    assert len(one) == 3 * (4 + 2 + 3) + 3 * 3
    assert one == _contents(tmp_path / "two")
    assert one.keys() != _contents(tmp_path / "other").keys()


def test_speakers_are_shared_out_without_a_split_file(run, corpus, tmp_path):
    options = {"split_file": None, "split_proportions": "0.4,0.3,0.3"}
    run(mix, *_arguments(corpus, tmp_path, **options))
    seen = []
    for split in ("tr", "cv", "tt"):
        with open(tmp_path / "out" / split / "mixtures.csv", newline="") as file:
            rows = list(csv.DictReader(file))
        seen.append({row[f"s{k}_speaker"] for row in rows for k in (1, 2)})
    assert not (seen[0] & seen[1] or seen[0] & seen[2] or seen[1] & seen[2])


def test_recordings_are_resampled(run, corpus, tmp_path):
    run(mix, *_arguments(corpus, tmp_path, sample_rate=4000))
    assert MixtureFolder(tmp_path / "out" / "tt").sample_rate == 4000


def test_repeated_name_gets_another(make_corpus, tmp_path):
    spec = draw(scan(make_corpus()), num_mixtures=1)
    mix.write_mixtures(tmp_path / "out", spec * 2, 8000)
    names = MixtureFolder(tmp_path / "out").names
    assert names == [spec[0].name, f"{spec[0].name}_again"]


def test_broken_file_is_named_and_left_out(run, corpus, tmp_path):
    (corpus / "anna" / "000.wav").write_text("broken")
    assert run(mix, *_arguments(corpus, tmp_path)) == 1
    assert "anna/000.wav" in (tmp_path / "out" / "broken.txt").read_text()
    names = MixtureFolder(tmp_path / "out" / "tr").names
    assert 0 < len(names) < 4 and not any("anna-000" in name for name in names)
    assert run(mix, *_arguments(corpus, tmp_path, skip_broken=True)) == 0
    with pytest.raises(ValueError, match=r"Received: path='.*anna.000.wav'"):
        specs = draw(scan(corpus, speakers={"ben", "cleo"}), 1)
        utterances = tuple(
            replace(u, path=str(corpus / "anna" / "000.wav"))
            for u in specs[0].utterances
        )
        specs = [replace(specs[0], utterances=utterances)]
        mix.write_mixtures(tmp_path / "other", specs, 8000)


def test_rate_is_that_of_the_recordings(run, corpus, make_corpus, tmp_path):
    speakers = ("hal", "ida", "jim", "kay", "lea", "max")
    other = make_corpus("other", speakers, sample_rate=16000)
    options = {"split_file": None, "split_proportions": "0.34,0.33,0.33"}
    run(mix, *_arguments(other, tmp_path, "fast", **options))
    assert MixtureFolder(tmp_path / "fast" / "tt").sample_rate == 16000
    corpora = f"{corpus},{other}"
    with pytest.raises(ValueError, match=r"one sample rate.*8000, 16000 Hz"):
        run(mix, *_arguments(corpora, tmp_path, **options))
    run(mix, *_arguments(corpora, tmp_path, sample_rate=8000, **options))
    with pytest.raises(ValueError, match="Corpora must have different names"):
        run(mix, *_arguments(f"{corpus},{corpus}", tmp_path, "none", **options))


def test_speaker_of_the_split_file_is_missing(run, make_corpus, tmp_path):
    corpus = make_corpus(speakers=("anna", "ben", "cleo", "dora"))
    with pytest.raises(ValueError, match="3 without, such as 'corpus/eva'"):
        run(mix, *_arguments(corpus, tmp_path))


def test_several_corpora_of_several_layouts_must_be_told(run, make_corpus, tmp_path):
    make_corpus("books", ("103", "104"))
    (tmp_path / "books").rename(tmp_path / "train-clean-100")
    (tmp_path / "LibriSpeech").mkdir()
    (tmp_path / "train-clean-100").rename(tmp_path / "LibriSpeech/train-clean-100")
    corpora = f"{make_corpus()},{tmp_path / 'LibriSpeech'}"
    with pytest.raises(app.UsageError, match=r"one layout\. Received: librispeech, "):
        run(mix, *_arguments(corpora, tmp_path))


def test_earlier_run_is_kept_unless_overwritten(run, corpus, tmp_path):
    run(mix, *_arguments(corpus, tmp_path, seed=1))
    before = _contents(tmp_path / "out")
    with pytest.raises(ValueError, match=r"begun with seed=1.*add --overwrite"):
        run(mix, *_arguments(corpus, tmp_path, seed=2))
    assert _contents(tmp_path / "out") == before
    run(mix, *_arguments(corpus, tmp_path, seed=2, overwrite=True))
    run(mix, *_arguments(corpus, tmp_path, "fresh", seed=2))
    assert _contents(tmp_path / "out") == _contents(tmp_path / "fresh")


@pytest.mark.parametrize(
    "options, message",
    [
        ({"num_mixtures": "4"}, "--num_mixtures must be 3 numbers"),
        ({"num_mixtures": "4,x,2"}, "Received: --num_mixtures=4,x,2"),
        ({"num_mixtures": "4,-1,2"}, "Received: --num_mixtures=4,-1,2"),
        ({"snr_range_db": "0,5,6"}, "--snr_range_db must be 2 numbers"),
        ({"split": "train,dev,test"}, "--split must name some of train,valid,test"),
        ({"split": "test,test,test"}, "each once"),
    ],
)
def test_unfit_flags_are_refused(run, corpus, tmp_path, options, message):
    with pytest.raises(app.UsageError, match=message):
        run(mix, *_arguments(corpus, tmp_path, **options))


@pytest.mark.parametrize("command", [mix, pack])
def test_stray_argument_is_refused(run, command, tmp_path):
    with pytest.raises(app.UsageError, match="Unexpected argument: stray"):
        run(
            command, "--corpus=x", "--output_dir=y", "stray"
        ) if command is mix else run(command, "--corpus=x", "--output=y", "stray")


def test_too_few_speakers_are_refused_before_anything_is_written(run, corpus, tmp_path):
    with pytest.raises(ValueError, match="needs as many different speakers"):
        run(mix, *_arguments(corpus, tmp_path, num_speakers=3))
    assert not (tmp_path / "out").exists()


def test_packed_file_holds_the_split(run, corpus, tmp_path, capsys):
    output = tmp_path / "x.pack"
    options = {"output": output, "output_dir": None, "num_mixtures": None}
    run(pack, *_arguments(corpus, tmp_path, split="valid", **options))
    packed = PackedAudio.open(output)
    assert list(packed.by_speaker) == ["corpus/cleo", "corpus/dora"]
    assert "Packed 4 utterances of 2 speakers" in capsys.readouterr().out


def _start(*arguments):
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(
        [sys.executable, "-m", "zoo.mix", *arguments],
        cwd=ROOT,
        env=environment,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.slow
def test_killed_half_way_leaves_no_broken_file(corpus, tmp_path):
    process = _start(*_arguments(corpus, tmp_path, num_mixtures="50000,1,1"))
    folder = tmp_path / "out" / "tr"
    while len(list(folder.glob("mix/*.wav"))) < 20 and process.poll() is None:
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    written = list(folder.rglob("*.wav"))
    assert len(written) >= 60
    for path in written:
        waveform, _ = soundfile.read(path)
        assert len(waveform) > 4000
    for path in (folder / "mix").glob("*.wav"):
        assert (folder / "s1" / path.name).exists()
        assert (folder / "s2" / path.name).exists()
    assert not (folder / "mixtures.csv").exists()


@pytest.mark.slow
def test_mistake_ends_in_one_line(corpus, tmp_path):
    process = _start(*_arguments(tmp_path / "missing", tmp_path))
    _, errors = process.communicate()
    assert process.returncode == 1
    assert "Traceback" not in errors
    # TensorFlow may have had its say before.
    last = errors.splitlines()[-1]
    assert last.startswith("error: A corpus must be a folder. Received: folder=")
