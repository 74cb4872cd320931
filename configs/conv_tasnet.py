"""Conv-TasNet as its paper trains it (5.1 million parameters, not causal).

Command:

    python train_main.py --config=configs/conv_tasnet.py --workdir=runs/conv_tasnet \
        --config.data.mixtures=wsj0-2mix/2speakers/wav8k/min

Cost: meant for accelerators.
Result: not trained with this program yet. Table II of the paper gives 15.3 dB
SI-SNR improvement on wsj0-2mix, and 10.6 dB for the causal network:
`--config.model.causal --config.model.normalization=cumulative`.

Variants: `configs/conv_tasnet.py:smoke` is a tiny network and two short epochs, to
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
    # No transform: the network takes waveforms.
    config.stft = ConfigDict({"frame_length": 0, "frame_step": 0})
    config.model = ConfigDict(
        {
            "name": "ConvTasNet",
            "num_speakers": 2,
            "filters": 512,
            "kernel_size": 16,  # Samples.
            "bottleneck_filters": 128,
            "hidden_filters": 512,
            "skip_filters": 128,
            "block_kernel_size": 3,
            "num_blocks": 8,
            "num_repeats": 3,
            "normalization": "global",
            "causal": False,
            "mask_activation": "sigmoid",
        }
    )
    config.loss = ConfigDict({"name": "si_sdr", "assignment": "utterance"})
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
    config.batch_size = 8  # The paper does not say.
    config.steps_per_epoch = 2500  # The 20,000 mixtures of wsj0-2mix's tr.
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
    config.model.update(filters=16, bottleneck_filters=4, hidden_filters=8)
    config.model.update(skip_filters=4, num_blocks=2, num_repeats=1)
    config.data.update(
        segment_seconds=0.5, validation_mixtures=4, validation_seconds=0.5
    )
    config.batch_size = 2
    config.steps_per_epoch = 2
    config.epochs = 2
    config.preview_every_epochs = 1
