"""Tests of `python -m zoo.mix` with WSJ0."""

import shutil
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

from tests.zoo.data.audio.sphere_files import write_sphere, write_wsj0
from tests.zoo.data.made_sets import contents, flags_of, rows_of, write_list
from zoo import mix
from zoo.data import audio
from zoo.data.audio import sphere
from zoo.data.audio.level_filter import highpass_200_hz
from zoo.data.audio.levels import active_speech_level_db
from zoo.data.corpora import espeak
from zoo.data.mixtures.folder import MixtureFolder

ROOT = Path(__file__).parents[4]
TREES = ("wav8k/min", "wav8k/max", "wav16k/min", "wav16k/max")


def _start(**options):
    return subprocess.Popen(
        [sys.executable, "-m", "zoo.mix", *flags_of(options)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def _espeak_discs(root):
    """Voices that read sentences, as on the discs of WSJ0."""
    espeak.write_corpus(root / "voices", 6, 3, sample_rate=16000)
    folders = ["wsj0/si_tr_s"] * 2 + ["WSJ0/SI_TR_S"] * 2
    folders += ["wsj0/si_dt_05", "wsj0/si_et_05"]
    for number, voice in enumerate(sorted((root / "voices").iterdir())):
        for k, path in enumerate(sorted(voice.glob("*.wav"))):
            name = f"{number:03}/{number:03}a010{k}.wv1"
            name = name.upper() if number in (2, 3) else name
            path_of = root / "discs" / f"11-{number}.1" / folders[number] / name
            write_sphere(path_of, audio.read(path)[0], endian=("LITTLE", "BIG")[k % 2])
    return root / "discs"


@pytest.mark.slow
def test_voices_in_sphere_files_become_the_whole_set(tmp_path):
    pytest.importorskip("espeakng_loader", reason="The extra `demo` is missing.")
    discs = _espeak_discs(tmp_path)
    out = tmp_path / "out"
    process = _start(
        corpus=discs,
        output_dir=out,
        num_mixtures="6,3,2",
        num_workers=1,
        sample_rate="8000,16000",
        mode="min,max",
    )
    printed, errors = process.communicate()
    assert process.returncode == 0, errors
    assert "Layout: wsj0." in printed and "18 recordings of 6 speakers" in printed
    assert "Made 11 mixtures in 4 variants" in printed
    names = {}
    for tree in TREES:
        rate = 8000 if "8k" in tree else 16000
        for split, count in (("tr", 6), ("cv", 3), ("tt", 2)):
            folder = MixtureFolder(out / "2speakers" / tree / split)
            assert (len(folder), folder.sample_rate) == (count, rate)
            assert names.setdefault(split, folder.names) == folder.names
            for example in folder:
                _check_mixture(example, discs, tree)


def _check_mixture(example, discs, tree):
    """Sum, lengths, peak, SNR and the recordings, from the names alone."""
    np.testing.assert_array_equal(example.mixture, example.sources.sum(axis=0))
    peak = max(np.abs(example.mixture).max(), np.abs(example.sources).max())
    assert peak == pytest.approx(0.9, abs=2**-14)
    first, first_db, second, second_db = example.name.split("_")
    rate = example.sample_rate
    recordings, levels = [], []
    for stem, source in zip((first, second), example.sources, strict=True):
        (path,) = (p for p in discs.rglob("*") if p.stem.lower() == stem)
        recording = soundfile.read(path, dtype="float32")[0]
        narrow = audio.resampled(recording, 16000, 8000)
        recording = narrow if rate == 8000 else recording
        recordings.append(recording)
        used = recording[: len(source)]
        whole = source[: len(used)]
        assert not source[len(used) :].any()
        gain = np.dot(whole, used) / np.dot(used, used)
        np.testing.assert_allclose(whole, gain * used, atol=2**-15)
        levels.append(active_speech_level_db(gain * narrow, 8000))
    # The gain is measured on samples of 16 bits.
    wanted_db = float(first_db) - float(second_db)
    assert levels[0] - levels[1] == pytest.approx(wanted_db, abs=0.01)
    assert float(first_db) == -float(second_db) and 0 <= wanted_db <= 5
    shorten = min if tree.endswith("min") else max
    assert len(example.mixture) == shorten(map(len, recordings))


def test_written_lists_make_the_same_set_again(run, discs, tmp_path):
    run(discs, "drawn", seed=3)
    lists = tmp_path / "drawn/2speakers/lists"
    assert len((lists / "mix_2_spk_tr.txt").read_text().splitlines()) == 8
    run(discs, "listed", lists=lists)
    drawn = contents(tmp_path / "drawn")
    assert len(drawn) == 4 * 3 * (8 + 4 + 4) + 4 * 3 + 3
    listed = contents(tmp_path / "listed")
    assert listed == {path: drawn[path] for path in listed}
    assert len(drawn) - len(listed) == 3
    # They are the same mixtures, and so the folder can be continued by its lists.
    assert "Made 0 mixtures" in run(discs, "drawn", lists=lists)


def test_published_list_names_files_levels_and_mixtures(run, discs, tmp_path):
    lines = {
        "tr": "wsj0/si_tr_s/011/011c0201.wav 0.97482 "
        "wsj0/si_tr_s/209/209c0204.wav -0.97482",
        "cv": "wsj0/si_tr_s/20b/20bc0202.wav 2 wsj0/si_tr_s/01a/01ac0200.wav -2",
        "tt": "wsj0/si_et_05/441/441c0200.wav 0.5 wsj0/si_dt_05/050/050c0203.wav -0.5",
    }
    for split, line in lines.items():
        write_list(tmp_path / "lists" / f"mix_2_spk_{split}.txt", line)
    run(discs, lists=tmp_path / "lists", sample_rate=16000)
    for split, name in (
        ("tr", "011c0201_0.97482_209c0204_-0.97482"),
        ("cv", "20bc0202_2_01ac0200_-2"),
        ("tt", "441c0200_0.5_050c0203_-0.5"),
    ):
        folder = MixtureFolder(tmp_path / "out/2speakers/wav16k/min" / split)
        assert folder.names == [name]
        _check_snr_only(folder[0], discs, float(name.split("_")[1]) * 2)
    row = rows_of(tmp_path / "out/2speakers/wav16k/min/tr").popitem()[1]
    assert row["s2_utterance"] == "wsj0/si_tr_s/209/209c0204.wv1"
    assert (row["s2_speaker"], row["s2_level_db"]) == ("wsj0/209", "-0.97482")


def _check_snr_only(example, discs, wanted_db):
    levels = []
    for k, stem in enumerate(example.name.split("_")[::2]):
        (path,) = (p for p in discs.rglob("*.[wW][vV]1") if p.stem.lower() == stem)
        recording = soundfile.read(path, dtype="float32")[0]
        used = recording[: example.sources.shape[1]]
        gain = np.dot(example.sources[k], used) / np.dot(used, used)
        narrow = audio.resampled(recording, 16000, 8000)
        levels.append(active_speech_level_db(gain * narrow, 8000))
    assert levels[0] - levels[1] == pytest.approx(wanted_db, abs=0.01)


def test_levels_can_be_measured_as_the_published_ones_are(run, discs, tmp_path):
    options = {"mode": "max", "sample_rate": 8000, "split": "test", "num_mixtures": 3}
    run(discs, meter="voicebox", **options)
    folder = tmp_path / "out/2speakers/wav8k/max/tt"
    for example in MixtureFolder(folder):
        row = rows_of(folder)[example.name]
        levels = [
            active_speech_level_db(highpass_200_hz(source[: int(stop)], 8000), 8000)
            for source, stop in zip(
                example.sources, (row["s1_stop"], row["s2_stop"]), strict=True
            )
        ]
        wanted_db = 2 * float(example.name.split("_")[1])
        assert levels[0] - levels[1] == pytest.approx(wanted_db, abs=0.01)
    printed = run(discs, status=1, **options)
    assert "begun with meter=voicebox, and now meter=p56" in printed


def test_three_speakers(run, discs, tmp_path):
    run(discs, num_speakers=3, num_mixtures="2,1,2", sample_rate=8000, mode="max")
    folder = MixtureFolder(tmp_path / "out/3speakers/wav8k/max/tt")
    assert (len(folder), folder.num_speakers) == (2, 3)
    assert folder.names[0].split("_")[5] == "0"
    assert (tmp_path / "out/3speakers/lists/mix_3_spk_tt.txt").exists()


def test_first_lines_of_the_lists_are_enough(run, discs, tmp_path):
    run(discs, "drawn")
    lists = tmp_path / "drawn/2speakers/lists"
    run(discs, lists=lists, num_mixtures="3,2", split="valid,test", mode="min")
    out = tmp_path / "out/2speakers/wav8k/min"
    assert not (out / "tr").exists()
    first = (lists / "mix_2_spk_cv.txt").read_text().splitlines()[0].split()
    assert len(rows_of(out / "tt")) == 2
    assert next(iter(rows_of(out / "cv"))).endswith(f"_{first[3]}")


SPOILED = {
    "011/011c0200.wv1": (lambda b: b[:-2000], "truncated"),
    "011/011c0201.wv1": (lambda b: b"", "an empty file"),
    "011/011c0202.wv1": (lambda b: b"\x00garbage" * 99, "must be audio"),
    "01a/01ac0200.wv1": (lambda b: b[:1024] + bytes(len(b) - 1024), "silent"),
    "01a/01ac0201.wv1": (lambda b: b[:100], "end_head"),
    "01a/01ac0202.wv1": (lambda b: None, "must exist"),
}


def test_broken_and_missing_files_are_named_and_the_rest_is_made(run, discs, tmp_path):
    others = ["209/209c0200", "20b/20bc0201"]
    lines = [
        f"wsj0/si_tr_s/{name[:-4]}.wav 1 wsj0/si_tr_s/{other}.wav -1"
        for name in [*SPOILED, "011/011c0203.wv1"]
        for other in others
    ]
    write_list(tmp_path / "lists/mix_2_spk_tr.txt", *lines)
    options = {"lists": tmp_path / "lists", "split": "train", "mode": "min"}
    folder = discs / "11-1.1/wsj0/si_tr_s"
    whole = {name: (folder / name).read_bytes() for name in SPOILED}
    for name, (spoil, _) in SPOILED.items():
        spoiled = spoil(whole[name])
        (folder / name).unlink()
        if spoiled is not None:
            (folder / name).write_bytes(spoiled)
    printed = run(discs, status=1, **options)
    assert "Made 2 mixtures in 2 variants" in printed
    assert "Left out 12 mixtures for want of 6 recordings" in printed
    named = (tmp_path / "out/2speakers/broken.txt").read_text().splitlines()[1:]
    for name, (_, reason) in SPOILED.items():
        (line,) = (line for line in named if name[:-4] in line)
        assert line.startswith("2\t") and reason in line
    made = MixtureFolder(tmp_path / "out/2speakers/wav16k/min/tr")
    assert len(made) == 2 and all("011c0203" in name for name in made.names)
    assert "Left out 12" in run(discs, skip_broken=True, **options)
    # Put right, they are made, and only they.
    for name, content in whole.items():
        (folder / name).write_bytes(content)
    printed = run(discs, **options)
    assert "Made 12 mixtures" in printed and "2 were there" in printed
    assert not (tmp_path / "out/2speakers/broken.txt").exists()
    run(discs, "fresh", **options)
    assert contents(tmp_path / "out") == contents(tmp_path / "fresh")


# Ends as by `kill -9` when the 61st line of the journals is due.
KILLED = """
import os, signal, sys
from zoo import command, mix
from zoo.data.mixtures import sets

real, lines = sets.csv_text, []

def csv_text(rows):
    lines.append(rows)
    if len(lines) > 60:
        os.kill(os.getpid(), signal.SIGKILL)
    return real(rows)

sets.csv_text = csv_text
command.run(mix.main, mix.define_flags)
"""


@pytest.mark.slow
def test_killed_run_continues(run, discs, tmp_path):
    options = {"num_mixtures": "60,4,4", "sample_rate": 8000, "mode": "min,max"}
    out = tmp_path / "out/2speakers/wav8k"
    flags = flags_of({"corpus": discs, "output_dir": tmp_path / "out", **options})
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, *flags, "--num_workers=2"],
        cwd=ROOT,
        capture_output=True,
        # The pipes stay open as long as a worker lives that waits for work.
        timeout=300,
    )
    assert killed.returncode == -signal.SIGKILL
    before = {path: path.stat().st_mtime_ns for path in out.glob("*/tr/mix/*.wav")}
    assert len(before) >= 60
    assert not (out / "min/tr/mixtures.csv").exists()
    journal = out / "min/tr/.mixtures.csv.journal"
    assert len(journal.read_bytes().splitlines()) == 31
    # A line that was cut does not count.
    journal.write_bytes(journal.read_bytes()[:-5])
    assert "Made 39 mixtures in 2 variants" in (printed := run(discs, **options))
    assert "29 were there" in printed
    same = sum(path.stat().st_mtime_ns == when for path, when in before.items())
    assert same >= 59
    run(discs, "fresh", **options)
    assert contents(tmp_path / "out") == contents(tmp_path / "fresh")


def test_another_variant_is_added_later(run, discs, tmp_path):
    run(discs, mode="min", sample_rate=8000)
    printed = run(discs)
    assert "Made 16 mixtures in 4 variants" in printed
    run(discs, "fresh")
    assert contents(tmp_path / "out") == contents(tmp_path / "fresh")


def test_removed_file_is_made_again(run, discs, tmp_path):
    run(discs, mode="min")
    before = contents(tmp_path / "out")
    next((tmp_path / "out/2speakers/wav8k/min/tr/s1").iterdir()).unlink()
    assert "Made 1 mixtures" in run(discs, mode="min")
    assert contents(tmp_path / "out") == before


def test_other_request_is_refused_unless_overwritten(run, discs, tmp_path):
    run(discs, seed=1, mode="min")
    before = contents(tmp_path / "out")
    printed = run(discs, status=1, seed=2, mode="min")
    assert "begun with seed=1, and now seed=2" in printed
    assert "add --overwrite" in printed
    printed = run(discs, status=1, seed=1, mode="min", num_mixtures="9,4,4")
    assert "begun with mixtures=8, and now mixtures=9" in printed
    assert contents(tmp_path / "out") == before
    run(discs, seed=2, mode="min", overwrite=True)
    run(discs, "fresh", seed=2, mode="min")
    assert contents(tmp_path / "out") == contents(tmp_path / "fresh")


def test_files_of_others_are_left_alone(run, discs, tmp_path):
    path = tmp_path / "out/2speakers/wav8k/min/tt/s1/x.wav"
    audio.write(path, np.ones(9) / 2, 8000)
    assert "with other audio files" in run(discs, status=1)
    assert list(tmp_path.glob("out/**/*.wav")) == [path]


def _fake_decoder(folder, name):
    """A program that answers as sph2pipe does, from WAV files made before."""
    path = folder / "bin" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(
        '#!/bin/sh\n[ "$1 $2 $3" = "-p -f wav" ] || exit 3\n'
        f'exec /bin/cat "{folder}/decoded/$(/usr/bin/basename "$4").wav"\n'
    )
    path.chmod(0o755)
    return path


def test_compressed_discs_need_a_program(run, tmp_path, monkeypatch):
    plain = write_wsj0(tmp_path / "plain", count=2)
    compressed = write_wsj0(tmp_path / "compressed", count=2, compressed=True)
    for path in plain.rglob("*.[wW][vV]1"):
        decoded = tmp_path / "decoded" / f"{path.name}.wav"
        audio.write(decoded, sphere.read(path)[0], 16000, "PCM_16")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    # One line is enough, for all recordings would be left out.
    printed = run(compressed, status=1)
    assert printed.count("embedded-shorten") == printed.count("Install ffmpeg") == 1
    program = _fake_decoder(tmp_path, "sph2pipe")
    run(compressed)
    run(plain, "plain_out")
    assert contents(tmp_path / "out") == contents(tmp_path / "plain_out")
    elsewhere = program.rename(tmp_path / "elsewhere")
    run(compressed, "named", sph2pipe=elsewhere)
    assert contents(tmp_path / "named") == contents(tmp_path / "plain_out")


@pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="ffmpeg is not installed")
def test_compressed_discs_are_read_by_the_real_ffmpeg(run, tmp_path):
    run(write_wsj0(tmp_path / "compressed", count=2, compressed=True))
    run(write_wsj0(tmp_path / "plain", count=2), "plain_out")
    assert contents(tmp_path / "out") == contents(tmp_path / "plain_out")


@pytest.mark.parametrize(
    "options, status, message",
    [
        ({"mode": "min,mean"}, 2, "--mode must name some of min,max, each once"),
        ({"split": "dev"}, 2, "--split must name some of train,valid,test"),
        ({"sample_rate": "8k"}, 2, "--sample_rate must be 1 numbers"),
        ({"sample_rate": "0"}, 2, "--sample_rate must be positive"),
        ({"num_mixtures": "4"}, 2, "--num_mixtures must be 3 numbers"),
        ({"layout": "librimix"}, 2, "--layout=librimix go together"),
        ({"noise_dir": "."}, 2, "--noise_dir is for the metadata of LibriMix"),
        ({"noise_dir": "/no"}, 1, "must be in a folder. Received: '/no'"),
        ({"corpus": "/no"}, 1, "must be a folder. Received: folder='/no'"),
        ({"lists": "/no", "num_mixtures": "1,1,1"}, 1, "as MERL published them"),
        ({"sph2pipe": "/no"}, 1, "Received: sph2pipe='/no'"),
        (
            {"num_speakers": 4},
            1,
            "3 speakers. Add speakers. This is about split 'test'",
        ),
        ({"layout": "vctk"}, 1, "without any of layout 'vctk'"),
        ({"layout": "librispeech"}, 1, "'train-clean-100' of train-clean-100,dev"),
        ({"snr_range_db": "5"}, 2, "--snr_range_db must be 2 numbers"),
        ({"variant_folders": False}, 2, "must have folders of their own"),
    ],
)
def test_wrong_flags_end_in_one_line(run, discs, tmp_path, options, status, message):
    printed = run(**{"corpus": discs, "status": status, **options})
    last = printed.splitlines()[-1]
    assert last.startswith("error: ") and message in last
    assert not (tmp_path / "out").exists()


def test_stray_argument_is_refused(run_command, discs):
    status, _, error = run_command(mix, f"--corpus={discs}", "--output_dir=x", "y")
    assert status == 2 and "Unexpected argument: y" in error
