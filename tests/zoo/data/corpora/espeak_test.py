import ast
import inspect

import numpy as np
import pytest
import soundfile

pytest.importorskip("espeakng_loader", reason="The extra `demo` is not installed.")

from zoo.data.corpora import espeak


def read_all(root):
    return {
        str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*.wav")
    }


def test_writes_a_folder_of_16_bit_files_per_speaker(tmp_path):
    espeak.write_corpus(tmp_path, num_speakers=3, utterances_per_speaker=2)
    folders = sorted(tmp_path.iterdir())
    assert len(folders) == 3
    for folder in folders:
        assert sorted(path.name for path in folder.iterdir()) == ["0.wav", "1.wav"]
        for path in folder.iterdir():
            info = soundfile.info(path)
            assert (info.samplerate, info.channels) == (8000, 1)
            assert info.subtype == "PCM_16"
            assert 2 < info.duration < 8
            assert np.abs(soundfile.read(path)[0]).max() == pytest.approx(0.5, abs=1e-4)


def test_the_seed_decides_every_sample(tmp_path):
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        espeak.write_corpus(tmp_path / name, 2, 2, seed=seed)
    assert read_all(tmp_path / "a") == read_all(tmp_path / "b")
    assert not read_all(tmp_path / "a").items() & read_all(tmp_path / "c").items()


def test_a_speaker_does_not_depend_on_the_others(tmp_path):
    espeak.write_corpus(tmp_path / "few", 2, 1)
    espeak.write_corpus(tmp_path / "more", 4, 1)
    assert read_all(tmp_path / "few").items() <= read_all(tmp_path / "more").items()


def test_no_utterance_depends_on_what_was_said_before():
    voice, sentence = "f2", "The old doctor found a letter."
    (first, rate), *_ = espeak.speak([sentence], voice)
    list(espeak.speak(["Another sentence comes first."], "whisper"))
    (second, _), *_ = espeak.speak([sentence], voice)
    assert rate == 22050
    np.testing.assert_array_equal(first, second)


def test_there_are_about_a_hundred_voices_that_differ():
    voices = espeak.list_voices()
    assert len(voices) >= 100
    said = {next(espeak.speak(["Hello."], voice))[0].tobytes() for voice in voices}
    assert len(said) == len(voices)


def test_no_voice_clips():
    for voice in espeak.list_voices():
        waveform, _ = next(espeak.speak(["The old doctor found a letter."], voice))
        assert np.abs(waveform).max() < 1 - 2**-15, voice


def test_sentences_differ():
    rng = np.random.default_rng(0)
    sentences = [espeak.draw_sentence(rng) for _ in range(1000)]
    assert len(set(sentences)) == 1000
    assert all(10 <= len(sentence.split()) <= 17 for sentence in sentences)


@pytest.mark.parametrize(
    "arguments",
    [
        {"num_speakers": 0},
        {"num_speakers": 1000},
        {"utterances_per_speaker": 0},
        {"sample_rate": 0},
    ],
    ids=str,
)
def test_arguments_out_of_range_are_errors(tmp_path, arguments):
    (name, value), *_ = arguments.items()
    with pytest.raises(
        ValueError, match=rf"`{name}` must .*Received: {name}={value}\."
    ):
        espeak.write_corpus(tmp_path, **arguments)


def test_an_unknown_voice_is_an_error():
    with pytest.raises(ValueError, match=r"`voice` must be .*Received: voice='nobody'"):
        next(espeak.speak(["Hello."], "nobody"))


def test_says_which_extra_is_missing(monkeypatch):
    monkeypatch.setattr(espeak.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ModuleNotFoundError, match=r"keras-complex-zoo\[demo\]"):
        espeak.list_voices()


def test_imports_without_the_extra():
    tree = ast.parse(inspect.getsource(espeak))
    names = {
        alias.name
        for node in tree.body
        if isinstance(node, ast.Import)
        for alias in node.names
    }
    assert "espeakng_loader" not in names
