"""Folders of mixtures laid out as wsj0-2mix."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from zoo.data import audio


@dataclass(frozen=True)
class Example:
    """A mixture and what it is made of.

    Attributes:
        name: Name of the files, without folder and suffix.
        mixture: Float32 `(samples,)`.
        sources: Float32 `(speakers, samples)`.
        sample_rate: In Hz.
    """

    name: str
    mixture: np.ndarray
    sources: np.ndarray
    sample_rate: int


class MixtureFolder:
    """Reads a folder of mixtures: `mix`, `s1`, `s2`, and `s3` and on if present.

    The layout is that of wsj0-2mix, wsj0-3mix and of `python -m zoo.mix`, in
    which `path` is `.../tr`, `.../cv` or `.../tt`. A file of the same name in each
    of the folders makes an example. Examples are sorted by name.

    Args:
        path: Folder that holds `mix`, `s1` and `s2`.
        sample_rate: Rate that all files must have, in Hz. `None` takes the rate
            of the first.
        resample: Whether files of another rate are resampled, not refused.

    Raises:
        ValueError: If a folder is missing or empty, or the folders differ in
            names. When an example is read: if its files differ in length, or as
            `zoo.data.audio.read` says.
    """

    def __init__(
        self,
        path: str | Path,
        sample_rate: int | None = None,
        resample: bool = False,
    ) -> None:
        self.path = Path(path)
        self.resample = resample
        mixtures = _audio_files(self.path / "mix", self.path)
        speakers = [1, 2]
        while (self.path / f"s{len(speakers) + 1}").is_dir():
            speakers.append(len(speakers) + 1)
        sources = [_audio_files(self.path / f"s{k}", self.path) for k in speakers]
        for k, names in zip(speakers, sources, strict=True):
            if names.keys() != mixtures.keys():
                odd = sorted(names.keys() ^ mixtures.keys())
                raise ValueError(
                    "`mix` and all sources must hold the same names. Received: "
                    f"path={str(self.path)!r}, where `mix` and `s{k}` differ in "
                    f"{len(odd)}, such as {odd[0]!r}. Complete or remove them."
                )
        self.names = sorted(mixtures)
        self.num_speakers = len(speakers)
        self.files = [
            (mixtures[name], *(names[name] for names in sources)) for name in self.names
        ]
        self.sample_rate = sample_rate or audio.read_info(self.files[0][0]).samplerate

    def __len__(self) -> int:
        return len(self.names)

    def __iter__(self) -> Iterator[Example]:
        return (self[index] for index in range(len(self)))

    def __getitem__(self, index: int) -> Example:
        waveforms = [
            audio.read(file, self.sample_rate, self.resample)[0]
            for file in self.files[index]
        ]
        lengths = [len(waveform) for waveform in waveforms]
        if len(set(lengths)) > 1:
            raise ValueError(
                "A mixture and its sources must have the same length. Received: "
                f"{lengths} samples for {str(self.files[index][0])!r}."
            )
        return Example(
            name=self.names[index],
            mixture=waveforms[0],
            sources=np.stack(waveforms[1:]),
            sample_rate=self.sample_rate,
        )


def _audio_files(folder: Path, root: Path) -> dict[str, Path]:
    if not folder.is_dir():
        inside = sorted(p.parent.name for p in root.glob("*/mix"))
        hint = (
            f"Choose one of {', '.join(inside)} in it."
            if inside
            else ("The layout is that of wsj0-2mix: mix, s1, s2.")
        )
        raise ValueError(
            f"A folder of mixtures must hold {folder.name!r}. "
            f"Received: path={str(root)!r}. {hint}"
        )
    files = {
        file.stem: file
        for file in folder.iterdir()
        if file.suffix.lower() in audio.FORMATS and not file.name.startswith(".")
    }
    if not files:
        raise ValueError(
            f"The folder must hold {', '.join(audio.FORMATS)} files. "
            f"Received: path={str(folder)!r}."
        )
    return files
