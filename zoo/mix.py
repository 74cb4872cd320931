r"""Makes sets of mixtures of speakers, in the layout of wsj0-2mix.

    python -m zoo.mix --corpus=DIR[,DIR] --output_dir=DIR --sample_rate=8000 \
        --num_mixtures=20000,5000,3000
    python -m zoo.mix --corpus=WSJ0 --lists=LISTS --meter=voicebox --output_dir=DIR \
        --sample_rate=8000,16000 --mode=min,max

A corpus is a folder of speakers, each a folder of WAV, FLAC or OGG files; or WSJ0
(LDC93S6A) with SPHERE files, compressed or not, LibriSpeech, LibriMix
(--corpus=LIBRISPEECH --lists=METADATA) or VCTK. The lists of wsj0-2mix come with
https://www.merl.com/research/highlights/deep-clustering
(create-speaker-mixtures.zip). Without --lists, mixtures are drawn, and the same seed
and files give the same.

The output is `tr|cv|tt/{mix,s1,s2}/*.wav`, with a `mixtures.csv` in each of the three
that says what was mixed; with several rates or modes it is below
`2speakers/{wav8k,wav16k}/{min,max}`. A killed run continues when it is started again.
A broken or missing recording is named, also in `broken.txt`; mixtures that need it are
left out, the rest is made, and the exit status is 1.
"""

import contextlib
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from absl import app, flags

from zoo import command
from zoo.data.audio import sphere
from zoo.data.corpora import layouts
from zoo.data.corpora.corpus import Utterance, corpus_folders
from zoo.data.corpora.splits import SPLITS
from zoo.data.mixtures import lists, sets
from zoo.data.mixtures.lists import FOLDERS
from zoo.data.mixtures.making import Variant, sample_rate_of
from zoo.data.mixtures.mixing import MixtureSpec, draw
from zoo.data.mixtures.sets import write_mixtures
from zoo.files import write_text

__all__ = ["FOLDERS", "define_flags", "main", "write_mixtures"]

COUNTS = (20000, 5000, 3000)


def define_flags() -> None:
    """Defines the flags of the command."""
    flags.DEFINE_list(
        "corpus", None, "Folder of the corpus, or several.", required=True
    )
    flags.DEFINE_enum(
        "layout",
        "auto",
        ["auto", *layouts.LAYOUTS, "librimix"],
        "How the corpus is laid out; see docs/data.md. `auto` looks at the names of "
        "its folders and of the lists.",
    )
    flags.DEFINE_string(
        "lists",
        None,
        "Folder of mix_2_spk_tr.txt, ..._cv.txt and ..._tt.txt, or of the metadata of "
        "LibriMix. Without it, mixtures are drawn by `seed`.",
    )
    flags.DEFINE_list(
        "subsets",
        list(layouts.LIBRISPEECH_SUBSETS),
        "Folders of LibriSpeech, or metadata of LibriMix, to take.",
    )
    flags.DEFINE_string(
        "noise_dir", None, "Noises of LibriMix (WHAM's wham_noise); without it, none."
    )
    flags.DEFINE_string("output_dir", None, "Folder to write to.", required=True)
    _define_flags_of_mixtures()
    _define_flags_of_files()


def _define_flags_of_mixtures() -> None:
    flags.DEFINE_list("split", list(SPLITS), "Splits to make.")
    flags.DEFINE_string(
        "split_file",
        None,
        "Speakers of each split: JSON {split: {corpus: [speaker, ...]}} or "
        "{split: [speaker, ...]}, or lines `speaker,split`. Without it, speakers of a "
        "corpus without splits are shared out at random, in `split_proportions`.",
    )
    flags.DEFINE_list(
        "split_proportions", ["0.8", "0.1", "0.1"], "Speakers in train, valid, test."
    )
    flags.DEFINE_list(
        "num_mixtures",
        None,
        "Mixtures of each `split`: the first of the lists, all if not given; or drawn, "
        f"{','.join(map(str, COUNTS))} if not given.",
    )
    flags.DEFINE_integer("num_speakers", 2, "Speakers in a mixture.", lower_bound=2)
    flags.DEFINE_list(
        "snr_range_db", ["0", "5"], "Range of the SNR of the first to the second."
    )
    flags.DEFINE_integer("seed", 0, "Seed of all that is drawn.", lower_bound=0)


def _define_flags_of_files() -> None:
    flags.DEFINE_list(
        "sample_rate",
        [],
        "Rate of the mixtures, in Hz, or several; recordings are resampled to it. "
        "Without it, that of the recordings.",
    )
    flags.DEFINE_list(
        "mode",
        ["min"],
        "`min` ends with the shortest recording, `max` with the longest; or both.",
    )
    flags.DEFINE_bool(
        "variant_folders",
        None,
        "Whether to write below 2speakers/wav8k/min and so on, to which others can be "
        "added; by default with several rates or modes.",
    )
    flags.DEFINE_enum(
        "meter",
        "p56",
        ["p56", "voicebox"],
        "Levels by ITU-T P.56 as it is, or after a high-pass filter at 200 Hz, as in "
        "the published set of wsj0-2mix.",
    )
    flags.DEFINE_enum(
        "subtype", "PCM_16", ["PCM_16", "FLOAT"], "Samples of the WAV files."
    )
    flags.DEFINE_integer(
        "num_workers",
        None,
        "Processes, half a gigabyte each; one for each core, at most 8, if not given.",
        lower_bound=1,
    )
    flags.DEFINE_string(
        "sph2pipe",
        None,
        "Program that decompresses SPHERE files, if neither `sph2pipe` nor `ffmpeg` "
        "is on the PATH.",
    )
    flags.DEFINE_bool(
        "skip_broken", False, "End with status 0 although mixtures are left out."
    )
    flags.DEFINE_bool("overwrite", False, "Remove the mixtures of an earlier run.")


def main(argv: Sequence[str]) -> int:
    """Runs the command on the parsed flags; returns the exit status."""
    if len(argv) > 1:
        raise app.UsageError(f"Unexpected argument: {argv[1]}. All input is in flags.")
    arguments = flags.FLAGS
    rates, counts = _check(arguments)
    decoder = sphere.find_decoder(arguments.sph2pipe)
    layout = _layout(arguments)
    plans = _plans(arguments, layout, counts)
    root = Path(arguments.output_dir)
    pairs = [(r, m) for r in rates or [_common_rate(plans)] for m in arguments.mode]
    apart = arguments.variant_folders
    if apart or (apart is None and len(pairs) > 1):
        root /= f"{arguments.num_speakers}speakers"
        names = [f"wav{rate / 1000:g}k/{mode}" for rate, mode in pairs]
    elif len(pairs) > 1:
        raise app.UsageError(
            "Several rates or modes must have folders of their own. Received: "
            "--novariant_folders. Leave it out."
        )
    else:
        names = [""]
    variants = {
        split: [
            Variant(str(root / name / FOLDERS[split]), *pair)
            for name, pair in zip(names, pairs, strict=True)
        ]
        for split in plans
    }
    description = {
        "layout": layout,
        "drawn": not arguments.lists,
        "seed": None if arguments.lists else arguments.seed,
        "num_speakers": arguments.num_speakers,
        "meter": arguments.meter,
        "subtype": arguments.subtype,
    }
    ready = [
        sets.prepare(variants[split], plans[split], description, arguments.overwrite)
        for split in plans
    ]
    for begin in ready:
        begin()
    if not arguments.lists:
        for split, specs in plans.items():
            name = lists.list_name(arguments.num_speakers, split)
            lists.write_list(root / "lists" / name, specs)
    summary = sets.Summary()
    for split, specs in plans.items():
        sets.make(
            variants[split],
            specs,
            arguments.subtype,
            decoder,
            arguments.meter,
            arguments.num_workers,
            f"Mixing {FOLDERS[split]}",
            summary,
        )
    return _finish(root, summary, len(pairs))


def _check(arguments: flags.FlagValues) -> tuple[list[int], dict[str, int | None]]:
    """Checks the flags; returns the rates and the number of mixtures of splits."""
    for flag, allowed in (("split", SPLITS), ("mode", ("min", "max"))):
        given = arguments[flag].value
        if not given or len(set(given)) < len(given) or set(given) - set(allowed):
            raise app.UsageError(
                f"--{flag} must name some of {','.join(allowed)}, each once. "
                f"Received: --{flag}={','.join(given)}."
            )
    rates = _numbers("sample_rate", int, len(set(arguments.sample_rate)))
    if 0 in rates:
        raise app.UsageError("--sample_rate must be positive. Received: 0.")
    if arguments.num_mixtures is None:
        counts: list[int | None] = [
            None if arguments.lists else COUNTS[SPLITS.index(split)]
            for split in arguments.split
        ]
    else:
        counts = _numbers("num_mixtures", int, len(arguments.split))
    if arguments.noise_dir and not os.path.isdir(arguments.noise_dir):
        raise ValueError(
            f"The noises must be in a folder. Received: {arguments.noise_dir!r}."
        )
    return rates, dict(zip(arguments.split, counts, strict=True))


def _layout(arguments: flags.FlagValues) -> str:
    """Returns the layout, found if need be; checks that it agrees with the lists."""
    kind = lists.detect_lists(arguments.lists) if arguments.lists else None
    layout = arguments.layout
    if layout == "auto":
        found = sorted({layouts.detect_layout(folder) for folder in arguments.corpus})
        if len(found) > 1:
            raise app.UsageError(
                "Several corpora must have one layout. Received: "
                f"{', '.join(found)}. Name one: --layout=speakers."
            )
        layout = "librimix" if kind == "librimix" else found[0]
        print(f"Layout: {layout}.", flush=True)
    if (layout == "librimix") != (kind == "librimix"):
        raise app.UsageError(
            "The metadata of LibriMix and --layout=librimix go together. Received: "
            f"--layout={layout} and --lists={arguments.lists or ''}."
        )
    if arguments.noise_dir and layout != "librimix":
        raise app.UsageError(
            "--noise_dir is for the metadata of LibriMix. "
            f"Received: --noise_dir={arguments.noise_dir}, with layout {layout}."
        )
    return layout


def _plans(
    arguments: flags.FlagValues, layout: str, counts: dict[str, int | None]
) -> dict[str, list[MixtureSpec]]:
    """Returns what to mix in each split."""
    of_corpus = "librispeech" if layout == "librimix" else layout
    subsets = [
        subset
        for subset in arguments.subsets
        if layouts.split_of_subset(subset) in (None, *arguments.split)
    ]
    found = [
        pair
        for root in corpus_folders(arguments.corpus)
        for pair in layouts.find_utterances(root, of_corpus, subsets)
    ]
    utterances = [utterance for _, utterance in found]
    if arguments.lists:
        plans = lists.read_lists(
            arguments.lists,
            "librimix" if layout == "librimix" else "wsj0",
            utterances,
            arguments.split,
            arguments.num_speakers,
            subsets,
            arguments.noise_dir,
        )
        plans = {split: specs[: counts[split]] for split, specs in plans.items()}
    else:
        plans = _drawn(arguments, layout, found, counts)
    speakers = {utterance.speaker for utterance in utterances}
    print(f"Found {len(utterances)} recordings of {len(speakers)} speakers.")
    for split, specs in plans.items():
        used = {u.speaker for spec in specs for u in spec.utterances}
        print(f"{FOLDERS[split]}: {len(specs)} mixtures of {len(used)} speakers.")
    return plans


def _drawn(
    arguments: flags.FlagValues,
    layout: str,
    found: list[tuple[str, Utterance]],
    counts: dict[str, int | None],
) -> dict[str, list[MixtureSpec]]:
    low_db, high_db = _numbers("snr_range_db", float, 2)
    corpora = layouts.split_corpus(
        found,
        layout,
        arguments.split,
        arguments.seed,
        arguments.split_file,
        _numbers("split_proportions", float, len(SPLITS)),
    )
    plans = {}
    for split, corpus in corpora.items():
        # Each split has a seed of its own.
        seed = len(SPLITS) * arguments.seed + SPLITS.index(split)
        count, snr_range_db = counts[split] or 0, (low_db, high_db)
        try:
            specs = draw(corpus, count, arguments.num_speakers, snr_range_db, seed)
        except ValueError as error:
            raise ValueError(f"{error} This is about split {split!r}.") from error
        plans[split] = lists.as_listed(specs)
    return plans


def _common_rate(plans: dict[str, list[MixtureSpec]]) -> int:
    """Returns the one rate of all recordings to mix, in Hz."""
    rates = set()
    used = {u.path for specs in plans.values() for s in specs for u in s.utterances}
    for path in used:
        # A broken one is named when it is to be mixed.
        with contextlib.suppress(ValueError, OSError):
            rates.add(sample_rate_of(path))
    if len(rates) > 1:
        raise ValueError(
            "All recordings must have one sample rate unless one to resample to "
            f"is given. Received: {', '.join(map(str, sorted(rates)))} Hz. "
            "Add --sample_rate."
        )
    # Without any, there is nothing to mix but what is broken.
    return rates.pop() if rates else 8000


def _finish(root: Path, summary: sets.Summary, num_variants: int) -> int:
    """Names what is broken, sums up, and returns the exit status."""
    names = root / "broken.txt"
    names.unlink(missing_ok=True)
    before = f", {summary.kept} were there" if summary.kept else ""
    several = f" in {num_variants} variants" if num_variants > 1 else ""
    print(f"Made {summary.made} mixtures{several} in {root}{before}.")
    if not summary.broken:
        return 0
    lines = [f"{count}\t{reason}\n" for count, reason in summary.broken.values()]
    write_text(names, "".join(["mixtures\tfile\n", *lines]))
    print(
        f"Left out {summary.left_out} mixtures for want of {len(summary.broken)} "
        f"recordings, which {names} names. Put them right and run the command again."
    )
    return 0 if flags.FLAGS.skip_broken else 1


def _numbers(flag: str, kind: type, count: int) -> list[Any]:
    texts = flags.FLAGS[flag].value
    try:
        numbers = [kind(text) for text in texts]
    except ValueError:
        numbers = []
    if len(numbers) != count or (kind is int and min(numbers, default=0) < 0):
        raise app.UsageError(
            f"--{flag} must be {count} numbers with commas between them. "
            f"Received: --{flag}={','.join(texts)}."
        )
    return numbers


if __name__ == "__main__":
    command.run(main, define_flags)
