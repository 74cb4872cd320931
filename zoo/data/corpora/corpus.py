"""Corpora: folders of speakers, each a folder of recordings."""

import dataclasses
import os
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from absl import logging

from zoo.data import audio


@dataclass(frozen=True)
class Utterance:
    """A recording of one speaker.

    Attributes:
        path: The file.
        name: `corpus/speaker/.../file.wav`, the same on every machine.
        speaker: `corpus/speaker`, so that equal names in two corpora stay apart.
        samples: Length at `sample_rate`.
        sample_rate: Of the file, in Hz.
    """

    path: str
    name: str
    speaker: str
    samples: int
    sample_rate: int


class Corpus:
    """Utterances by speaker, in an order that depends on their names only.

    Args:
        utterances: In any order.

    Raises:
        ValueError: If there are none, or if two have the same name.
    """

    def __init__(self, utterances: Collection[Utterance]) -> None:
        if not utterances:
            raise ValueError("A corpus must have utterances. Received: none.")
        self.utterances = sorted(utterances, key=lambda utterance: utterance.name)
        for one, two in zip(self.utterances, self.utterances[1:], strict=False):
            if one.name == two.name:
                raise ValueError(
                    "Each utterance must have a name of its own. Received: "
                    f"{one.path!r} and {two.path!r}, both {one.name!r}."
                )
        self.by_speaker: dict[str, list[Utterance]] = {}
        for utterance in self.utterances:
            self.by_speaker.setdefault(utterance.speaker, []).append(utterance)

    @property
    def speakers(self) -> list[str]:
        """Names of the speakers, sorted as their utterances are."""
        return list(self.by_speaker)

    def __len__(self) -> int:
        return len(self.utterances)

    def of_speakers(self, speakers: Collection[str]) -> "Corpus":
        """Returns the part of the corpus that `speakers` (`corpus/speaker`) said."""
        kept = set(speakers)
        return Corpus([u for u in self.utterances if u.speaker in kept])

    def common_sample_rate(self) -> int:
        """Returns the rate in Hz; raises a `ValueError` if there are several."""
        rates = sorted({utterance.sample_rate for utterance in self.utterances})
        if len(rates) > 1:
            raise ValueError(
                "All recordings must have one sample rate unless one to resample to "
                f"is given. Received: {', '.join(map(str, rates))} Hz."
            )
        return rates[0]


def scan(
    folders: str | Path | Sequence[str | Path],
    sample_rate: int | None = None,
    speakers: Collection[str] | None = None,
    skip_broken: bool = False,
) -> Corpus:
    """Finds the recordings `<folder>/<speaker>/**/*.{wav,flac,ogg}`.

    The name of a folder is the name of its corpus. Folders and files whose name
    starts with a dot are left out.

    Args:
        folders: One corpus or several. A speaker of the same name in two corpora
            counts as two.
        sample_rate: Rate that all recordings must have, in Hz; `None` takes any.
        speakers: Those to keep, as `speaker` of any corpus or `corpus/speaker`;
            `None` keeps all. The recordings of others are not opened. See
            `zoo.data.load_speakers`.
        skip_broken: `False` reads the headers, and the first broken file is an
            error. `True` decodes all, and warns of and leaves out broken files.

    Returns:
        The corpus.

    Raises:
        ValueError: If a folder is missing, holds no recordings of `speakers`, or
            shares its name with another; if a speaker is missing; if a file is
            broken or has another sample rate.
    """
    if isinstance(folders, str | Path):
        folders = [folders]
    utterances = []
    for root in corpus_folders(folders):
        found = [utterance_at(root, path) for path in recordings(root)]
        if speakers is not None:
            found = [one for one in found if speaker_names(one) & set(speakers)]
        if not found:
            whose = "" if speakers is None else " of the speakers asked for"
            raise ValueError(
                f"A corpus must hold <speaker>/**/*.wav, .flac or .ogg{whose}. "
                f"Received: folder={str(root)!r}."
            )
        opened = (_open(one, sample_rate, skip_broken) for one in found)
        utterances += [utterance for utterance in opened if utterance is not None]
    if speakers is not None:
        check_none_missing(speakers, utterances)
    return Corpus(utterances)


def corpus_folders(folders: Iterable[str | Path]) -> list[Path]:
    """Returns the folders of corpora, whose names tell their speakers apart.

    Raises:
        ValueError: If one is missing, or two have the same name.
    """
    roots = [Path(os.path.abspath(folder)) for folder in folders]
    for root in roots:
        if not root.is_dir():
            raise ValueError(
                f"A corpus must be a folder. Received: folder={str(root)!r}."
            )
    if len({root.name for root in roots}) < len(roots):
        raise ValueError(
            "Corpora must have different names, for these tell their speakers apart. "
            f"Received: {', '.join(map(str, roots))}. Rename or link one."
        )
    return roots


def recordings(
    folder: Path, depth: int = 2, suffixes: Sequence[str] = tuple(audio.FORMATS)
) -> Iterator[Path]:
    """Yields the files at `depth` or more below a folder, sorted, no hidden ones."""
    for parent, names, files in os.walk(folder, followlinks=True):
        names[:] = sorted(name for name in names if not name.startswith("."))
        if len(Path(parent).relative_to(folder).parts) < depth - 1:
            continue
        for name in sorted(files):
            if name.lower().endswith(tuple(suffixes)) and not name.startswith("."):
                yield Path(parent, name)


def utterance_at(root: Path, path: Path, depth: int = 1) -> Utterance:
    """Names a file, not opened, whose speaker is the folder `depth` below `root`."""
    parts = path.relative_to(root).parts
    return Utterance(
        path=str(path),
        name="/".join((root.name, *parts)),
        speaker=f"{root.name}/{parts[depth - 1]}",
        samples=0,
        sample_rate=0,
    )


def speaker_names(utterance: Utterance) -> set[str]:
    """Returns what a split file may call the speaker: with the corpus or without."""
    return {utterance.speaker, utterance.speaker.split("/", 1)[1]}


def check_none_missing(
    speakers: Collection[str], utterances: Iterable[Utterance]
) -> None:
    """Checks that speakers have utterances, unless they are of another corpus.

    Raises:
        ValueError: If one has none.
    """
    found = {name for utterance in utterances for name in speaker_names(utterance)}
    corpora = {name.split("/", 1)[0] for name in found if "/" in name}
    missing = sorted(
        speaker
        for speaker in set(speakers) - found
        if "/" not in speaker or speaker.split("/", 1)[0] in corpora
    )
    if missing:
        raise ValueError(
            "All speakers asked for must have recordings. Received: "
            f"{len(missing)} without, such as {missing[0]!r}. "
            "Correct the split file or complete the corpus."
        )


def _open(
    utterance: Utterance, sample_rate: int | None, skip_broken: bool
) -> Utterance | None:
    path = utterance.path
    try:
        info = audio.read_info(path)
        if skip_broken and not audio.read(path)[0].any():
            raise ValueError(f"The file must hold speech. Received: {path}, silent.")
    except ValueError as error:
        if not skip_broken:
            raise
        logging.warning("Left out: %s", error)
        return None
    if sample_rate is not None and info.samplerate != sample_rate:
        raise ValueError(
            f"All recordings must have {sample_rate} Hz. "
            f"Received: path={path!r} at {info.samplerate} Hz. "
            "Resample them: `python -m zoo.mix` and "
            "`python -m zoo.data.corpora.pack` do so with "
            f" --sample_rate={sample_rate}."
        )
    return dataclasses.replace(
        utterance, samples=info.frames, sample_rate=info.samplerate
    )
