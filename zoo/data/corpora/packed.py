"""All recordings of a corpus in one array, in memory or in one file."""

import json
import struct
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from tqdm import tqdm

from zoo.data import audio
from zoo.data.audio.levels import active_speech_level_db
from zoo.data.corpora.corpus import Corpus
from zoo.files import atomic_file

# The file: magic, position of the table, samples (little-endian), table (JSON).
_MAGIC = b"ZOOAUDIO"
_START = 64
_DTYPES = ("int16", "float32")


@dataclass(frozen=True)
class PackedUtterance:
    """Where one utterance lies, and how loud it is.

    Attributes:
        name: `corpus/speaker/.../file.wav`.
        speaker: `corpus/speaker`.
        start: Position of its first sample.
        samples: Its length.
        level_db: Active speech level (ITU-T P.56) relative to an RMS of 1.
    """

    name: str
    speaker: str
    start: int
    samples: int
    level_db: float


class PackedAudio:
    """Recordings end to end in one array, with a table of them.

    A corpus is decoded, resampled and measured once. `from_corpus` keeps the
    samples in memory; `write_packed` puts them into one portable file, which `open`
    maps into memory, so that a corpus larger than memory costs no more than the
    parts in use.

    Args:
        samples: `(samples,)`, int16 or float32.
        sample_rate: In Hz.
        utterances: Sorted by name.
    """

    def __init__(
        self,
        samples: np.ndarray,
        sample_rate: int,
        utterances: list[PackedUtterance],
    ) -> None:
        self.samples = samples
        self.sample_rate = sample_rate
        self.utterances = utterances
        self.by_speaker: dict[str, list[PackedUtterance]] = {}
        for utterance in utterances:
            self.by_speaker.setdefault(utterance.speaker, []).append(utterance)

    @classmethod
    def from_corpus(
        cls,
        corpus: Corpus,
        sample_rate: int | None = None,
        dtype: str = "int16",
        progress: bool = False,
    ) -> "PackedAudio":
        """Decodes a corpus into memory.

        Args:
            corpus: What to decode.
            sample_rate: Rate to resample to, in Hz; `None` keeps that of the
                recordings.
            dtype: `"int16"`, or `"float32"` for twice the memory and no rounding.
            progress: Whether to show a progress bar.

        Raises:
            ValueError: If a recording is broken or silent, if the rates differ
                and none is given, or if `dtype` is another.
        """
        rate = _rate(corpus, sample_rate, dtype)
        parts, table = [], []
        for waveform, entry in _decoded(corpus, rate, dtype, progress):
            parts.append(waveform)
            table.append(entry)
        return cls(np.concatenate(parts), rate, table)

    @classmethod
    def open(cls, path: str | Path) -> "PackedAudio":
        """Maps a file of `write_packed` into memory.

        Raises:
            ValueError: If the file is missing, incomplete or of another kind.
        """
        path = Path(path)
        if not path.is_file():
            raise ValueError(f"The packed file must exist. Received: {str(path)!r}.")
        with open(path, "rb") as file:
            magic, end = struct.unpack("<8sQ", file.read(16).ljust(16, b"\0"))
            file.seek(end)
            try:
                table = json.loads(file.read()) if magic == _MAGIC else None
            except ValueError:
                table = None
        if table is None:
            raise ValueError(
                "The file must be complete and written by "
                "`python -m zoo.data.corpora.pack`. "
                f"Received: {str(path)!r}."
            )
        dtype = np.dtype(table["dtype"]).newbyteorder("<")
        length = (end - _START) // dtype.itemsize
        samples = np.memmap(path, dtype, mode="r", offset=_START, shape=(length,))
        utterances = [PackedUtterance(**entry) for entry in table["utterances"]]
        return cls(samples, table["sample_rate"], utterances)

    def waveform(
        self, utterance: PackedUtterance, start: int = 0, stop: int | None = None
    ) -> np.ndarray:
        """Returns samples `start` to `stop` of an utterance, float32."""
        stop = utterance.samples if stop is None else min(stop, utterance.samples)
        samples = self.samples[utterance.start + start : utterance.start + stop]
        if samples.dtype.kind == "i":
            return samples * np.float32(2**-15)
        return np.asarray(samples, "float32")


def write_packed(
    path: str | Path,
    corpus: Corpus,
    sample_rate: int | None = None,
    dtype: str = "int16",
    progress: bool = False,
) -> None:
    """Decodes a corpus into one file, whole or not at all.

    Args:
        path: File to write.
        corpus: What to decode.
        sample_rate: As for `PackedAudio.from_corpus`.
        dtype: As for `PackedAudio.from_corpus`.
        progress: Whether to show a progress bar.

    Raises:
        ValueError: As `PackedAudio.from_corpus`.
    """
    rate = _rate(corpus, sample_rate, dtype)
    table = []
    with atomic_file(path) as file:
        file.write(bytes(_START))
        for waveform, entry in _decoded(corpus, rate, dtype, progress):
            table.append(asdict(entry))
            file.write(waveform.astype(waveform.dtype.newbyteorder("<")).tobytes())
        end = file.tell()
        text = json.dumps({"sample_rate": rate, "dtype": dtype, "utterances": table})
        file.write(text.encode())
        file.seek(0)
        file.write(struct.pack("<8sQ", _MAGIC, end))


def _rate(corpus: Corpus, sample_rate: int | None, dtype: str) -> int:
    if dtype not in _DTYPES:
        raise ValueError(
            f"`dtype` must be one of {', '.join(_DTYPES)}. Received: dtype={dtype!r}."
        )
    return sample_rate or corpus.common_sample_rate()


def _decoded(
    corpus: Corpus, rate: int, dtype: str, progress: bool
) -> Iterator[tuple[np.ndarray, PackedUtterance]]:
    start = 0
    for utterance in tqdm(
        corpus.utterances, "Reading", disable=not progress, file=sys.stderr
    ):
        waveform, _ = audio.read(utterance.path, rate, resample=True)
        level_db = active_speech_level_db(waveform, rate)
        if level_db == -np.inf:
            raise ValueError(
                f"The file must hold speech. Received: path={utterance.path!r}, "
                "silent. Leave it out."
            )
        if dtype == "int16":
            # Only the level relative to the others counts, so a recording that
            # would clip is scaled, not clipped.
            scale = max(1.0, float(np.abs(waveform).max()))
            level_db -= 20 * np.log10(scale)
            waveform = audio.to_int16(waveform / scale)
        yield (
            waveform,
            PackedUtterance(
                name=utterance.name,
                speaker=utterance.speaker,
                start=start,
                samples=len(waveform),
                level_db=float(level_db),
            ),
        )
        start += len(waveform)
