"""Tests of sets of mixtures at several rates, and of what continues them."""

import json
from pathlib import Path

import pytest

from zoo.data.mixtures import making, sets
from zoo.data.mixtures.making import Variant, make_mixture
from zoo.data.mixtures.mixing import MixtureSpec


def _contents(folder):
    return {p.relative_to(folder): p.read_bytes() for p in folder.rglob("*.wav")}


def test_full_disk_is_not_a_broken_recording(utterances, variants, monkeypatch):
    def full(*args):
        raise OSError(28, "No space left on device", "x.wav")

    monkeypatch.setattr(making, "write_mixture", full)
    specs = [MixtureSpec(utterances, (0.0, 0.0, 0.0), given_name="x")]
    sets.prepare(variants, specs, {})()
    with pytest.raises(OSError, match="No space left"):
        sets.make(variants, specs)


def test_interrupted_run_keeps_what_it_made(utterances, variants, monkeypatch):
    specs = [
        MixtureSpec(utterances, (k / 9, 0.0, -k / 9), given_name=f"{k}")
        for k in range(6)
    ]
    sets.prepare(variants, specs, {})()

    def interrupted(item, **options):
        if item[0].name == "4":
            raise KeyboardInterrupt
        return make_mixture(item, **options)

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(sets, "make_mixture", interrupted)
        sets.make(variants, specs)
    table = Path(variants[0].folder) / "mixtures.csv"
    assert not table.exists()
    report = sets.make(variants, specs)
    assert (report.made, report.kept) == (2, 4)
    names = [line.split(",")[0] for line in table.read_text().splitlines()]
    assert names == ["name", *"012345"]


@pytest.mark.slow
def test_processes_make_the_same(tmp_path, utterances, variants):
    specs = [
        MixtureSpec(utterances, (k / 9, 0.0, -k / 9), given_name=f"{k}")
        for k in range(6)
    ]
    other = [Variant(f"{v.folder}_other", v.sample_rate, v.mode) for v in variants]
    for own, workers in ((variants[:1], 1), (other[:1], 2)):
        sets.prepare(own, specs, {})()
        report = sets.make(own, specs, num_workers=workers)
        assert (report.made, report.kept, report.left_out) == (6, 0, 0)
    assert _contents(tmp_path / "8000min") == _contents(tmp_path / "8000min_other")
    tables = [tmp_path / name / "mixtures.csv" for name in ("8000min", "8000min_other")]
    assert tables[0].read_text() == tables[1].read_text()


def test_request_is_noted_and_compared(tmp_path, utterances, variants):
    specs = [MixtureSpec(utterances, (0.0, 0.0, 0.0), given_name="x")]
    ready = sets.prepare(variants, specs, {"seed": 1, "subtype": "FLOAT"})
    assert not (tmp_path / "8000min").exists()
    ready()
    noted = json.loads((tmp_path / "16000max/request.json").read_text())
    assert (noted["seed"], noted["mode"], noted["mixtures"]) == (1, "max", 1)
    sets.prepare(variants, specs, {"seed": None, "subtype": "FLOAT"})
    with pytest.raises(
        ValueError, match=r"begun with subtype=FLOAT, and now subtype=P"
    ):
        sets.prepare(variants, specs, {"seed": 1, "subtype": "PCM_16"})
    with pytest.raises(ValueError, match=r"begun with mixtures=1, and now mixtures=2"):
        sets.prepare(variants, specs * 2, {"seed": 1, "subtype": "FLOAT"})


def test_no_table_without_mixtures(tmp_path):
    sets.write_table(tmp_path, [])
    assert not list(tmp_path.iterdir())


def test_old_files_are_audio_alone(tmp_path):
    for name in ("mix/x.wav", "s1/.x.wav.partial", "s12/x.wav", "noise/x.wav"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "mix" / "notes.txt").touch()
    (tmp_path / "x.wav").touch()
    assert len(list(sets.old_files(tmp_path))) == 4
