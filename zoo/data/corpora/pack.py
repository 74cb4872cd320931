r"""Decodes a corpus into one file that is mapped into memory in training.

    python -m zoo.data.corpora.pack --corpus=DIR[,DIR] --split_file=FILE --split=train \
        --sample_rate=8000 --output=train.pack

The file is the same on every platform, and nothing is decoded where it is used.
"""

from collections.abc import Sequence
from pathlib import Path

from absl import app, flags

from zoo import command
from zoo.data.corpora.corpus import scan
from zoo.data.corpora.packed import write_packed
from zoo.data.corpora.splits import load_speakers


def define_flags() -> None:
    """Defines the flags of the command."""
    flags.DEFINE_list("corpus", None, "Folders of speakers.", required=True)
    flags.DEFINE_string(
        "split_file", None, "Speakers of each split; see `python -m zoo.mix --help`."
    )
    flags.DEFINE_string("split", "train", "Split to pack, if there is a split file.")
    flags.DEFINE_string("output", None, "File to write.", required=True)
    flags.DEFINE_integer(
        "sample_rate",
        None,
        "Rate of the packed audio, in Hz; others are resampled to it. Without it, "
        "that of the recordings.",
        lower_bound=1,
    )
    flags.DEFINE_enum("dtype", "int16", ["int16", "float32"], "Type of the samples.")
    flags.DEFINE_bool(
        "skip_broken", False, "Leave out broken files, with a warning for each."
    )


def main(argv: Sequence[str]) -> None:
    """Runs the command on the parsed flags."""
    if len(argv) > 1:
        raise app.UsageError(f"Unexpected argument: {argv[1]}. All input is in flags.")
    arguments = flags.FLAGS
    speakers = None
    if arguments.split_file:
        speakers = load_speakers(arguments.split_file, arguments.split)
    corpus = scan(
        arguments.corpus, speakers=speakers, skip_broken=arguments.skip_broken
    )
    write_packed(
        arguments.output, corpus, arguments.sample_rate, arguments.dtype, progress=True
    )
    size_mb = Path(arguments.output).stat().st_size / 1e6
    print(
        f"Packed {len(corpus)} utterances of {len(corpus.speakers)} speakers into "
        f"{arguments.output} ({size_mb:.1f} MB)."
    )


if __name__ == "__main__":
    command.run(main, define_flags)
