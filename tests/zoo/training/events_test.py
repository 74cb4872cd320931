import io

import numpy as np
import pytest
import soundfile

from zoo.training.events import EventWriter
from zoo.training.pictures import encode_png


@pytest.fixture
def load():
    """Returns a function that reads a directory as TensorBoard does."""
    accumulators = pytest.importorskip(
        "tensorboard.backend.event_processing.event_accumulator"
    )

    def read(directory):
        accumulator = accumulators.EventAccumulator(str(directory), {})
        return accumulator.Reload()

    return read


def test_tensorboard_reads_numbers_sound_and_pictures(tmp_path, load):
    writer = EventWriter(tmp_path / "run")
    writer.scalars(3, {"train/loss": 0.5, "validation/si_sdr": -2.0})
    waveform = np.sin(np.arange(800)).astype("float32") / 2
    writer.audio(3, "audio/mixture", waveform, 8000)
    pixels = np.arange(24, dtype="uint8").reshape(2, 4, 3)
    writer.image(3, "phase/mixture", pixels)
    writer.close()
    read = load(tmp_path / "run")
    (loss,) = read.Scalars("train/loss")
    assert (loss.step, loss.value) == (3, 0.5)
    (sound,) = read.Audio("audio/mixture")
    decoded, rate = soundfile.read(io.BytesIO(sound.encoded_audio_string))
    assert rate == sound.sample_rate == 8000
    np.testing.assert_allclose(decoded, waveform, atol=1e-4)
    (image,) = read.Images("phase/mixture")
    assert (image.height, image.width) == (2, 4)
    assert image.encoded_image_string == encode_png(pixels)


def test_a_restart_hides_the_epochs_that_are_repeated(tmp_path, load):
    writer = EventWriter(tmp_path, first_step=1)
    for step in (1, 2, 3):
        writer.scalars(step, {"loss": step})
    writer.close()
    writer = EventWriter(tmp_path, first_step=3)
    writer.scalars(3, {"loss": 30.0})
    writer.close()
    values = [(event.step, event.value) for event in load(tmp_path).Scalars("loss")]
    assert values == [(1, 1.0), (2, 2.0), (3, 30.0)]
