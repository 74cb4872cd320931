"""The deep attractor network as its authors train it (9.1 million parameters).

Command:

    python train_main.py --config=configs/deep_attractor.py \
        --workdir=runs/deep_attractor \
        --config.data.mixtures=wsj0-2mix/2speakers/wav8k/min

Cost: meant for accelerators.
Result: not trained with this program yet. Table IV of the paper of Conv-TasNet gives
10.5 dB SI-SNR improvement on wsj0-2mix.

Segments are those of 400 frames that the authors end with; they begin with 100 frames,
0.8 s. A mixture of three speakers needs other data and
`--config.model.num_speakers=3`.

Variants: `configs/deep_attractor.py:smoke` is a tiny network and two short epochs, to
see that everything runs.
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
            "name": "DeepAttractor",
            "num_speakers": 2,
            "bins": 129,
            "units": 300,
            "num_layers": 4,
            "embedding_size": 20,
            "dropout": 0.0,
            "mask_activation": "softmax",
            "iterations": 20,
            "floor_db": -40.0,
        }
    )
    config.loss = ConfigDict(
        {
            "name": "deep_attractor",
            "assignment": "utterance",  # Unused: the ideal masks decide it.
            # One value for both: a network is trained for the masks it makes.
            "mask_activation": config.model.get_ref("mask_activation"),
            "target": "wiener_like",
            "floor_db": config.model.get_ref("floor_db"),
            # Of a mean, where the paper has a sum: first gradients, of about 1e-6 for
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
    config.model.update(units=4, num_layers=1, embedding_size=4, iterations=2)
    config.data.update(
        segment_seconds=0.5, validation_mixtures=4, validation_seconds=0.5
    )
    config.batch_size = 2
    config.steps_per_epoch = 2
    config.epochs = 2
    config.preview_every_epochs = 1
