r"""Measures how well speakers are kept in order over long recordings.

    python -m studies.continuity --corpus=DIR[,DIR] --split_file=FILE \
        --num_dialogues=40 --minutes=10 --insert_into=docs/continuity.md

Dialogues of two speakers are drawn from a corpus and cut into chunks. An oracle, which
knows the sources, separates each chunk, and its estimates are put in a random order:
what is measured is the order that is found, not the separation. The same seed and
files give the same dialogues.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import scipy.optimize
import scipy.stats
from absl import app, flags
from tqdm import tqdm

from studies.dialogues import draw_dialogues, make_dialogue
from zoo import command
from zoo.data.corpora.corpus import scan
from zoo.data.corpora.drawing import random_generator
from zoo.data.corpora.splits import SPLITS, load_speakers
from zoo.documents import insert, markdown_table
from zoo.inference.speaker_order import SpeakerOrder
from zoo.models.oracle_masks import ORACLE_MASKS, OracleSeparator

METHODS = ("correlation", "correlation and voices")
_NAME = "continuity"
# The word after the seed; see `zoo.data.corpora.drawing`.
_ORDERS = 8


@dataclass(frozen=True)
class Setting:
    """How a dialogue is cut and separated.

    Attributes:
        chunk_seconds: Length of a chunk.
        overlap_seconds: Overlap of two chunks.
        leak_db: Level at which each estimate holds the other voice.
        method: One of `METHODS`.
    """

    chunk_seconds: float
    overlap_seconds: float
    leak_db: float
    method: str


@dataclass(frozen=True)
class Dialogue:
    """A dialogue of two, separated chunk by chunk.

    Attributes:
        chunks: Estimates `(2, samples)`, in the order of the sources.
        spoken: Whether anybody speaks in each; an order of silence is none.
        silent: Overlaps in which nobody speaks.
        overlap_samples: How many samples two chunks share.
        sample_rate: In Hz.
    """

    chunks: list[np.ndarray]
    spoken: list[bool]
    silent: int
    overlap_samples: int
    sample_rate: int

    def first_voices(
        self, setting: Setting, generator: np.random.Generator
    ) -> list[int]:
        """Shuffles the estimates of each chunk and has their order found.

        Returns:
            Which of the speakers is the first voice of each chunk with speech.
        """
        leak = np.float32(10 ** (setting.leak_db / 20))
        given = [generator.permutation(2) for _ in self.chunks]
        shuffled = [
            (chunk + leak * chunk[::-1])[order]
            for chunk, order in zip(self.chunks, given, strict=True)
        ]
        found = find_orders(
            setting.method, shuffled, self.overlap_samples, self.sample_rate
        )
        first = [int(order[own[0]]) for order, own in zip(given, found, strict=True)]
        return list(itertools.compress(first, self.spoken))


@dataclass
class Score:
    """How many chunks and dialogues are out of order, of how many.

    Attributes:
        chunks: Of each dialogue, those in which somebody speaks.
        wrong: Of each dialogue, those whose order is not that of most.
        silent: Overlaps in which nobody speaks.
    """

    chunks: list[int] = field(default_factory=list)
    wrong: list[int] = field(default_factory=list)
    silent: int = 0

    def add(self, first: Sequence[int], dialogue: Dialogue) -> None:
        """Counts a dialogue.

        Args:
            first: What `Dialogue.first_voices` returned.
            dialogue: The dialogue.
        """
        self.chunks.append(len(first))
        self.wrong.append(min(sum(first), len(first) - sum(first)))
        self.silent += dialogue.silent

    def cells(self) -> list[str]:
        """Returns three cells of the table; chunks count as independent."""
        wrong, chunks = sum(self.wrong), sum(self.chunks)
        interval = scipy.stats.binomtest(wrong, chunks).proportion_ci(method="exact")
        return [
            f"{wrong} of {chunks}",
            f"{100 * wrong / chunks:.2f} "
            f"({100 * interval.low:.2f} to {100 * interval.high:.2f})",
            f"{sum(map(bool, self.wrong))} of {len(self.wrong)}",
        ]


def define_flags() -> None:
    """Defines the flags of the command."""
    flags.DEFINE_list("corpus", None, "Folders of speakers.", required=True)
    flags.DEFINE_string(
        "split_file", None, "Speakers of each split, as zoo.mix takes it; all without."
    )
    flags.DEFINE_enum("split", "test", SPLITS, "Split of the speakers.")
    flags.DEFINE_integer("num_dialogues", 20, "How many dialogues.", lower_bound=1)
    flags.DEFINE_float("minutes", 10.0, "Length of a dialogue.", lower_bound=1.0)
    flags.DEFINE_list(
        "chunks", ["30:5", "10:2"], "Lengths of chunks and overlaps, in seconds."
    )
    flags.DEFINE_enum("mask", "psm", list(ORACLE_MASKS), "Mask of the oracle.")
    flags.DEFINE_list(
        "leaks_db",
        ["-inf", "-20"],
        "Levels at which each estimate holds the other voice.",
    )
    flags.DEFINE_integer("seed", 0, "Seed of all that is drawn.", lower_bound=0)
    flags.DEFINE_string(
        "insert_into",
        None,
        f"Markdown file that receives the table as well, between <!-- begin {_NAME} "
        f"--> and <!-- end {_NAME} -->.",
    )


def main(argv: Sequence[str]) -> None:
    """Runs the command on the parsed flags."""
    if len(argv) > 1:
        raise app.UsageError(f"Unexpected argument: {argv[1]}. All input is in flags.")
    values = flags.FLAGS
    lengths = [_numbers("chunks", text, 2) for text in values.chunks]
    leaks_db = [_numbers("leaks_db", text, 1)[0] for text in values.leaks_db]
    speakers = None
    if values.split_file:
        names = {Path(folder).resolve().name for folder in values.corpus}
        speakers = {
            speaker
            for speaker in load_speakers(values.split_file, values.split)
            if "/" not in speaker or speaker.split("/", 1)[0] in names
        }
    corpus = scan(values.corpus, speakers=speakers)
    specs = draw_dialogues(corpus, values.num_dialogues, values.seed)
    oracle = OracleSeparator(values.mask)
    scores = {
        Setting(chunk, overlap, leak, method): Score()
        for (chunk, overlap), leak, method in itertools.product(
            lengths, leaks_db, METHODS
        )
    }
    for spec in tqdm(specs, unit="dialogue"):
        sources, rate = make_dialogue(spec, 60 * values.minutes)
        for chunk, overlap in lengths:
            dialogue = _separated(sources, rate, chunk, overlap, oracle)
            for setting, score in scores.items():
                if (setting.chunk_seconds, setting.overlap_seconds) == (chunk, overlap):
                    # Settings share the random numbers, so that they compare.
                    generator = random_generator(values.seed, _ORDERS, spec.position)
                    score.add(dialogue.first_voices(setting, generator), dialogue)
    table = _table(scores)
    print(table, end="")
    if values.insert_into:
        insert(Path(values.insert_into), _NAME, table, figures=[])


def find_orders(
    method: str, chunks: Sequence[np.ndarray], overlap_samples: int, sample_rate: int
) -> list[np.ndarray]:
    """Returns the order of the estimates of each chunk.

    Args:
        method: One of `METHODS`.
        chunks: Estimates `(speakers, samples)`.
        overlap_samples: How many samples two chunks share.
        sample_rate: In Hz.

    Raises:
        ValueError: If there is no such method.
    """
    if method not in METHODS:
        raise ValueError(
            f"`method` must be one of {', '.join(METHODS)}. "
            f"Received: method={method!r}."
        )
    if method == METHODS[1]:
        return list(SpeakerOrder(sample_rate, overlap_samples).orders(chunks))
    orders = [np.arange(len(chunks[0]))]
    for one, two in itertools.pairwise(chunks):
        end = one[orders[-1], -overlap_samples:]
        orders.append(best_correlation(end, two[:, :overlap_samples]))
    return orders


def best_correlation(references: np.ndarray, estimates: np.ndarray) -> np.ndarray:
    """Returns the order of the estimates that fits the references best.

    It maximises the sum over speakers of the normalised correlation

        <reference_s, estimate_order(s)> / (|reference_s| |estimate_order(s)|)

    which is zero where either is silent. Signals that tell nothing stay in place.

    Args:
        references: Signals `(speakers, samples)`.
        estimates: Signals `(speakers, samples)`.

    Returns:
        Indices of `estimates`, one per reference.
    """
    correlation = _normalised(references) @ _normalised(estimates).T
    _, order = scipy.optimize.linear_sum_assignment(correlation, maximize=True)
    return order


def _separated(
    sources: np.ndarray,
    sample_rate: int,
    chunk_seconds: float,
    overlap_seconds: float,
    oracle: OracleSeparator,
) -> Dialogue:
    samples = round(chunk_seconds * sample_rate)
    overlap = round(overlap_seconds * sample_rate)
    starts = range(0, max(1, sources.shape[1] - overlap), samples - overlap)
    pieces = [sources[:, start : start + samples] for start in starts]
    return Dialogue(
        chunks=[oracle.separate_known(piece.sum(axis=0), piece) for piece in pieces],
        spoken=[bool(piece.any()) for piece in pieces],
        silent=sum(not piece[:, :overlap].any() for piece in pieces[1:]),
        overlap_samples=overlap,
        sample_rate=sample_rate,
    )


def _table(scores: dict[Setting, Score]) -> str:
    columns = [
        *("chunk (s)", "overlap (s)", "other voice (dB)", "silent overlaps", "method"),
        *("chunks out of order", "% (95 % interval)", "dialogues with any"),
    ]
    rows = [
        [
            *(f"{s.chunk_seconds:g}", f"{s.overlap_seconds:g}", f"{s.leak_db:g}"),
            *(score.silent, s.method, *score.cells()),
        ]
        for s, score in scores.items()
    ]
    return markdown_table(columns, rows, "rrrrlrrr")


def _normalised(signals: np.ndarray) -> np.ndarray:
    signals = signals.astype("float64")
    return signals / np.maximum(np.linalg.norm(signals, axis=1, keepdims=True), 1e-12)


def _numbers(flag: str, text: str, count: int) -> tuple[float, ...]:
    try:
        numbers = tuple(float(part) for part in text.split(":"))
    except ValueError:
        numbers = ()
    if len(numbers) != count:
        raise app.UsageError(
            f"Each of --{flag} must be {count} numbers with colons between them. "
            f"Received: {text!r}."
        )
    return numbers


if __name__ == "__main__":
    command.run(main, define_flags)
