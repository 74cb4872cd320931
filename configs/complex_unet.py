"""The deep complex extractor of the paper (44 filters, 2 blocks, 10 transforms).

Command:

    python train_main.py --config=configs/complex_unet.py --workdir=runs/complex_unet \
        --config.data.mixtures=wsj0-2mix/2speakers/wav8k/min

Cost: about 1.5 s for each mixture of 4 s on 2 CPU cores, see `docs/speed.md`; meant
for accelerators.
Result: not trained with this program yet. The paper's Table 1 gives 11.34 dB SDR on
wsj0-2mix.

Variants: `configs/complex_unet.py:smoke` is a tiny network and two short epochs, to
see that everything runs.
"""

from ml_collections import ConfigDict

LOSSES = {
    "csim": {
        "name": "csim",
        "real_weight": 1.0,
        "imag_weight": 1e4,
        "imag_penalty": "bins",
    },
    "l2": {"name": "l2"},
    "l2time": {"name": "l2_time", "inverse": "published"},
    "costime": {"name": "cosine_time", "inverse": "published_real"},
}


def get_config(variant: str = "") -> ConfigDict:
    """Returns the configuration.

    Args:
        variant: Empty, or `"smoke"`.
    """
    if variant not in ("", "smoke"):
        raise KeyError(
            f'The variant must be "smoke" or empty. Received: variant={variant!r}.'
        )
    config = published("csim")
    if variant:
        smoke(config)
    return config


def published(
    loss: str,
    model: str = "ComplexUNet",
    start_filters: int = 44,
    num_residual_blocks: int = 2,
    num_transforms: int = 10,
    transform_dropout: float = 0.1,
) -> ConfigDict:
    """Returns the protocol of the published runs, as their public code has it.

    Args:
        loss: `"csim"`, `"l2"`, `"l2time"` or `"costime"`.
        model: `"ComplexUNet"` or `"RealUNet"`, which has no transforms.
        start_filters: As in the model.
        num_residual_blocks: As in the model.
        num_transforms: As in the model.
        transform_dropout: As in the model.
    """
    config = ConfigDict()
    config.seed = 2018
    # A .keras file, the --workdir of a training, or a preset; weights of the same
    # names and shapes are taken from it. Empty: random ones.
    config.initial_weights = ""
    config.sample_rate = 8000  # Hz.
    config.level = 0.0  # RMS of a mixture; 0: as it comes, as in the published runs.
    config.stft = ConfigDict({"frame_length": 256, "frame_step": 128})  # Samples.
    config.model = ConfigDict(
        {
            "name": model,
            "num_speakers": 2,
            "start_filters": start_filters,
            "num_residual_blocks": num_residual_blocks,
        }
    )
    if model == "ComplexUNet":
        config.model.num_transforms = num_transforms
        config.model.transform_dropout = transform_dropout
        config.model.initializer_scale = "published"
        config.model.film_offset = (1.0, 1.0)
        # Where to follow the text of the paper, and not the public code.
        config.model.paper_text = ()
    else:
        config.model.normalization = "batch"
    # The published values are sums over the speakers: twice the mean.
    config.loss = ConfigDict(LOSSES[loss] | {"assignment": "batch", "weight": 2.0})
    config.optimizer = ConfigDict(
        {
            "name": "sgd",
            "momentum": 0.9,
            "nesterov": True,
            "max_norm": 1.0,  # Of the gradient.
            "l2_decay": 1e-4,
            "use_ema": False,  # Validate and save the moving average of the weights.
            "ema_momentum": 0.999,
        }
    )
    config.schedule = ConfigDict(
        {
            "name": "piecewise",
            "boundaries": (10, 100, 120, 150),  # Epochs.
            "learning_rates": (0.01, 0.1, 0.01, 0.001, 0.0001),
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
            "segment_seconds": 0.0,  # 0: whole mixtures, of a folder only.
            "validation_mixtures": 240,
            "validation_seconds": 4.0,
            "validation_seed": 1,
            "validation_sdr_mixtures": 0,  # SDR in the history; 0: none.
        }
    )
    config.batch_size = 24
    config.steps_per_epoch = 833  # The 20,000 mixtures of wsj0-2mix's tr.
    config.epochs = 200
    config.patience = 0  # Epochs without a better SI-SDR before the end; 0: all.
    config.max_minutes = 0.0  # Training ends after the epoch that passes them; 0: none.
    config.steps_per_execution = 1
    config.preview_every_epochs = 5  # Sound and pictures in TensorBoard; 0: never.
    config.progress_bar = True
    return config


def smoke(config: ConfigDict) -> None:
    """Makes a training tiny."""
    config.model.update(start_filters=4, num_residual_blocks=0)
    if "num_transforms" in config.model:
        config.model.num_transforms = min(2, config.model.num_transforms)
    config.data.update(
        segment_seconds=0.5, validation_mixtures=4, validation_seconds=0.5
    )
    config.batch_size = 2
    config.steps_per_epoch = 2
    config.epochs = 2
    config.preview_every_epochs = 1
