"""Where the usual corpora keep their speakers and their splits."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from zoo.data import audio
from zoo.data.corpora.corpus import (
    Corpus,
    Utterance,
    check_none_missing,
    corpus_folders,
    recordings,
    speaker_names,
    utterance_at,
)
from zoo.data.corpora.drawing import random_generator
from zoo.data.corpora.splits import load_speakers, split_speakers

# `.wv1` is the first microphone of WSJ0, in SPHERE files.
SUFFIXES = (*audio.FORMATS, ".wv1")
LAYOUTS = ("wsj0", "librispeech", "vctk", "speakers")
LIBRISPEECH_SUBSETS = ("train-clean-100", "dev-clean", "test-clean")

_WSJ0_FOLDERS = {"si_tr_s": "train", "si_dt_05": "test", "si_et_05": "test"}
_LIBRISPEECH_PARTS = {"train": "train", "dev": "valid", "test": "test"}
_VCTK_FOLDERS = ("wav48_silence_trimmed", "wav48")
# Share of the utterances of each training speaker of WSJ0 that is for training;
# wsj0-2mix has 20000 mixtures for training and 5000 for validation.
_TRAINING_SHARE = 0.8
_SHARES = 4  # The word after the seed; see `zoo.data.corpora.drawing`.


def detect_layout(root: str | Path) -> str:
    """Tells the layout of a corpus by the names of its folders.

    Args:
        root: Folder of the corpus.

    Returns:
        One of `LAYOUTS`; `"speakers"` if it looks like none of the others.

    Raises:
        ValueError: If `root` is not a folder.
    """
    (root,) = corpus_folders([root])
    for layout, found in (
        ("wsj0", _wsj0_folders),
        ("librispeech", _librispeech_folders),
        ("vctk", _vctk_folders),
    ):
        if found(root):
            return layout
    return "speakers"


def find_utterances(
    root: str | Path,
    layout: str,
    subsets: Sequence[str] = LIBRISPEECH_SUBSETS,
) -> list[tuple[str, Utterance]]:
    """Finds the recordings of a corpus without opening them.

    | layout | recordings |
    | --- | --- |
    | `wsj0` | `**/si_{tr_s,dt_05,et_05}/<speaker>/*`, in upper or lower case |
    | `librispeech` | `<subset>/<speaker>/<chapter>/*` |
    | `vctk` | `wav48*/<speaker>/*`, of the first microphone |
    | `speakers` | `<speaker>/**/*` |

    Args:
        root: Folder of the corpus.
        layout: One of `LAYOUTS`.
        subsets: Folders of LibriSpeech to take.

    Returns:
        Pairs of a part and an utterance. The part is `"train"` and so on where the
        layout says it, otherwise empty. `samples` and `sample_rate` are 0. The
        names of utterances of WSJ0 are in lower case, start at `wsj0/si_...`, and
        so are the same however the discs were copied.

    Raises:
        ValueError: If a folder is missing or there are no recordings.
    """
    (root,) = corpus_folders([root])
    if layout == "wsj0":
        found = list(_wsj0(root))
    elif layout == "librispeech":
        found = list(_librispeech(root, subsets))
    elif layout == "vctk":
        found = list(_vctk(root))
    else:
        found = [
            ("", utterance_at(root, path))
            for path in recordings(root, suffixes=SUFFIXES)
        ]
    if not found:
        raise ValueError(
            "A corpus must hold recordings as si_tr_s/<speaker>/* (wsj0), "
            "train-clean-100/<speaker>/<chapter>/* (librispeech), wav48*/<speaker>/* "
            f"(vctk) or <speaker>/**/* (speakers), in {', '.join(SUFFIXES)} files. "
            f"Received: {str(root)!r}, without any of layout {layout!r}."
        )
    return found


def split_corpus(
    found: Sequence[tuple[str, Utterance]],
    layout: str,
    splits: Sequence[str],
    seed: int = 0,
    split_file: str | None = None,
    proportions: Sequence[float] = (0.8, 0.1, 0.1),
) -> dict[str, Corpus]:
    """Shares the recordings out among the splits.

    In WSJ0, training and validation have the same speakers (`si_tr_s`) and
    different utterances, 4 to 1; the test has others (`si_dt_05`, `si_et_05`), as
    in wsj0-2mix. LibriSpeech has its splits. Others are split by speaker.

    Args:
        found: What `find_utterances` returned.
        layout: One of `LAYOUTS`.
        splits: Those wanted, of `zoo.data.corpora.splits.SPLITS`.
        seed: Of what is shared out at random.
        split_file: See `zoo.data.load_speakers`; for layouts without splits.
        proportions: Of the speakers, where there is no file.

    Returns:
        The corpus of each split.

    Raises:
        ValueError: If a split has no recordings, or a speaker of the file none.
    """
    if layout in ("vctk", "speakers"):
        everyone = {utterance.speaker for _, utterance in found}
        shares = (
            {split: load_speakers(split_file, split) for split in splits}
            if split_file
            else split_speakers(everyone, proportions, seed)
        )
        for split in splits:
            check_none_missing(shares[split], [u for _, u in found])
        parts = {
            split: [u for _, u in found if speaker_names(u) & shares[split]]
            for split in splits
        }
    else:
        if split_file:
            raise ValueError(
                f"Layout {layout!r} has splits of its own. Received: "
                f"split_file={split_file!r}. Leave it out or name layout speakers."
            )
        if layout == "wsj0":
            found = [*_share_utterances(found, seed)]
        parts = {split: [u for part, u in found if part == split] for split in splits}
    for split, utterances in parts.items():
        if not utterances:
            raise ValueError(
                f"Each split must have recordings. Received: none for {split!r} "
                f"in layout {layout!r}. Complete the corpus or leave the split out."
            )
    return {split: Corpus(utterances) for split, utterances in parts.items()}


def split_of_subset(subset: str) -> str | None:
    """Returns the split of a subset such as `dev-clean`; None for other names."""
    return _LIBRISPEECH_PARTS.get(subset.partition("-")[0])


def _share_utterances(
    found: Sequence[tuple[str, Utterance]], seed: int
) -> Iterator[tuple[str, Utterance]]:
    by_speaker: dict[str, list[Utterance]] = {}
    for part, utterance in found:
        if part == "train":
            by_speaker.setdefault(utterance.speaker, []).append(utterance)
        else:
            yield part, utterance
    for number, speaker in enumerate(sorted(by_speaker)):
        own = sorted(by_speaker[speaker], key=lambda utterance: utterance.name)
        scores = random_generator(seed, _SHARES, number).random(len(own))
        kept = max(1, min(round(_TRAINING_SHARE * len(own)), len(own) - 1))
        for place, index in enumerate(np.argsort(scores, kind="stable")):
            yield ("train" if place < kept else "valid"), own[index]


def _wsj0(root: Path) -> Iterator[tuple[str, Utterance]]:
    chosen: dict[str, tuple[str, Utterance]] = {}
    for folder in _wsj0_folders(root):
        for path in recordings(folder, suffixes=SUFFIXES):
            parts = [part.lower() for part in path.relative_to(folder).parts]
            name = "/".join(("wsj0", folder.name.lower(), *parts))
            speaker = f"wsj0/{parts[0]}"
            part = _WSJ0_FOLDERS[folder.name.lower()]
            # A WAV beside its SPHERE file is the same recording.
            key = name.rsplit(".", 1)[0]
            if key not in chosen or name.endswith(".wav"):
                chosen[key] = (part, Utterance(str(path), name, speaker, 0, 0))
    yield from chosen.values()


def _librispeech(root: Path, subsets: Sequence[str]) -> Iterator[tuple[str, Utterance]]:
    folders = {folder.name: folder for folder in _librispeech_folders(root)}
    for subset in subsets:
        part = split_of_subset(subset)
        if part is None or subset not in folders:
            there = ", ".join(sorted(folders)) or "none"
            raise ValueError(
                f"Each subset must be a folder of LibriSpeech, and there are {there}. "
                f"Received: {subset!r} of {','.join(subsets)}, in {str(root)!r}."
            )
        for path in recordings(folders[subset], suffixes=SUFFIXES):
            yield part, utterance_at(folders[subset].parent, path, 2)


def _vctk(root: Path) -> Iterator[tuple[str, Utterance]]:
    for folder in _vctk_folders(root)[:1]:
        depth = len(folder.relative_to(root).parts) + 1
        for path in recordings(folder, suffixes=SUFFIXES):
            if not path.stem.endswith("_mic2"):
                yield "", utterance_at(root, path, depth)


def _wsj0_folders(root: Path) -> list[Path]:
    """Finds the folders at any depth: a copy may keep one folder for each disc."""
    if root.name.lower() in _WSJ0_FOLDERS:
        return [root]
    folders = []
    for parent, names, _ in os.walk(root, followlinks=True):
        own = [name for name in names if name.lower() in _WSJ0_FOLDERS]
        folders += [Path(parent, name) for name in own]
        names[:] = sorted(set(names) - set(own))
    return sorted(folders)


def _librispeech_folders(root: Path) -> list[Path]:
    return sorted(
        folder
        for parent in (root, root / "LibriSpeech")
        for folder in parent.glob("*-*")
        if folder.is_dir()
        and folder.name.partition("-")[0] in _LIBRISPEECH_PARTS
        and folder.name.partition("-")[2].partition("-")[0] in ("clean", "other")
    )


def _vctk_folders(root: Path) -> list[Path]:
    return [
        folder
        for name in _VCTK_FOLDERS
        for folder in (root / name, *sorted(root.glob(f"*/{name}")))
        if folder.is_dir()
    ]
