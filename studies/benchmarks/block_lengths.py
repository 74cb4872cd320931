"""Measures what blocks of a few lengths cost in SI-SDR, with the model that ships.

    python -m studies.benchmarks.block_lengths --data=MIXTURES/tt
    python -m studies.benchmarks.block_lengths --corpus=DIR,DIR --split_file=splits.json

The first is of ways to fill a block with a shorter recording: mixtures whole and cut
to their middle, against the exact length, in Keras. The second is of the length of
chunks: dialogues of two minutes, with their silences, separated on LiteRT.
"""

import argparse
from pathlib import Path

import numpy as np

import zoo
from studies.dialogues import draw_dialogues, make_dialogue
from zoo.data.corpora.corpus import scan
from zoo.data.corpora.splits import load_speakers
from zoo.data.mixtures.folder import MixtureFolder
from zoo.documents import print_table
from zoo.metrics import permuted_si_sdr

MODEL = "complex_unet_small_8k"
FILE = Path(__file__).parents[2] / "saved_models" / MODEL / "model.tflite"
RATE = 8000
FILLS = {
    "silence": lambda x, missing: np.pad(x, (0, missing)),
    "mirrored": lambda x, missing: np.pad(x, (0, missing), "symmetric"),
    "repeated": lambda x, missing: np.pad(x, (0, missing), "wrap"),
}


def fill_blocks(data):
    keras, blocks = zoo.from_preset(MODEL), zoo.load_litert(FILE)
    examples = [(e.mixture, e.sources) for e in MixtureFolder(data)]
    for seconds in (0.5, 1.5, None):
        exact, filled = [], {name: [] for name in FILLS}
        for mixture, sources in examples:
            middle = slice(None)
            if seconds is not None:
                start = (len(mixture) - round(seconds * RATE)) // 2
                middle = slice(start, start + round(seconds * RATE))
            x, y = mixture[middle].astype("float32"), sources[:, middle]
            if np.square(y).mean(axis=1).min() < 1e-6:
                continue  # A source that is silent has no SI-SDR.
            exact.append(permuted_si_sdr(y, keras(x[np.newaxis])[0]).mean())
            length = next(n for n in blocks.lengths if n >= len(x))
            for name, fill in FILLS.items():
                block = fill(x, length - len(x))
                estimates = blocks.separate_chunk(block)[:, : len(x)]
                filled[name].append(permuted_si_sdr(y, estimates).mean())
        cells = [
            f"{lost.mean():+.2f} ± {lost.std() / np.sqrt(len(lost)):.2f}"
            for lost in (np.subtract(values, exact) for values in filled.values())
        ]
        name = "whole" if seconds is None else seconds
        yield [name, f"{np.mean(exact):.2f}", *cells]


def chunk_lengths(folders, split_file, count):
    separator = zoo.load_litert(FILE)
    names = {Path(folder).resolve().name for folder in folders}
    speakers = {
        speaker
        for speaker in load_speakers(split_file, "test")
        if "/" not in speaker or speaker.split("/", 1)[0] in names
    }
    specs = draw_dialogues(scan(folders, speakers=speakers), count)
    for chunk, overlap in ((4, 1), (10, 2), (30, 5)):
        scores = []
        for spec in specs:
            sources, _ = make_dialogue(spec, 120.0)
            estimates = separator.separate(sources.sum(axis=0), RATE, chunk, overlap)
            scores.append(permuted_si_sdr(sources, estimates).mean())
        yield chunk, overlap, f"{np.mean(scores):.2f}"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data")
    parser.add_argument("--corpus")
    parser.add_argument("--split_file")
    parser.add_argument("--num_dialogues", type=int, default=12)
    values = parser.parse_args()
    if values.data:
        columns = ["length, s", "exact, dB", *(f"{name}, dB" for name in FILLS)]
        print_table(columns, fill_blocks(values.data), "r" * len(columns))
    if values.corpus:
        folders = values.corpus.split(",")
        rows = chunk_lengths(folders, values.split_file, values.num_dialogues)
        print_table(["chunk, s", "overlap, s", "SI-SDR, dB"], rows, "rrr")


if __name__ == "__main__":
    main()
