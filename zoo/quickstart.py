"""The whole path on synthetic speech: `python -m zoo.quickstart --workdir=DIR`."""

import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import keras
import tqdm
from absl import app, flags, logging
from ml_collections import ConfigDict

from zoo import command, metrics
from zoo.data.corpora import espeak
from zoo.data.corpora.corpus import scan
from zoo.data.corpora.splits import split_speakers
from zoo.data.mixtures.folder import Example, MixtureFolder
from zoo.data.mixtures.mixing import draw
from zoo.evaluate import evaluate, markdown_table
from zoo.inference import graph_passes
from zoo.inference.recording_separator import RecordingSeparator
from zoo.inference.separator import Separator
from zoo.mix import FOLDERS, write_mixtures
from zoo.presets import load_separator
from zoo.presets.config_files import load_config
from zoo.presets.runtimes import load_for
from zoo.separate import separate_file
from zoo.training import train
from zoo.training.plots import plot_separation

MIXTURES = {"train": 300, "valid": 16, "test": 20}
PRESET = "complex_unet_small_8k"

_FIRST = """
The model that ships, on {tests} mixtures of voices that it never heard (mean and
standard deviation in dB, higher is better; the i marks the improvement over the
mixture):

{table}
In {workdir} after {seconds:.0f} s:

  shipped/              the two voices of mixtures/tt/mix/{example}.wav
  spectrograms.png      that mixture, its estimates and its references
"""
_SUMMARY = """
Made in {minutes:.1f} minutes, in {workdir}:

  speech/               {recordings} recordings of {speakers} synthetic speakers
  mixtures/             {mixtures} mixtures of two of them, as wsj0-2mix has them
  shipped/              two voices by the model that ships
  training/             best.keras; curves: tensorboard --logdir {workdir}/training
  separated/            the two voices of mixtures/tt/mix/{example}.wav by {model}
  spectrograms.png      that mixture, its estimates and its references
  metrics.json          scores of both models on {tests} mixtures of new speakers
  saved_model/          for TensorFlow; agrees with Keras to {saved_model_db:.0f} dB
  model.tflite          for LiteRT, {tflite_mb:.1f} MB; agrees to {tflite_db:.0f} dB;
                        beside it .json and .md, which say what a program needs to know

Mean and standard deviation over the {tests} mixtures, in dB, higher is better; the i
marks the improvement over the mixture. The model that ships:

{shipped}
{trained_words}:

{trained}
So short a training shows that all works, not how well. {verdict}
"""


def quickstart(
    workdir: str | Path,
    config: ConfigDict,
    num_speakers: int | None = None,
    mixtures: dict[str, int] | None = None,
) -> str:
    """Makes speech, separates it with the model that ships, trains on, and exports.

    What is exported in the end is the trained model, or, where the time sufficed for
    nothing better, the one that ships: the better on the mixtures of validation.

    Args:
        workdir: New or empty folder for all of it.
        config: Of the training; its `data.mixtures` is replaced.
        num_speakers: Voices to use, all of them if None.
        mixtures: Number of mixtures by split, `MIXTURES` if None.

    Returns:
        A summary of what was made and where.

    Raises:
        ValueError: If the folder is not empty, or Keras does not run on TensorFlow.
    """
    start = time.monotonic()
    workdir, mixtures = Path(workdir), mixtures or MIXTURES
    _check(workdir)
    recordings = _speak_and_mix(workdir, num_speakers, mixtures, config)
    valid, test = (
        MixtureFolder(workdir / "mixtures" / FOLDERS[split])
        for split in ("valid", "test")
    )
    _say("Separating with the model that ships")
    shipped = load_for("litert", PRESET)
    separate_file(shipped, test.files[0][0], workdir / "shipped")
    scores = {"shipped": _score(shipped, test)}
    _draw(workdir / "spectrograms.png", shipped, test[0])
    words = {"workdir": workdir, "tests": len(test), "example": test.names[0]}
    seconds = time.monotonic() - start
    print(_FIRST.format(**words, seconds=seconds, table=_table(scores["shipped"])))
    _say("Training")
    row = train(config, workdir / "training")
    _say("Scoring and drawing")
    trained = load_separator(workdir / "training")
    scores["trained"] = _score(trained, test)
    (workdir / "metrics.json").write_text(json.dumps(scores, indent=1) + "\n")
    better = _si_sdr(trained, valid) > _si_sdr(shipped, valid)
    best = trained if better else load_separator(PRESET)
    separate_file(best, test.files[0][0], workdir / "separated")
    _draw(workdir / "spectrograms.png", best, test[0])
    _say("Exporting")
    saved_model_db, tflite_db = _export(workdir, best)
    model = "the trained model" if better else "the model that ships"
    return _SUMMARY.format(
        **words,
        minutes=(time.monotonic() - start) / 60,
        recordings=recordings,
        speakers=len(list((workdir / "speech").iterdir())),
        mixtures=sum(mixtures.values()),
        model=model,
        saved_model_db=saved_model_db,
        tflite_db=tflite_db,
        tflite_mb=(workdir / "model.tflite").stat().st_size / 1e6,
        shipped=_table(scores["shipped"]),
        trained_words=f"After {_count(row['epoch'], 'epoch')} of training here",
        trained=_table(scores["trained"]),
        verdict=f"On the validation mixtures, {model} is better, and is exported.",
    )


def define_flags() -> None:
    """Defines the flags of the command."""
    flags.DEFINE_string("workdir", None, "New or empty folder.", required=True)


def main(argv: Sequence[str]) -> None:
    """Runs the command on the parsed flags."""
    if len(argv) > 1:
        raise app.UsageError(f"Only flags are taken. Received: {argv[1]!r}.")
    # TensorFlow tells a lot about how it saves.
    logging.set_verbosity(logging.WARNING)
    config = load_config("quickstart.py")
    graph_passes.choose(config.model.name)
    print(quickstart(flags.FLAGS.workdir, config), end="")


def _check(workdir: Path) -> None:
    if keras.backend.backend() != "tensorflow":
        raise ValueError(
            "The quickstart must run on TensorFlow, whose formats it exports. "
            f"Received: backend={keras.backend.backend()!r}. Set "
            "KERAS_BACKEND=tensorflow."
        )
    if workdir.exists() and any(workdir.iterdir()):
        raise ValueError(
            "`workdir` must be a new or empty folder. Received: "
            f"workdir={str(workdir)!r}. Remove it or name another."
        )


def _speak_and_mix(
    workdir: Path,
    num_speakers: int | None,
    mixtures: dict[str, int],
    config: ConfigDict,
) -> int:
    """Makes speech and mixtures; returns the number of recordings."""
    _say("Speaking")
    rate = config.sample_rate
    espeak.write_corpus(workdir / "speech", num_speakers, sample_rate=rate)
    _say("Mixing")
    corpus = scan([workdir / "speech"])
    speakers = split_speakers(corpus.speakers)
    for seed, (split, count) in enumerate(mixtures.items()):
        specs = draw(corpus.of_speakers(speakers[split]), count, seed=seed)
        write_mixtures(workdir / "mixtures" / FOLDERS[split], specs, rate)
    config.data.mixtures = str(workdir / "mixtures")
    return len(list((workdir / "speech").rglob("*.wav")))


def _score(separator: RecordingSeparator, folder: MixtureFolder) -> dict[str, Any]:
    examples = tqdm.tqdm(folder, total=len(folder), unit="mixture")
    return evaluate(separator, examples)


def _si_sdr(separator: RecordingSeparator, folder: MixtureFolder) -> float:
    return evaluate(separator, folder, ["si_sdr"])["summary"]["si_sdr"]["mean"]


def _table(report: dict[str, Any]) -> str:
    return markdown_table(report["summary"])


def _draw(path: Path, separator: RecordingSeparator, example: Example) -> None:
    estimates = separator.separate(example.mixture, example.sample_rate)
    order = metrics.order_by_si_sdr(example.sources, estimates)
    signals = (example.mixture, estimates[order], example.sources)
    plot_separation(path, *signals, example.sample_rate)


def _export(workdir: Path, separator: Separator) -> tuple[float, float]:
    from zoo.export import export_litert, export_saved_model

    test = workdir / "mixtures" / FOLDERS["test"]
    return (
        export_saved_model(separator, workdir / "saved_model", test),
        export_litert(separator, workdir / "model.tflite", data=test),
    )


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _say(step: str) -> None:
    print(f"\n=== {step}", flush=True)


if __name__ == "__main__":
    command.run(main, define_flags)
