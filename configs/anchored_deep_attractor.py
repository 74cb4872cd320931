"""The anchored deep attractor network of its paper (9.1 million parameters).

Command:

    python train_main.py --config=configs/anchored_deep_attractor.py \
        --workdir=runs/anchored_deep_attractor \
        --config.data.mixtures=wsj0-2mix/2speakers/wav8k/min

Cost: meant for accelerators.
Result: not trained with this program yet. Table IV of the paper of Conv-TasNet gives
10.4 dB SI-SNR and 10.8 dB SDR improvement on wsj0-2mix.

The loss compares magnitudes with those of the sources, the paper with those that
Wiener-like masks leave. Segments are those of 400 frames that the authors end with;
they begin with 100 frames, 0.8 s.

Variants: `configs/anchored_deep_attractor.py:smoke` is a tiny network and two short
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
    config.initial_weights = ""
    config.sample_rate = 8000  # Hz.
    config.level = 0.1
    config.stft = ConfigDict({"frame_length": 256, "frame_step": 64})  # Samples.
    config.model = ConfigDict(
        {
            "name": "AnchoredDeepAttractor",
            "num_speakers": 2,
            "bins": 129,
            "units": 300,
            "num_layers": 4,
            "embedding_size": 20,
            "dropout": 0.5,
            "num_anchors": 6,
            "floor_db": -40.0,
        }
    )
    config.loss = ConfigDict(
        {
            "name": "magnitude",
            "assignment": "utterance",
            "order": 2,
            # Of a mean, where the paper has a sum: first gradients, of about 2e-7 for
            # a weight of the network, come near the epsilon of Adam, 1e-7.
            "weight": 100.0,
        }
    )
    config.optimizer = ConfigDict(
        {
            "name": "adam",
            "max_norm": 5.0,  # Not in the public code of the authors.
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
            "segment_seconds": 3.2,
            "validation_mixtures": 240,
            "validation_seconds": 4.0,
            "validation_seed": 1,
            "validation_sdr_mixtures": 0,
        }
    )
    config.batch_size = 128
    config.steps_per_epoch = 156  # The 20,000 mixtures of wsj0-2mix's tr.
    config.epochs = 100
    config.patience = 0
    config.max_minutes = 0.0
    config.steps_per_execution = 1
    config.preview_every_epochs = 5
    config.progress_bar = True
    if variant == "smoke":
        _shrink(config)
    elif variant:
        raise KeyError(
            f'The variant must be "smoke" or empty. Received: variant={variant!r}.'
        )
    return config


def _shrink(config: ConfigDict) -> None:
    config.model.update(units=4, num_layers=1, embedding_size=4)
    config.data.update(
        segment_seconds=0.5, validation_mixtures=4, validation_seconds=0.5
    )
    config.batch_size = 2
    config.steps_per_epoch = 2
    config.epochs = 2
    config.preview_every_epochs = 1
