"""The model that ships, adapted to new voices in a minute and a half on two cores.

`make quickstart` adapts it to voices of espeak-ng. By hand, to any corpus:

    python train_main.py --config=configs/quickstart.py --workdir=runs/quickstart \
        --config.data.corpora="('FOLDER',)"

Variants: `configs/quickstart.py:smoke` is a tiny network of its own and two short
epochs, to see that everything runs.
"""

from ml_collections import ConfigDict


def get_config(variant: str = "") -> ConfigDict:
    """Returns the configuration; `configs/complex_unet.py` explains the keys.

    Args:
        variant: Empty, or `"smoke"`.
    """
    config = ConfigDict()
    config.seed = 1
    # Trained on real speech; the network below is its own.
    config.initial_weights = "complex_unet_small_8k"
    config.sample_rate = 8000  # Hz.
    config.level = 0.1
    config.stft = ConfigDict({"frame_length": 256, "frame_step": 128})  # Samples.
    config.model = ConfigDict(
        {
            "name": "ComplexUNet",
            "num_speakers": 2,
            "start_filters": 16,
            "num_residual_blocks": 1,
            "num_transforms": 3,
            "transform_dropout": 0.0,
            "initializer_scale": "theory",
        }
    )
    config.loss = ConfigDict({"name": "si_sdr", "assignment": "utterance"})
    config.optimizer = ConfigDict(
        {
            "name": "adam",
            "max_norm": 5.0,
            "l2_decay": 0.0,
            "use_ema": False,
            "ema_momentum": 0.99,
        }
    )
    config.schedule = ConfigDict(
        {"name": "cosine", "learning_rate": 1e-3, "warmup_epochs": 0.5}
    )
    config.data = ConfigDict(
        {
            "mixtures": "",
            "corpora": (),
            "split_file": "",
            "train_split": "train",
            "valid_split": "valid",
            "train_packed": "",
            "valid_packed": "",
            "snr_range_db": (0.0, 5.0),
            "segment_seconds": 1.0,
            "validation_mixtures": 16,
            "validation_seconds": 2.0,
            "validation_seed": 1,
            "validation_sdr_mixtures": 0,
        }
    )
    config.batch_size = 4
    config.steps_per_epoch = 20
    config.epochs = 10
    config.patience = 0
    config.max_minutes = 1.5
    config.steps_per_execution = 1
    config.preview_every_epochs = 4
    config.progress_bar = True
    if variant == "smoke":
        config.initial_weights = ""
        config.model.update(start_filters=4, num_residual_blocks=0)
        config.data.update(validation_mixtures=4, validation_seconds=1.0)
        config.steps_per_epoch = 2
        config.epochs = 2
        config.preview_every_epochs = 1
    elif variant:
        raise KeyError(
            f'The variant must be "smoke" or empty. Received: variant={variant!r}.'
        )
    return config
