"""Files of a mixture, `mix/x.wav`, `s1/x.wav` and so on, and the table of them."""

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path

from zoo.data import audio
from zoo.data.corpora.corpus import Utterance
from zoo.data.mixtures.mixing import Mixture
from zoo.files import atomic_file

FOLDERS = {"train": "tr", "valid": "cv", "test": "tt"}
TABLE = "mixtures.csv"


def part_names(num_sources: int, noise: bool = False) -> list[str]:
    """Returns the folders of the sources: `s1`, `s2`, ..., and `noise`, the last."""
    speakers = num_sources - noise
    return [f"s{k + 1}" for k in range(speakers)] + ["noise"] * noise


def write_mixture(
    folder: str | Path,
    name: str,
    mixture: Mixture,
    sample_rate: int,
    subtype: str = "PCM_16",
    noise: bool = False,
) -> None:
    """Writes the sources of a mixture, then the mixture, each whole or not at all.

    Args:
        folder: Where to put `mix`, `s1`, `s2` and so on.
        name: Of the files, without suffix.
        mixture: What to write.
        sample_rate: In Hz.
        subtype: `"PCM_16"` rounds the sources to 16 bits and then adds them, so
            that a mixture is the exact sum of its sources; `"FLOAT"` does not.
        noise: Whether the last source is a noise, for the folder `noise`.
    """
    folder, signal, sources = Path(folder), mixture.mixture, mixture.sources
    if subtype == "PCM_16":
        sources = audio.to_int16(sources) / 32768
        signal = sources.sum(axis=0)
    for part, source in zip(part_names(len(sources), noise), sources, strict=True):
        audio.write(folder / part / f"{name}.wav", source, sample_rate, subtype)
    audio.write(folder / "mix" / f"{name}.wav", signal, sample_rate, subtype)


def table_row(
    name: str,
    utterances: Sequence[Utterance],
    levels_db: Sequence[float],
    lengths: Sequence[int],
    mixture: Mixture,
    sample_rate: int,
    noise: bool = False,
) -> dict[str, str]:
    """Says what was mixed.

    Args:
        name: Of the files.
        utterances: One for each source.
        levels_db: Of the sources; empty if they were not given.
        lengths: Of the whole recordings, at `sample_rate`.
        mixture: What was made.
        sample_rate: In Hz.
        noise: Whether the last source is a noise.

    Returns:
        The row by column. Starts and stops are samples at `sample_rate`.
    """
    samples = len(mixture.mixture)
    row = {"name": name, "samples": f"{samples}", "sample_rate": f"{sample_rate}"}
    row["snr_db"] = f"{levels_db[0] - levels_db[1]:.9g}" if levels_db else ""
    for k, part in enumerate(part_names(len(utterances), noise)):
        row[f"{part}_utterance"] = utterances[k].name
        row[f"{part}_speaker"] = utterances[k].speaker
        row[f"{part}_start"] = "0"
        row[f"{part}_stop"] = f"{min(samples, lengths[k])}"
        row[f"{part}_level_db"] = f"{levels_db[k]:.9g}" if levels_db else ""
        row[f"{part}_gain"] = f"{mixture.gains[k]:.9g}"
    return row


def write_table(folder: str | Path, rows: Sequence[dict[str, str]]) -> None:
    """Writes `mixtures.csv`, if there are rows."""
    if rows:
        with atomic_file(Path(folder) / TABLE) as file:
            file.write(as_csv([list(rows[0]), *(row.values() for row in rows)]))


def as_csv(rows: Iterable[Iterable[str]]) -> bytes:
    """Returns lines of CSV."""
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode("utf-8")


def old_files(folder: str | Path) -> Iterable[Path]:
    """Yields the audio of an earlier run, half-written files included."""
    for part in ("mix", "s[0-9]*", "noise"):
        for path in Path(folder).glob(f"{part}/*"):
            if path.suffix in (".wav", ".partial"):
                yield path
