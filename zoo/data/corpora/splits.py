"""Which speakers are for training, validation and test."""

import csv
import json
from collections.abc import Collection, Sequence
from pathlib import Path

import numpy as np

from zoo.data.corpora.drawing import random_generator

SPLITS = ("train", "valid", "test")
_SPEAKERS = 3  # The word after the seed; see `zoo.data.corpora.drawing`.


def load_speakers(
    split_file: str | Path, split: str, corpus_name: str | None = None
) -> set[str]:
    """Reads the speakers of one split from a file.

    The file is JSON, `{split: {corpus: [speaker, ...]}}` or
    `{split: [speaker, ...]}`, or text with a line `speaker,split` for each speaker.

    Args:
        split_file: The file.
        split: Name of the split, such as `"train"`.
        corpus_name: Corpus to which to limit the first form.

    Returns:
        The speakers as `zoo.data.scan` takes them: `corpus/speaker` from the first
        form, `speaker` from the others.

    Raises:
        ValueError: If the file is missing or has none of the forms, or if the
            split or the corpus is not in it.
    """
    splits = _read(Path(split_file))
    if not splits.get(split):
        raise ValueError(
            f"`split` must be a split of {str(split_file)!r}: "
            f"{', '.join(sorted(splits))}. Received: split={split!r}."
        )
    speakers = splits[split]
    if isinstance(speakers, list):
        return {str(speaker) for speaker in speakers}
    if corpus_name is not None and corpus_name not in speakers:
        raise ValueError(
            f"The corpus must be in split {split!r} of {str(split_file)!r}: "
            f"{', '.join(sorted(speakers))}. Received: corpus_name={corpus_name!r}."
        )
    return {
        f"{corpus}/{speaker}"
        for corpus, names in speakers.items()
        for speaker in names
        if corpus_name in (None, corpus)
    }


def split_speakers(
    speakers: Collection[str],
    proportions: Sequence[float] = (0.8, 0.1, 0.1),
    seed: int = 0,
) -> dict[str, set[str]]:
    """Shares speakers out among training, validation and test at random.

    Args:
        speakers: Names; their order does not matter.
        proportions: Of the speakers in train, valid and test. Their sum is 1.
        seed: The same seed gives the same splits on every machine.

    Returns:
        The speakers of each split.

    Raises:
        ValueError: If the proportions are negative or do not add up to 1.
    """
    if (
        len(proportions) != 3
        or min(proportions) < 0
        or abs(sum(proportions) - 1) > 1e-6
    ):
        raise ValueError(
            "`proportions` must be three numbers, not negative, with the sum 1. "
            f"Received: proportions={tuple(proportions)}."
        )
    names = sorted(speakers)
    scores = random_generator(seed, _SPEAKERS).random(len(names))
    order = np.argsort(scores, kind="stable")
    bounds = [0, *np.rint(np.cumsum(proportions) * len(names)).astype(int)]
    return {
        split: {names[i] for i in order[bounds[k] : bounds[k + 1]]}
        for k, split in enumerate(SPLITS)
    }


def _read(path: Path) -> dict[str, dict[str, list[str]] | list[str]]:
    if not path.is_file():
        raise ValueError(f"The split file must exist. Received: {str(path)!r}.")
    text = path.read_text(encoding="utf-8")
    if not text.lstrip().startswith(("{", "[")):
        splits: dict[str, dict[str, list[str]] | list[str]] = {}
        for row in csv.reader(text.splitlines()):
            if len(row) != 2:
                raise ValueError(
                    "Each line of a split file must be `speaker,split`. "
                    f"Received: {','.join(row)!r} in {str(path)!r}."
                )
            splits.setdefault(row[1].strip(), []).append(row[0].strip())  # type: ignore[union-attr]
        return splits
    try:
        splits = json.loads(text)
        well_formed = isinstance(splits, dict) and all(
            isinstance(names, list)
            or (
                isinstance(names, dict)
                and all(isinstance(inner, list) for inner in names.values())
            )
            for names in splits.values()
        )
    except json.JSONDecodeError:
        well_formed = False
    if not well_formed:
        raise ValueError(
            "A split file must be {split: {corpus: [speaker, ...]}} or "
            f"{{split: [speaker, ...]}}. Received: {str(path)!r}."
        )
    return splits
