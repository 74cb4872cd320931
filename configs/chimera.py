"""Chimera++: masks, with embeddings of deep clustering as a guide (32.8 million).

Commands, the last two for WA-MISI-5, which takes the weights of the second:

    python train_main.py --config=configs/chimera.py --workdir=runs/chimera \
        --config.data.mixtures=wsj0-2mix/2speakers/wav8k/min
    python train_main.py --config=configs/chimera.py:convex_softmax \
        --workdir=runs/chimera_convex \
        --config.data.mixtures=wsj0-2mix/2speakers/wav8k/min
    python train_main.py --config=configs/chimera.py:wa_misi --workdir=runs/wa_misi \
        --config.initial_weights=runs/chimera_convex \
        --config.data.mixtures=wsj0-2mix/2speakers/wav8k/min

Cost: meant for accelerators.
Result: not trained with this program yet. Table IV of the paper of Conv-TasNet gives
11.5 dB SI-SNR improvement on wsj0-2mix for Chimera++, and 12.6 dB for WA-MISI-5.

Variants: `convex_softmax` has masks in [0, 2]; `wa_misi` has such masks and improves
phases by 5 iterations of MISI, through which it is trained with the absolute error of
waveforms; `smoke` is a tiny network and two short epochs, to see that everything runs.
"""

from ml_collections import ConfigDict

VARIANTS = ("convex_softmax", "wa_misi")


def get_config(variant: str = "") -> ConfigDict:
    """Returns the configuration; `configs/complex_unet.py` explains the keys.

    Args:
        variant: Empty, `"smoke"`, or one of `VARIANTS`.
    """
    if variant not in ("", "smoke", *VARIANTS):
        raise KeyError(
            'The variant must be "smoke", empty or one of '
            f"{', '.join(VARIANTS)}. Received: variant={variant!r}."
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
            "name": "ChimeraPlusPlus",
            "num_speakers": 2,
            "bins": 129,
            "units": 600,
            "num_layers": 4,
            "embedding_size": 20,
            "dropout": 0.3,
            "mask_activation": "sigmoid",
            "misi_iterations": 0,
            "frame_step": 64,  # As above, for MISI.
        }
    )
    config.loss = ConfigDict(
        {
            "name": "chimera",
            "assignment": "utterance",
            "clustering_weight": 0.975,
            "limit": 1.0,
            "weights": "magnitude",
            "floor_db": -40.0,  # Of the loudest bin.
        }
    )
    # Learning rate, batch, epochs and length of the parts are those of a public
    # implementation, github.com/speechLabBcCuny/onssen; the rest is ours.
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
    if variant in VARIANTS:
        config.model.mask_activation = "convex_softmax"
        config.loss.limit = 2.0
    if variant == "wa_misi":
        _train_phases(config)
    if variant == "smoke":
        _shrink(config)
    return config


def _train_phases(config: ConfigDict) -> None:
    config.model.misi_iterations = 5
    config.loss = ConfigDict({"name": "l1_time", "assignment": "utterance"})
    # Ours: weights that were trained before move less.
    config.schedule.learning_rate = 1e-4


def _shrink(config: ConfigDict) -> None:
    config.model.update(units=4, num_layers=1, embedding_size=3)
    config.data.update(
        segment_seconds=0.5, validation_mixtures=4, validation_seconds=0.5
    )
    config.batch_size = 2
    config.steps_per_epoch = 2
    config.epochs = 2
    config.preview_every_epochs = 1
