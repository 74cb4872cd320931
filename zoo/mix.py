r"""Writes mixtures of speakers to disk, in the layout of wsj0-2mix.

    python -m zoo.mix --corpus=DIR[,DIR] --split_file=FILE --output_dir=DIR \
        --num_mixtures=20000,5000,3000 --mode=min --sample_rate=8000

A corpus is a folder of speakers, each a folder of WAV, FLAC or OGG files. The
output is `tr|cv|tt/{mix,s1,s2}/*.wav`, with a `mixtures.csv` in each of the three
that says what was mixed. The same seed and files give the same mixtures.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from absl import app, flags
from tqdm import tqdm

from zoo import command
from zoo.data.corpora.corpus import Corpus, scan
from zoo.data.corpora.splits import SPLITS, load_speakers, split_speakers
from zoo.data.mixtures.mixing import MixtureSpec, draw, mix_files
from zoo.data.mixtures.mixture_files import (
    FOLDERS,
    TABLE,
    old_files,
    table_row,
    write_mixture,
    write_table,
)

__all__ = ["FOLDERS", "define_flags", "main", "write_mixtures"]


def define_flags() -> None:
    """Defines the flags of the command."""
    flags.DEFINE_list("corpus", None, "Folders of speakers.", required=True)
    flags.DEFINE_string(
        "split_file",
        None,
        "Speakers of each split: JSON {split: {corpus: [speaker, ...]}} or "
        "{split: [speaker, ...]}, or lines `speaker,split`. Without it, "
        "the speakers are shared out at random, in `split_proportions`.",
    )
    flags.DEFINE_list(
        "split_proportions", ["0.8", "0.1", "0.1"], "Speakers in train, valid, test."
    )
    flags.DEFINE_list("split", list(SPLITS), "Splits to write.")
    flags.DEFINE_string("output_dir", None, "Folder to write to.", required=True)
    flags.DEFINE_list(
        "num_mixtures", ["20000", "5000", "3000"], "Mixtures of each `split`."
    )
    flags.DEFINE_integer("num_speakers", 2, "Speakers in a mixture.", lower_bound=2)
    flags.DEFINE_enum(
        "mode",
        "min",
        ["min", "max"],
        "Whether a mixture ends with its shortest or its longest recording.",
    )
    flags.DEFINE_integer(
        "sample_rate",
        None,
        "Rate of the mixtures, in Hz; others are resampled to it. Without it, that "
        "of the recordings.",
        lower_bound=1,
    )
    flags.DEFINE_list(
        "snr_range_db", ["0", "5"], "Range of the SNR of the first to the second."
    )
    flags.DEFINE_integer("seed", 0, "Seed of all that is drawn.", lower_bound=0)
    flags.DEFINE_enum(
        "subtype", "PCM_16", ["PCM_16", "FLOAT"], "Samples of the WAV files."
    )
    flags.DEFINE_bool(
        "skip_broken", False, "Leave out broken files, with a warning for each."
    )
    flags.DEFINE_bool("overwrite", False, "Remove the mixtures of an earlier run.")


def main(argv: Sequence[str]) -> None:
    """Runs the command on the parsed flags."""
    if len(argv) > 1:
        raise app.UsageError(f"Unexpected argument: {argv[1]}. All input is in flags.")
    arguments = flags.FLAGS
    counts = _numbers("num_mixtures", int, len(arguments.split))
    low_db, high_db = _numbers("snr_range_db", float, 2)
    unknown = set(arguments.split) - set(SPLITS)
    if unknown or len(set(arguments.split)) < len(arguments.split):
        raise app.UsageError(
            f"--split must name some of {','.join(SPLITS)}, each once. "
            f"Received: --split={','.join(arguments.split)}."
        )
    plans = {}
    for split, corpus in _corpora(arguments).items():
        # Each split has a seed of its own.
        seed = len(SPLITS) * arguments.seed + SPLITS.index(split)
        count = counts[arguments.split.index(split)]
        specs = draw(corpus, count, arguments.num_speakers, (low_db, high_db), seed)
        rate = arguments.sample_rate or corpus.common_sample_rate()
        folder = Path(arguments.output_dir) / FOLDERS[split]
        _clear(folder, arguments.overwrite)
        plans[folder] = (specs, rate)
    for folder, (specs, rate) in plans.items():
        write_mixtures(folder, specs, rate, arguments.mode, arguments.subtype)
    total = sum(len(specs) for specs, _ in plans.values())
    print(f"Wrote {total} mixtures to {arguments.output_dir}.")


def write_mixtures(
    folder: str | Path,
    specs: Sequence[MixtureSpec],
    sample_rate: int,
    mode: str = "min",
    subtype: str = "PCM_16",
) -> None:
    """Makes mixtures and writes them, then `mixtures.csv`, with a progress bar.

    Each file, the mixture after its sources, appears when it is complete.

    Args:
        folder: Where to put `mix`, `s1`, `s2` and so on.
        specs: What to mix.
        sample_rate: Of the mixtures, in Hz; recordings are resampled to it.
        mode: `"min"` or `"max"`; see `zoo.data.mix`.
        subtype: `"PCM_16"` rounds the sources to 16 bits and then adds them, so
            that a mixture is the exact sum of its sources; `"FLOAT"` does not.

    Raises:
        ValueError: If a recording is broken or silent; the message names it.
    """
    rows: dict[str, dict[str, str]] = {}
    for spec in tqdm(specs, f"Mixing {Path(folder).name}", unit="mixture"):
        mixture = mix_files(spec, sample_rate, mode)
        name = spec.name
        while name in rows:
            name += "_again"
        lengths = [
            -(-u.samples * sample_rate // u.sample_rate) for u in spec.utterances
        ]
        rows[name] = table_row(
            name, spec.utterances, spec.levels_db, lengths, mixture, sample_rate
        )
        write_mixture(folder, name, mixture, sample_rate, subtype)
    write_table(folder, list(rows.values()))


def _corpora(arguments: flags.FlagValues) -> dict[str, Corpus]:
    def read(speakers: set[str] | None) -> Corpus:
        return scan(
            arguments.corpus, speakers=speakers, skip_broken=arguments.skip_broken
        )

    if arguments.split_file:
        return {
            split: read(load_speakers(arguments.split_file, split))
            for split in arguments.split
        }
    proportions = _numbers("split_proportions", float, len(SPLITS))
    corpus = read(None)
    shares = split_speakers(corpus.speakers, proportions, arguments.seed)
    return {split: corpus.of_speakers(shares[split]) for split in arguments.split}


def _numbers(flag: str, kind: type, count: int) -> tuple[Any, ...]:
    texts = flags.FLAGS[flag].value
    try:
        numbers = tuple(kind(text) for text in texts)
    except ValueError:
        numbers = ()
    if len(numbers) != count or (kind is int and min(numbers) < 0):
        raise app.UsageError(
            f"--{flag} must be {count} numbers with commas between them. "
            f"Received: --{flag}={','.join(texts)}."
        )
    return numbers


def _clear(folder: Path, overwrite: bool) -> None:
    """Removes the audio of an earlier run, if that is wanted."""
    old = list(old_files(folder))
    if old and not overwrite:
        raise ValueError(
            f"The output must be a new folder. Received: {str(folder)!r}, with "
            f"{len(old)} files of an earlier run. Remove them or add --overwrite."
        )
    for path in old:
        path.unlink()
    (folder / TABLE).unlink(missing_ok=True)


if __name__ == "__main__":
    command.run(main, define_flags)
