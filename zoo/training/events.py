"""Event files for TensorBoard, written without TensorFlow."""

import io
import os
import time
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
from tensorboard.compat.proto import event_pb2, summary_pb2
from tensorboard.summary.writer.record_writer import RecordWriter

from zoo.training.pictures import encode_png

_Value = summary_pb2.Summary.Value


class EventWriter:
    """Writes scalars, audio and pictures as events.

    TensorFlow's own writer would need TensorFlow, and tensorboard's
    `EventFileWriter` imports it where it finds it; this one runs on any backend.

    Args:
        directory: Where the new event file goes; made if missing.
        first_step: Events of older files in the directory from this step on are
            ignored by TensorBoard: they come from a process that died before
            its checkpoint.
    """

    def __init__(self, directory: Path, first_step: int = 0) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        # The time must come first: TensorBoard reads the files in this order.
        name = f"events.out.tfevents.{time.time_ns() // 1000}.{os.getpid()}"
        file = open(directory / name, "wb")  # noqa: SIM115 (`close` closes it.)
        self._writer = RecordWriter(file)
        self._write(file_version="brain.Event:2")
        start = event_pb2.SessionLog(status=event_pb2.SessionLog.START)
        self._write(step=first_step, session_log=start)

    def scalars(self, step: int, values: dict[str, float]) -> None:
        """Writes numbers by their tags, such as `validation/si_sdr`."""
        self._summary(step, [_Value(tag=t, simple_value=v) for t, v in values.items()])

    def audio(self, step: int, tag: str, waveform: np.ndarray, rate: int) -> None:
        """Writes a waveform `(samples,)` in -1..1, of `rate` Hz."""
        file = io.BytesIO()
        soundfile.write(file, waveform, rate, format="WAV", subtype="PCM_16")
        audio = summary_pb2.Summary.Audio(
            sample_rate=rate,
            num_channels=1,
            length_frames=len(waveform),
            encoded_audio_string=file.getvalue(),
            content_type="audio/wav",
        )
        self._summary(step, [_Value(tag=tag, audio=audio)])

    def image(self, step: int, tag: str, pixels: np.ndarray) -> None:
        """Writes pixels `(height, width, 3)`, uint8."""
        image = summary_pb2.Summary.Image(
            height=pixels.shape[0],
            width=pixels.shape[1],
            colorspace=3,
            encoded_image_string=encode_png(pixels),
        )
        self._summary(step, [_Value(tag=tag, image=image)])

    def flush(self) -> None:
        """Makes what was written visible to TensorBoard."""
        self._writer.flush()

    def close(self) -> None:
        """Ends the file."""
        self._writer.close()

    def _summary(self, step: int, values: list[Any]) -> None:
        self._write(step=step, summary=summary_pb2.Summary(value=values))

    def _write(self, **content: Any) -> None:
        event = event_pb2.Event(wall_time=time.time(), **content)
        self._writer.write(event.SerializeToString())
