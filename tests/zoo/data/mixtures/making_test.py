"""Tests of the making of a mixture at several rates and in both modes."""

import csv

import numpy as np
import pytest

from tests.zoo.conftest import babble
from zoo.data import audio
from zoo.data.audio.levels import active_speech_level_db
from zoo.data.corpora.corpus import Utterance
from zoo.data.mixtures import making, sets
from zoo.data.mixtures.making import extended, make_mixture
from zoo.data.mixtures.mixing import MixtureSpec, mix_at_gains


def test_each_recording_is_read_and_measured_once(utterances, variants, monkeypatch):
    calls = {"read": 0, "level": 0}
    real_read = audio.read

    def read(*args, **kwargs):
        calls["read"] += 1
        return real_read(*args, **kwargs)

    def level(waveform, rate):
        calls["level"] += 1
        return active_speech_level_db(waveform, rate)

    monkeypatch.setattr(audio, "read", read)
    monkeypatch.setattr(making, "active_speech_level_db", level)
    made = make_mixture(
        (MixtureSpec(utterances, (1.0, 0.0, -1.0), given_name="x"), variants)
    )
    assert calls == {"read": 3, "level": 3}
    assert made.rows.keys() == {variant.folder for variant in variants}


def test_levels_are_those_of_the_list_at_every_rate(utterances, variants):
    levels_db = (1.5, 0.25, -2.0)
    make_mixture(
        (MixtureSpec(utterances, levels_db, given_name="x"), variants), subtype="FLOAT"
    )
    for variant in variants:
        if variant.mode == "min":
            continue
        measured = []
        for k, utterance in enumerate(utterances, start=1):
            source = audio.read(f"{variant.folder}/s{k}/x.wav")[0]
            whole = len(audio.read(utterance.path)[0]) * variant.sample_rate // 16000
            source = source[:whole]
            if variant.sample_rate != 8000:
                source = audio.resampled(source, variant.sample_rate, 8000)
            measured.append(active_speech_level_db(source, 8000))
        ratios = np.subtract(measured, measured[0])
        expected = np.subtract(levels_db, levels_db[0])
        np.testing.assert_allclose(ratios, expected, atol=1e-4)


def test_given_gains_are_kept_unless_they_clip(utterances, variants):
    gains = (0.2, 0.3, 0.1)
    made = make_mixture(
        (MixtureSpec(utterances, gains=gains, given_name="x"), variants)
    )
    for row in made.rows.values():
        assert [float(row[f"s{k}_gain"]) for k in (1, 2, 3)] == pytest.approx(gains)
    loud = tuple(50 * gain for gain in gains)
    made = make_mixture((MixtureSpec(utterances, gains=loud, given_name="x"), variants))
    for folder, row in made.rows.items():
        scaled = [float(row[f"s{k}_gain"]) for k in (1, 2, 3)]
        assert np.divide(scaled, loud) == pytest.approx([scaled[0] / loud[0]] * 3)
        parts = [
            audio.read(f"{folder}/{part}/x.wav")[0] for part in ("mix", "s1", "s2")
        ]
        assert max(np.abs(part).max() for part in parts) <= 0.9 + 2**-14


def test_short_noise_is_repeated_with_a_cross_fade():
    generator = np.random.default_rng(0)
    noise = generator.normal(size=30000).astype("float32")
    result = extended(noise, 100000, 16000)
    assert result.shape == (100000,)
    np.testing.assert_array_equal(result[:22000], noise[:22000])
    # The repetition starts where the fade does.
    np.testing.assert_array_equal(result[30000:44000], noise[8000:22000])
    fade = result[22000:30000]
    share = np.dot(fade[:800], noise[22000:22800]) / np.dot(*[noise[22000:22800]] * 2)
    assert share == pytest.approx(1, abs=0.02)
    np.testing.assert_allclose(extended(np.ones(9), 50, 16000), 1, atol=1e-6)
    np.testing.assert_array_equal(extended(noise, 20000, 16000), noise[:20000])


def test_noise_has_a_folder_and_the_first_channel(tmp_path, utterances, variants):
    generator = np.random.default_rng(9)
    stereo = np.stack([babble(2, 16000, generator), np.zeros(32000)])
    audio.write(tmp_path / "n.wav", stereo, 16000)
    noise = Utterance(str(tmp_path / "n.wav"), "noise/n.wav", "noise", 0, 0)
    spec = MixtureSpec(
        (*utterances[:2], noise), gains=(0.1, 0.1, 0.3), noise=True, given_name="x"
    )
    (variant,) = (v for v in variants if v.folder.endswith("16000max"))
    made = make_mixture((spec, [variant]))
    written = audio.read(f"{variant.folder}/noise/x.wav")[0]
    np.testing.assert_allclose(written, 0.3 * stereo[0][: len(written)], atol=2**-15)
    assert made.rows[variant.folder]["noise_utterance"] == "noise/n.wav"
    assert not (tmp_path / "16000max/s3").exists()


def test_both_broken_recordings_are_named(tmp_path, variants):
    broken = []
    for k in range(2):
        (tmp_path / f"{k}.wav").write_text("broken")
        broken.append(Utterance(str(tmp_path / f"{k}.wav"), f"c/{k}/x", f"c/{k}", 0, 0))
    made = make_mixture(
        (MixtureSpec(tuple(broken), (0.0, 0.0), given_name="x"), variants)
    )
    assert list(made.broken) == [utterance.path for utterance in broken]
    assert not made.rows and not list((tmp_path / "8000min").rglob("*.wav"))


def test_silent_recording_is_named(tmp_path, utterances, variants):
    audio.write(tmp_path / "s.wav", np.zeros(8000), 8000)
    silent = Utterance(str(tmp_path / "s.wav"), "c/1/x", "c/1", 0, 0)
    spec = MixtureSpec((utterances[0], silent), (0.0, 0.0))
    reason = make_mixture((spec, variants)).broken[silent.path]
    assert reason.startswith("The recording must hold speech. Received: path=")


def test_recording_of_one_sample_is_too_short(tmp_path, utterances, variants):
    audio.write(tmp_path / "click.wav", np.ones(1), 48000)
    click = Utterance(str(tmp_path / "click.wav"), "c/1/x", "c/1", 0, 0)
    made = make_mixture(
        (MixtureSpec((utterances[0], click), (0.0, 0.0), given_name="x"), variants)
    )
    assert list(made.broken) == [click.path]


@pytest.fixture
def mixture():
    generator = np.random.default_rng(0)
    waveforms = [generator.uniform(-1, 1, length) for length in (300, 200, 250)]
    return mix_at_gains(waveforms, (1.0, 0.5, 0.25), "max")


def _noisy():
    people = [Utterance("", f"c/{k}/a,b.wav", f"c/{k}", 0, 0) for k in range(3)]
    return MixtureSpec(tuple(people), noise=True, given_name="x")


@pytest.mark.parametrize("subtype", ["PCM_16", "FLOAT"])
def test_mixture_is_the_sum_of_its_files(tmp_path, mixture, subtype):
    making.write_mixture(tmp_path, _noisy(), mixture, 8000, subtype)
    parts = [audio.read(tmp_path / part / "x.wav")[0] for part in ("s1", "s2", "noise")]
    whole = audio.read(tmp_path / "mix" / "x.wav")[0]
    np.testing.assert_array_equal(whole, np.sum(parts, axis=0, dtype="float32"))
    np.testing.assert_allclose(parts, mixture.sources, atol=2**-16)
    assert not (tmp_path / "s3").exists()


def test_table_says_what_was_mixed(tmp_path, mixture):
    row = making.table_row(_noisy(), (300, 200, 250), mixture, 8000)
    sets.write_table(tmp_path, [row, {**row, "name": "y"}])
    with open(tmp_path / "mixtures.csv", newline="") as file:
        first, second = csv.DictReader(file)
    assert (first, second["name"]) == (row, "y")
    assert (row["s2_stop"], row["noise_stop"], row["snr_db"]) == ("200", "250", "")
    assert float(row["s1_gain"]) / float(row["s2_gain"]) == pytest.approx(2)
