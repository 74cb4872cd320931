"""Deep clustering: two LSTM layers in both directions, embeddings of 40 dimensions.

Command:

    python train_main.py --config=configs/deep_clustering.py \
        --workdir=runs/deep_clustering \
        --config.data.mixtures=wsj0-2mix/2speakers/wav8k/min

Cost: meant for accelerators; the network has 18.3 million parameters.
Result: not trained with this program yet.

Variants: `configs/deep_clustering.py:smoke` is a tiny network and two short epochs, to
see that everything runs.
"""

from ml_collections import ConfigDict


def get_config(variant: str = "") -> ConfigDict:
    """Returns the configuration; `configs/complex_unet.py` explains the keys.

    Args:
        variant: Empty, or `"smoke"`.
    """
    if variant not in ("", "smoke"):
        raise KeyError(
            f'The variant must be "smoke" or empty. Received: variant={variant!r}.'
        )
    config = ConfigDict()
    config.seed = 1
    config.initial_weights = ""
    config.sample_rate = 8000  # Hz.
    config.level = 0.1
    # 32 ms and 8 ms.
    config.stft = ConfigDict({"frame_length": 256, "frame_step": 64})  # Samples.
    config.model = ConfigDict(
        {
            "name": "DeepClustering",
            "num_speakers": 2,
            "bins": 129,
            "units": 600,
            "num_layers": 2,
            "embedding_size": 40,
            "dropout": 0.0,
            "iterations": 20,
            "floor_db": -40.0,
        }
    )
    config.loss = ConfigDict(
        {
            "name": "deep_clustering",
            "assignment": "utterance",  # Not used: no order of speakers is needed.
            "weights": "active",
            "floor_db": -40.0,  # Of the loudest bin.
        }
    )
    # Optimizer, batch and length of the parts are those of public implementations,
    # github.com/funcwj/deep-clustering and github.com/speechLabBcCuny/onssen; the rest
    # is ours.
    config.optimizer = ConfigDict(
        {
            "name": "adam",
            "max_norm": 200.0,
            "l2_decay": 0.0,
            "use_ema": False,
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
            "mixtures": "",
            "corpora": (),
            "split_file": "",
            "train_split": "train",
            "valid_split": "valid",
            "train_packed": "",
            "valid_packed": "",
            "snr_range_db": (0.0, 5.0),
            "segment_seconds": 3.2,  # 400 frames.
            "validation_mixtures": 240,
            "validation_seconds": 4.0,
            "validation_seed": 1,
            "validation_sdr_mixtures": 0,
        }
    )
    config.batch_size = 16
    config.steps_per_epoch = 1250  # The 20,000 mixtures of wsj0-2mix's tr.
    config.epochs = 200
    config.patience = 0
    config.max_minutes = 0.0
    config.steps_per_execution = 1
    config.preview_every_epochs = 5
    config.progress_bar = True
    if variant == "smoke":
        _shrink(config)
    return config


def _shrink(config: ConfigDict) -> None:
    config.model.update(units=4, num_layers=1, embedding_size=3, iterations=2)
    config.data.update(
        segment_seconds=0.5, validation_mixtures=4, validation_seconds=0.5
    )
    config.batch_size = 2
    config.steps_per_epoch = 2
    config.epochs = 2
    config.preview_every_epochs = 1
