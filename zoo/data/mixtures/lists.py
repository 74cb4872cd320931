"""Lists that say what to mix: those of wsj0-2mix, and the metadata of LibriMix."""

import csv
import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath

from zoo.data.corpora.corpus import Utterance
from zoo.data.corpora.layouts import split_of_subset
from zoo.data.mixtures.mixing import MixtureSpec
from zoo.files import write_text

# The folder of each split.
FOLDERS = {"train": "tr", "valid": "cv", "test": "tt"}
_SPHERE_SUFFIX = re.compile(r"\.wv1$", re.IGNORECASE)


def as_listed(specs: Iterable[MixtureSpec]) -> list[MixtureSpec]:
    """Returns mixtures as a list of them is read: each name is there once.

    Levels are rounded to five digits, as in the names of the files and in the
    published lists, so that a list says all there is to a set.
    """
    listed: dict[str, MixtureSpec] = {}
    for spec in specs:
        levels_db = tuple(float(f"{level_db:.5g}") for level_db in spec.levels_db)
        spec = replace(spec, levels_db=levels_db)
        name = spec.name
        while name in listed:
            name += "_again"
        listed[name] = replace(spec, given_name=name)
    return list(listed.values())


def list_name(num_speakers: int, split: str) -> str:
    """Returns the name of the list of a split, such as `mix_2_spk_tr.txt`."""
    return f"mix_{num_speakers}_spk_{FOLDERS[split]}.txt"


def detect_lists(folder: str | Path) -> str:
    """Returns `"wsj0"` or `"librimix"`, whichever lists the folder holds.

    Raises:
        ValueError: If it holds neither.
    """
    for kind, pattern in (("wsj0", "mix_*_spk_*.txt"), ("librimix", "libri*mix_*.csv")):
        if any(Path(folder).glob(pattern)):
            return kind
    raise ValueError(
        "A folder of lists must hold mix_2_spk_tr.txt, ..._cv.txt and ..._tt.txt, as "
        "MERL published them, or libri2mix_train-clean-100.csv and so on, of LibriMix. "
        f"Received: {str(folder)!r}."
    )


def read_list(
    path: str | Path, utterances: Iterable[Utterance], num_speakers: int = 2
) -> list[MixtureSpec]:
    """Reads a list of wsj0-2mix.

    Each line is `wsj0/si_tr_s/011/011a0101.wav 0.97482
    wsj0/si_tr_s/209/209a010p.wav -0.97482`: a file and its level in dB for each
    speaker. A file stands for the utterance of that name, whatever the suffix, case
    and the folders above the corpus.

    Args:
        path: The list.
        utterances: Of the corpus.
        num_speakers: In each line.

    Returns:
        The mixture of each line. A file that the corpus has not got becomes an
        utterance whose `path` is that of the list.

    Raises:
        ValueError: If the list is missing, empty or has another form.
    """
    _check_exists(path)
    index = {_key(utterance.name, 1): utterance for utterance in utterances}
    specs = []
    for number, line in enumerate(_lines(path), start=1):
        words = line.split()
        try:
            levels_db = tuple(float(word) for word in words[1::2])
        except ValueError:
            levels_db = ()
        if len(words) != 2 * num_speakers or len(levels_db) != num_speakers:
            raise ValueError(
                f"Each line must have a file and a level in dB for {num_speakers} "
                f"speakers. Received: {line!r} in line {number} of {str(path)!r}."
            )
        found = tuple(_resolve(word, index) for word in words[::2])
        specs.append(MixtureSpec(found, levels_db))
    return as_listed(specs)


def write_list(path: str | Path, specs: Iterable[MixtureSpec]) -> None:
    """Writes a list of wsj0-2mix, which `read_list` reads back.

    As in the published lists, SPHERE files have the name of the WAV files that
    other programs want.
    """
    lines = [
        " ".join(
            f"{_SPHERE_SUFFIX.sub('.wav', utterance.name)} {level_db:.5g}"
            for utterance, level_db in zip(spec.utterances, spec.levels_db, strict=True)
        )
        for spec in specs
    ]
    write_text(path, "".join(f"{line}\n" for line in lines))


def read_librimix(
    path: str | Path,
    utterances: Iterable[Utterance],
    num_speakers: int = 2,
    noise_dir: str | Path | None = None,
) -> list[MixtureSpec]:
    """Reads the metadata of LibriMix.

    The columns are `mixture_ID`, `source_1_path`, `source_1_gain` and so on, and
    `noise_path` and `noise_gain`. Gains are factors, not dB.

    Args:
        path: The CSV file.
        utterances: Of LibriSpeech.
        num_speakers: In each mixture.
        noise_dir: Folder of the noises, WHAM's `wham_noise`; `None` leaves the
            noise out, as in LibriMix's `mix_clean`.

    Returns:
        The mixture of each row; see `read_list`.

    Raises:
        ValueError: If the file is missing or has other columns or no numbers.
    """
    _check_exists(path)
    index = {_key(utterance.name, 1): utterance for utterance in utterances}
    parts = [f"source_{k + 1}" for k in range(num_speakers)]
    parts += ["noise"] if noise_dir is not None else []
    specs = []
    with open(path, newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            try:
                paths = [row[f"{part}_path"] for part in parts]
                gains = tuple(float(row[f"{part}_gain"]) for part in parts)
                name = row["mixture_ID"]
            except (KeyError, TypeError, ValueError) as error:
                needed = ", ".join(f"{part}_path, {part}_gain" for part in parts)
                raise ValueError(
                    f"The metadata must have columns mixture_ID, {needed}, with "
                    f"numbers for gains. Received: {str(path)!r} ({error!r}). "
                    "Set --num_speakers, and --noise_dir only for metadata of noises."
                ) from error
            found = [_resolve(listed, index) for listed in paths[:num_speakers]]
            if noise_dir is not None:
                file_path = str(Path(noise_dir) / paths[-1])
                found.append(Utterance(file_path, f"noise/{paths[-1]}", "noise", 0, 0))
            specs.append(
                MixtureSpec(tuple(found), (), gains, noise_dir is not None, name)
            )
    if not specs:
        raise ValueError(f"The metadata must have rows. Received: {str(path)!r}.")
    return specs


def read_lists(
    folder: str | Path,
    kind: str,
    utterances: Sequence[Utterance],
    splits: Sequence[str],
    num_speakers: int = 2,
    subsets: Sequence[str] = (),
    noise_dir: str | Path | None = None,
) -> dict[str, list[MixtureSpec]]:
    """Reads the lists of several splits.

    Args:
        folder: Holds the lists.
        kind: `"wsj0"` or `"librimix"`; see `detect_lists`.
        utterances: Of the corpus.
        splits: Of `zoo.data.corpora.splits.SPLITS`.
        num_speakers: In each mixture.
        subsets: Of LibriMix, such as `train-clean-100`; one for each of the splits.
        noise_dir: See `read_librimix`.

    Returns:
        The mixtures of each split.

    Raises:
        ValueError: If a list is missing or wrong, or if none of the files that the
            lists name is in the corpus.
    """
    plans = {}
    for split in splits:
        if kind == "wsj0":
            path = Path(folder) / list_name(num_speakers, split)
            plans[split] = read_list(path, utterances, num_speakers)
            continue
        own = [subset for subset in subsets if split_of_subset(subset) == split]
        if not own:
            raise ValueError(
                f"Each split must have a subset. Received: {','.join(subsets)}, none "
                f"for {split!r}. Name one or leave the split out."
            )
        plans[split] = [
            spec
            for subset in own
            for spec in read_librimix(
                Path(folder) / f"libri{num_speakers}mix_{subset}.csv",
                utterances,
                num_speakers,
                noise_dir,
            )
        ]
    _check_found(plans, utterances)
    return plans


def fingerprint(specs: Iterable[MixtureSpec]) -> str:
    """Returns a short text that differs where the mixtures do; folders do not count."""
    digest = hashlib.sha256()
    for spec in specs:
        text = repr((spec.name, spec.levels_db, spec.gains, spec.noise))
        digest.update(text.encode("utf-8"))
    return digest.hexdigest()[:16]


def _check_found(
    plans: dict[str, list[MixtureSpec]], utterances: Sequence[Utterance]
) -> None:
    """Tells a wrong corpus from one in which files are missing."""
    listed = [u for specs in plans.values() for spec in specs for u in spec.utterances]
    found = {utterance.path for utterance in utterances}
    if not any(utterance.path in found for utterance in listed):
        raise ValueError(
            "The corpus must be the one that the lists are for. Received: a corpus "
            f"with {len(found)} recordings, such as {utterances[0].path!r}, and none "
            f"of those in the lists, such as {listed[0].name!r}."
        )


def _check_exists(path: str | Path) -> None:
    if not Path(path).is_file():
        raise ValueError(f"The list must exist. Received: {str(path)!r}.")


def _lines(path: str | Path) -> list[str]:
    text = Path(path).read_text("utf-8", "replace")
    lines = [line for line in text.splitlines() if line.strip()]
    if not lines:
        raise ValueError(f"The list must have lines. Received: {str(path)!r}.")
    return lines


def _key(name: str, skip: int) -> str:
    """Returns what tells an utterance, without the first folders and the suffix."""
    parts = PurePosixPath(name.replace("\\", "/").lower()).with_suffix("").parts
    return "/".join(parts[skip:])


def _resolve(listed: str, index: dict[str, Utterance]) -> Utterance:
    parts = PurePosixPath(listed.replace("\\", "/")).parts
    for skip in range(len(parts)):
        utterance = index.get(_key(listed, skip))
        if utterance is not None:
            return utterance
    speaker = "/".join((parts[0], *parts[:-1][-1:]))
    return Utterance(listed, listed, speaker, 0, 0)
