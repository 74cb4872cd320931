"""The whole path on synthetic speech: `python -m zoo.quickstart --workdir=DIR`."""

import itertools
import json
import runpy
import time
from collections.abc import Sequence
from pathlib import Path

import keras
import tqdm
from absl import app, flags, logging
from ml_collections import ConfigDict

from zoo import command, metrics
from zoo.data import espeak
from zoo.data.corpus import scan
from zoo.data.folder import Example, MixtureFolder
from zoo.data.mixing import draw
from zoo.data.splits import split_speakers
from zoo.evaluate import evaluate, markdown_table
from zoo.mix import FOLDERS, write_mixtures
from zoo.plots import plot_separation
from zoo.presets import load_separator
from zoo.separate import separate_file
from zoo.separator import Separator
from zoo.training import train

MIXTURES = {"train": 800, "valid": 16, "test": 20}

_SUMMARY = """
Made in {minutes:.1f} minutes, in {workdir}:

  speech/           {recordings} recordings of {speakers} synthetic speakers
  mixtures/         {mixtures} mixtures of two of them, as wsj0-2mix has them
  training/         best.keras; curves: tensorboard --logdir {workdir}/training
  metrics.json      scores on {tests} mixtures of speakers that it never heard
  separated/        the two voices of mixtures/tt/mix/{example}.wav
  spectrograms.png  that mixture, its estimates and its references
  saved_model/      for TensorFlow; agrees with Keras to {saved_model_db:.0f} dB
  model.tflite      for LiteRT, {tflite_mb:.1f} MB; agrees to {tflite_db:.0f} dB;
                    beside it .json and .md, which say what a program needs to know

Mean and standard deviation over the {tests} mixtures, in dB, higher is better;
the i marks the improvement over the mixture:

{table}
Epochs trained: {epochs}. So short a training shows that all works, not how well.
"""


def quickstart(
    workdir: str | Path,
    config: ConfigDict,
    num_speakers: int | None = None,
    mixtures: dict[str, int] | None = None,
) -> str:
    """Makes speech, mixes it, trains, scores, separates, draws and exports.

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
    _say("Training")
    row = train(config, workdir / "training")
    separator = load_separator(workdir / "training")
    _say("Scoring, separating and drawing")
    test = MixtureFolder(workdir / "mixtures" / FOLDERS["test"])
    report = evaluate(separator, tqdm.tqdm(test, total=len(test), unit="mixture"))
    (workdir / "metrics.json").write_text(json.dumps(report, indent=1) + "\n")
    separate_file(separator, test.files[0][0], workdir / "separated")
    _draw(workdir / "spectrograms.png", separator, test[0])
    _say("Exporting")
    saved_model_db, tflite_db = _export(workdir, separator)
    return _SUMMARY.format(
        minutes=(time.monotonic() - start) / 60,
        workdir=workdir,
        recordings=recordings,
        speakers=len(list((workdir / "speech").iterdir())),
        mixtures=sum(mixtures.values()),
        tests=len(test),
        example=test.names[0],
        saved_model_db=saved_model_db,
        tflite_db=tflite_db,
        tflite_mb=(workdir / "model.tflite").stat().st_size / 1e6,
        table=markdown_table(report["summary"]),
        epochs=row["epoch"],
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
    print(quickstart(flags.FLAGS.workdir, load_config()), end="")


def load_config(variant: str = "") -> ConfigDict:
    """Returns `configs/quickstart.py` of the installed package or the checkout."""
    package = Path(__file__).parent
    for folder in (package / "configs", package.parent / "configs"):
        if (folder / "quickstart.py").is_file():
            names = runpy.run_path(str(folder / "quickstart.py"))
            return names["get_config"](variant)
    raise FileNotFoundError(
        "The package must hold configs/quickstart.py. Received: an installation "
        f"in {str(package)!r} without it. Install the package again."
    )


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


def _draw(path: Path, separator: Separator, example: Example) -> None:
    estimates = separator.separate(example.mixture, example.sample_rate)
    order = max(
        itertools.permutations(range(len(estimates))),
        key=lambda order: sum(
            map(metrics.si_sdr, example.sources, estimates[[*order]])
        ),
    )
    plot_separation(
        path,
        example.mixture,
        estimates[[*order]],
        example.sources,
        example.sample_rate,
        separator.frame_length,
        separator.frame_step,
    )


def _export(workdir: Path, separator: Separator) -> tuple[float, float]:
    from zoo.export import export_litert, export_saved_model

    test = workdir / "mixtures" / FOLDERS["test"]
    return (
        export_saved_model(separator, workdir / "saved_model", test),
        export_litert(separator, workdir / "model.tflite", data=test),
    )


def _say(step: str) -> None:
    print(f"\n=== {step}", flush=True)


if __name__ == "__main__":
    command.run(main, define_flags)
