"""The keys that all configurations share, with the values that most of them have.

It is none that can be trained: `model`, `loss`, `batch_size` and `steps_per_epoch` are
those of a configuration.
"""

from ml_collections import ConfigDict


def common(model: dict[str, object], loss: dict[str, object]) -> ConfigDict:
    """Returns a configuration of two speakers at 8 kHz.

    Args:
        model: The `name` of a network, and its arguments but for `num_speakers`.
        loss: The `name` of a loss, and its arguments but for `assignment`.
    """
    config = ConfigDict()
    config.seed = 1
    # A .keras file, the --workdir of a training, or a preset; weights of the same
    # names and shapes are taken from it. Empty: random ones.
    config.initial_weights = ""
    config.sample_rate = 8000  # Hz.
    config.level = 0.1  # RMS of a mixture; 0: as it comes.
    # Samples: 32 ms and 16 ms. 0 for networks that take waveforms.
    config.stft = ConfigDict({"frame_length": 256, "frame_step": 128})
    config.model = ConfigDict({"num_speakers": 2} | model)
    config.loss = ConfigDict({"assignment": "utterance"} | loss)
    config.optimizer = ConfigDict(
        {
            "name": "adam",
            "max_norm": 5.0,  # Of the gradient.
            "l2_decay": 0.0,
            "use_ema": False,  # Validate and save the moving average of the weights.
            "ema_momentum": 0.999,
        }
    )
    config.schedule = ConfigDict(
        {
            "name": "plateau",
            "learning_rate": 1e-3,
            "patience": 3,  # Epochs.
            "factor": 0.5,
        }
    )
    config.data = ConfigDict(
        {
            # One of three: a folder with tr/ and cv/ as wsj0-2mix has them, ...
            "mixtures": "",
            # ... corpora (folders of speakers, of this rate or more), ...
            "corpora": (),
            "split_file": "",  # Empty: speakers are split at random, 8 : 1 : 1.
            "train_split": "train",
            "valid_split": "valid",
            # ... or the same as files of `python -m zoo.data.corpora.pack`.
            "train_packed": "",
            "valid_packed": "",
            "snr_range_db": (0.0, 5.0),
            "segment_seconds": 4.0,  # 0: whole mixtures, of a folder only.
            "validation_mixtures": 240,
            "validation_seconds": 4.0,
            "validation_seed": 1,
            "validation_sdr_mixtures": 0,  # SDR in the history; 0: none.
        }
    )
    config.epochs = 100
    config.patience = 0  # Epochs without a better SI-SDR before the end; 0: all.
    config.max_minutes = 0.0  # Training ends after the epoch that passes them; 0: none.
    config.steps_per_execution = 1
    config.preview_every_epochs = 5  # Sound and pictures in TensorBoard; 0: never.
    config.progress_bar = True
    return config


def cosine(learning_rate: float) -> ConfigDict:
    """Returns a schedule that warms up for half an epoch and falls to 0."""
    return ConfigDict(
        {"name": "cosine", "learning_rate": learning_rate, "warmup_epochs": 0.5}
    )


def check_variant(variant: str, *names: str) -> None:
    """Raises KeyError unless a variant is empty, `"smoke"` or one of the names."""
    if variant not in ("", "smoke", *names):
        others = f" or one of {', '.join(names)}" if names else ""
        raise KeyError(
            f'The variant must be "smoke", empty{others}. Received: '
            f"variant={variant!r}."
        )


def smoke(config: ConfigDict, **model: object) -> None:
    """Makes a training tiny.

    Args:
        config: It is changed.
        **model: Arguments of the network that make it small.
    """
    config.model.update(model)
    config.data.update(
        segment_seconds=0.5, validation_mixtures=4, validation_seconds=0.5
    )
    config.batch_size = 2
    config.steps_per_epoch = 2
    config.epochs = 2
    config.preview_every_epochs = 1
