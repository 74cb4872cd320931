import re

import keras
import numpy as np
import pytest
import soundfile

pytest.importorskip("espeakng_loader", reason="The extra `demo` is not installed.")
pytest.importorskip("matplotlib", reason="The extra `demo` is not installed.")

from zoo import quickstart
from zoo.data.mixtures.folder import Example
from zoo.presets.config_files import load_config

on_tensorflow = pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="The quickstart exports."
)


@pytest.mark.slow
@on_tensorflow
def test_makes_everything_that_its_summary_names(tmp_path):
    summary = quickstart.quickstart(
        tmp_path / "new",
        load_config("quickstart.py", "smoke"),
        num_speakers=20,
        mixtures={"train": 4, "valid": 4, "test": 2},
    )
    listed = re.findall(r"^  (\S+?)/?  ", summary, re.MULTILINE)
    made = {path.name for path in (tmp_path / "new").iterdir()}
    assert set(listed) | {"model.tflite.json", "model.tflite.md"} == made
    assert "160 recordings of 20 synthetic speakers" in summary
    assert "10 mixtures of two of them" in summary
    assert "| SDR | SDRi | SIR | SIRi | SAR | SI-SDR | SI-SDRi |" in summary
    agreements_db = [int(x) for x in re.findall(r"agrees .*?(\d+) dB", summary)]
    assert len(agreements_db) == 2 and min(agreements_db) > 80
    example = re.search(r"tt/mix/(\S+)\.wav", summary)[1]
    mixture = soundfile.info(tmp_path / f"new/mixtures/tt/mix/{example}.wav")
    for k in (1, 2):
        voice = soundfile.info(tmp_path / f"new/separated/{example}_s{k}.wav")
        assert (voice.frames, voice.samplerate) == (mixture.frames, 8000)
    assert (tmp_path / "new/spectrograms.png").stat().st_size > 100_000


@on_tensorflow
def test_a_folder_with_something_in_it_is_an_error(tmp_path):
    (tmp_path / "precious.txt").touch()
    with pytest.raises(ValueError, match="`workdir` must be a new or empty folder"):
        quickstart.quickstart(tmp_path, load_config("quickstart.py", "smoke"))


def test_another_backend_is_an_error(tmp_path, monkeypatch):
    monkeypatch.setattr(keras.backend, "backend", lambda: "jax")
    with pytest.raises(ValueError, match=r"must run on TensorFlow.*backend='jax'"):
        quickstart.quickstart(tmp_path, load_config("quickstart.py", "smoke"))


def test_pictures_show_each_estimate_with_its_own_reference(tmp_path, monkeypatch):
    sources = np.random.default_rng(0).normal(size=(2, 800))

    class Swapping:
        frame_length, frame_step = 256, 128

        def separate(self, waveform, sample_rate):
            return 3 * sources[::-1]

    drawn = []
    monkeypatch.setattr(quickstart, "plot_separation", lambda *args: drawn.append(args))
    example = Example("name", sources.sum(axis=0), sources, 8000)
    quickstart._draw(tmp_path / "picture.png", Swapping(), example)
    np.testing.assert_array_equal(drawn[0][2], 3 * sources)
