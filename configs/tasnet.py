"""TasNet with LSTM layers in both directions (23.1 million parameters).

Command:

    python train_main.py --config=configs/tasnet.py --workdir=runs/tasnet \
        --config.data.mixtures=wsj0-2mix/2speakers/wav8k/min

Cost: meant for accelerators.
Result: not trained with this program yet. Table IV of the paper of Conv-TasNet gives
13.2 dB SI-SNR improvement on wsj0-2mix, and 10.8 dB for the causal network, for
networks of 23.6 and 32.0 million parameters.

Variants: `causal` has LSTM layers that go forward only (31.1 million parameters);
`smoke` is a tiny network and two short epochs, to see that everything runs.
"""

from ml_collections import ConfigDict


def get_config(variant: str = "") -> ConfigDict:
    """Returns the configuration; `configs/complex_unet.py` explains the keys.

    Args:
        variant: Empty, `"causal"` or `"smoke"`.
    """
    if variant not in ("", "causal", "smoke"):
        raise KeyError(
            'The variant must be "smoke", "causal" or empty. '
            f"Received: variant={variant!r}."
        )
    config = ConfigDict()
    config.seed = 1
    config.initial_weights = ""
    config.sample_rate = 8000  # Hz.
    config.level = 0.1
    # No transform: the network takes waveforms.
    config.stft = ConfigDict({"frame_length": 0, "frame_step": 0})
    config.model = ConfigDict(
        {
            "name": "TasNet",
            "num_speakers": 2,
            "filters": 500,
            "segment_length": 40,  # Samples: 5 ms.
            "units": 1000,
            "num_layers": 4,
            "causal": variant == "causal",
        }
    )
    config.loss = ConfigDict({"name": "si_sdr", "assignment": "utterance"})
    # Learning rate, batch and epochs are those of a public implementation,
    # github.com/kaituoxu/TasNet; the rest is as for Conv-TasNet.
    config.optimizer = ConfigDict(
        {
            "name": "adam",
            "max_norm": 5.0,
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
            "segment_seconds": 4.0,
            "validation_mixtures": 240,
            "validation_seconds": 4.0,
            "validation_seed": 1,
            "validation_sdr_mixtures": 0,
        }
    )
    config.batch_size = 10
    config.steps_per_epoch = 2000  # The 20,000 mixtures of wsj0-2mix's tr.
    config.epochs = 100
    config.patience = 0
    config.max_minutes = 0.0
    config.steps_per_execution = 1
    config.preview_every_epochs = 5
    config.progress_bar = True
    if variant == "smoke":
        _shrink(config)
    return config


def _shrink(config: ConfigDict) -> None:
    config.model.update(filters=8, units=4, num_layers=2)
    config.data.update(
        segment_seconds=0.5, validation_mixtures=4, validation_seconds=0.5
    )
    config.batch_size = 2
    config.steps_per_epoch = 2
    config.epochs = 2
    config.preview_every_epochs = 1
