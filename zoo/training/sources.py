"""Where a training takes its mixtures from."""

from typing import Any

import keras
import numpy as np
from absl import logging
from ml_collections import ConfigDict

from zoo.data import (
    Corpus,
    DynamicMixtures,
    FolderMixtures,
    MixtureFolder,
    MixtureSequence,
    PackedAudio,
    load_speakers,
    scan,
    split_speakers,
    tf_dataset,
)

Source = DynamicMixtures | FolderMixtures


def training_source(config: ConfigDict) -> Source:
    """Opens the mixtures to train on.

    Raises:
        ValueError: If `config.data` names no data, or data of another sample rate.
    """
    return _source(
        config,
        split="train",
        seconds=config.data.segment_seconds,
        batches=config.steps_per_epoch,
        seed=config.seed,
    )


def training_batches(
    source: Source, epoch: int
) -> tuple[Any, list[keras.callbacks.Callback]]:
    """Streams mixtures, sources and lengths, mixed while the network trains.

    Args:
        source: As `training_source` gives it.
        epoch: The one to begin with.

    Returns:
        What `fit` takes, and the callbacks that it needs for one epoch after another.
    """
    if keras.backend.backend() == "tensorflow":
        return tf_dataset(source, start_epoch=epoch), []
    sequence = MixtureSequence(source, epoch)
    return sequence, [sequence.follow()]


def validation_arrays(
    config: ConfigDict,
) -> tuple[np.ndarray, tuple[np.ndarray, np.ndarray]]:
    """Makes the validation set: mixtures, and sources with lengths.

    Raises:
        ValueError: As `training_source`, or if the set does not fill its batches.
    """
    mixtures, batch_size = config.data.validation_mixtures, config.batch_size
    if mixtures < 1 or mixtures % batch_size:
        raise ValueError(
            "`data.validation_mixtures` must be a multiple of `batch_size`. Received: "
            f"data.validation_mixtures={mixtures}, batch_size={batch_size}."
        )
    source = _source(
        config,
        split="valid",
        seconds=config.data.validation_seconds,
        batches=mixtures // batch_size,
        seed=config.data.validation_seed,
    )
    batches = [source.batch(0, index) for index in range(source.batches_per_epoch)]
    mixtures, sources, lengths = map(np.concatenate, zip(*batches, strict=True))
    return mixtures, (sources, lengths)


def _source(
    config: ConfigDict, split: str, seconds: float, batches: int, seed: int
) -> Source:
    data = config.data
    if not data.mixtures:
        return DynamicMixtures(
            _speech(config, split),
            num_speakers=config.model.num_speakers,
            segment_seconds=seconds,
            batch_size=config.batch_size,
            batches_per_epoch=batches,
            seed=seed,
            snr_range_db=tuple(data.snr_range_db),
            level=config.level,
        )
    subset = {"train": "tr", "valid": "cv"}[split]
    folder = MixtureFolder(f"{data.mixtures}/{subset}", config.sample_rate)
    if folder.num_speakers != config.model.num_speakers:
        raise ValueError(
            "`model.num_speakers` must be the number of sources in the mixtures, "
            f"{folder.num_speakers}. "
            f"Received: model.num_speakers={config.model.num_speakers}."
        )
    return FolderMixtures(
        folder,
        segment_seconds=seconds,
        batch_size=config.batch_size,
        batches_per_epoch=batches,
        # Validation takes the first mixtures, in the order of their names.
        seed=seed if split == "train" else None,
        level=config.level,
    )


def _speech(config: ConfigDict, split: str) -> PackedAudio:
    data = config.data
    packed = data[f"{split}_packed"]
    if packed:
        audio = PackedAudio.open(packed)
        if audio.sample_rate != config.sample_rate:
            raise ValueError(
                f"`data.{split}_packed` must have the `sample_rate` of the config, "
                f"{config.sample_rate} Hz. Received: {packed}, {audio.sample_rate} Hz."
            )
        return audio
    if not data.corpora:
        raise ValueError(
            "`data` must name what to train on. Received: neither data.corpora, "
            "data.mixtures nor data.train_packed and data.valid_packed. Pass "
            "--config.data.corpora=\"('FOLDER',)\", for instance."
        )
    corpus = _split(config, split)
    rates = {utterance.sample_rate for utterance in corpus.utterances}
    others = sorted(rates - {config.sample_rate})
    if others and others[0] < config.sample_rate:
        raise ValueError(
            "Recordings must have the `sample_rate` of the config or more, "
            f"{config.sample_rate} Hz. Received: recordings of {others[0]} Hz in "
            f"{', '.join(data.corpora)}. Leave them out, set --config.sample_rate, or "
            "raise the rate by `python -m zoo.data.corpora.pack`."
        )
    if others:
        logging.info(
            "Recordings of %s Hz are resampled to %d Hz.",
            ", ".join(map(str, others)),
            config.sample_rate,
        )
    return PackedAudio.from_corpus(corpus, config.sample_rate, progress=True)


def _split(config: ConfigDict, split: str) -> Corpus:
    data = config.data
    if data.split_file:
        speakers = load_speakers(data.split_file, data[f"{split}_split"])
        return scan(data.corpora, speakers=speakers)
    corpus = scan(data.corpora)
    return corpus.of_speakers(split_speakers(corpus.speakers)[split])
