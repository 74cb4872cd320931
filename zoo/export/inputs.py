"""The recordings, or the synthetic signal, on which exports are compared with Keras."""

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from zoo.data import audio
from zoo.data.corpora.corpus import recordings
from zoo.data.mixtures.folder import MixtureFolder
from zoo.inference.separator import Separator

# Mixtures to compare on; those that follow calibrate int8.
COMPARED = 20
CALIBRATING = 20


@dataclasses.dataclass(frozen=True)
class Input:
    """A mixture to compare on.

    Attributes:
        mixture: Float32 `(samples,)`.
        sources: Float32 `(speakers, samples)`, or `None` if they are unknown.
    """

    mixture: np.ndarray
    sources: np.ndarray | None = None


@dataclasses.dataclass(frozen=True)
class Inputs:
    """All of them.

    Attributes:
        origin: Where they come from, in words.
        compared: Those to compare on.
        calibrating: Those whose ranges int8 takes; others where there are enough.
    """

    origin: str
    compared: list[Input]
    calibrating: list[Input]


def load_inputs(
    separator: Separator, data: str | Path | None, samples: int | None
) -> Inputs:
    """Reads mixtures, at the rate of the model.

    Args:
        separator: The model.
        data: Folder of mixtures (`mix`, `s1`, `s2`), or any folder of recordings, or
            `None` for a synthetic signal.
        samples: Length to cut out of the middle of each; shorter ones are followed by
            silence. `None` leaves them as they are.

    Raises:
        ValueError: If there are none, or if they have another number of speakers than
            the model.
    """
    if data is None:
        made = _synthetic(separator.sample_rate, samples)
        return Inputs("a synthetic signal", made, made)
    path, limit = Path(data), COMPARED + CALIBRATING
    if (path / "mix").is_dir():
        found, kind = list(_mixtures(separator, path, limit)), "mixtures"
    else:
        found, kind = list(_recordings(separator, path, limit)), "recordings"
    if samples is not None:
        found = [_cut(each, samples) for each in found]
    compared, rest = found[:COMPARED], found[COMPARED:]
    calibrating = rest if len(rest) >= CALIBRATING // 2 else compared
    return Inputs(f"{len(compared)} {kind} of {path.name!r}", compared, calibrating)


def example_signal(samples: int, sample_rate: int) -> np.ndarray:
    """Returns two voices of harmonics with syllables in noise, `(1, samples)`."""
    rng = np.random.default_rng(0)
    time = np.arange(samples) / sample_rate
    signal = 0.01 * rng.normal(size=samples)
    for pitch_hz, syllables_hz in ((110.0, 3.0), (205.0, 4.3)):
        phase = 2 * np.pi * pitch_hz * time + 2 * np.sin(2 * np.pi * 1.5 * time)
        envelope = np.sin(np.pi * syllables_hz * time) ** 2
        for harmonic in range(1, int(0.4 * sample_rate / pitch_hz)):
            signal += envelope * np.cos(harmonic * phase) / harmonic
    return (0.1 * signal / np.std(signal)).astype("float32")[np.newaxis]


def _mixtures(separator: Separator, path: Path, limit: int) -> Iterator[Input]:
    folder = MixtureFolder(path, separator.sample_rate, resample=True)
    if folder.num_speakers != separator.num_speakers:
        raise ValueError(
            f"The data must have {separator.num_speakers} speakers, as the model. "
            f"Received: {folder.num_speakers} in {str(path)!r}."
        )
    for index in range(min(limit, len(folder))):
        example = folder[index]
        yield Input(example.mixture, example.sources)


def _recordings(separator: Separator, path: Path, limit: int) -> Iterator[Input]:
    files = list(recordings(path, depth=1))
    if not files:
        raise ValueError(
            f"The folder must hold {', '.join(audio.FORMATS)} files, or mix, s1, s2 "
            f"with mixtures and their sources. Received: data={str(path)!r}."
        )
    for file in files[:limit]:
        yield Input(audio.read(file, separator.sample_rate, resample=True)[0])


def _synthetic(sample_rate: int, samples: int | None) -> list[Input]:
    lengths = (
        (2 * sample_rate, sample_rate + 1, 1000) if samples is None else (samples,)
    )
    signals = [example_signal(length, sample_rate) for length in lengths]
    return [Input(signal[0]) for signal in signals]


def _cut(each: Input, samples: int) -> Input:
    start = max(0, (len(each.mixture) - samples) // 2)
    missing = max(0, samples - len(each.mixture))
    mixture = np.pad(each.mixture[start : start + samples], (0, missing))
    if each.sources is None:
        return Input(mixture)
    sources = np.pad(each.sources[:, start : start + samples], ((0, 0), (0, missing)))
    return Input(mixture, sources)
